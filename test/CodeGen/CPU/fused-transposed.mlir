// RUN: kiln-opt %s -cpu-split-fused -cpu-decompose-conv-transpose | FileCheck %s

// Each phase of a transposed convolution takes prologue and epilogue; of a
// tensor as large as the result it reads its own elements.
// CHECK-LABEL: func.func @phases
// CHECK-SAME: %[[X:.*]]: tensor<1x2x5xf32>, %[[R:.*]]: tensor<1x3x10xf32>
// CHECK: %[[EVEN:.*]] = tensor.extract_slice %[[R]][0, 0, 0] [1, 3, 5] [1, 1, 2]
// CHECK: nn.fused {
// CHECK-NEXT: %[[RELU:.*]] = nn.relu %[[X]]
// CHECK-NEXT: %[[CONV:.*]] = nn.conv %[[RELU]]
// CHECK: linalg.generic {{.*}} ins(%[[CONV]], %[[EVEN]] :
// CHECK: nn.tanh
// CHECK: nn.yield {{.*}} : tensor<1x3x5xf32>
// CHECK: tensor.extract_slice %[[R]][0, 0, 1] [1, 3, 5] [1, 1, 2]
// CHECK: nn.fused {
// CHECK-NOT: nn.conv_transpose
#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
func.func @phases(%x: tensor<1x2x5xf32>, %r: tensor<1x3x10xf32>) -> tensor<1x3x10xf32> {
  %w = arith.constant dense<0.5> : tensor<2x3x2xf32>
  %0 = nn.fused {
    %p = nn.relu %x : tensor<1x2x5xf32>
    %1 = nn.conv_transpose %p, %w {strides = array<i64: 2>, dilations = array<i64: 1>,
        pad_low = array<i64: 0>, pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
      : (tensor<1x2x5xf32>, tensor<2x3x2xf32>) -> tensor<1x3x10xf32>
    %e = tensor.empty() : tensor<1x3x10xf32>
    %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
        ins(%1, %r : tensor<1x3x10xf32>, tensor<1x3x10xf32>) outs(%e : tensor<1x3x10xf32>) {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %s = arith.addf %a, %b : f32
      linalg.yield %s : f32
    } -> tensor<1x3x10xf32>
    %3 = nn.tanh %2 : tensor<1x3x10xf32>
    nn.yield %3 : tensor<1x3x10xf32>
  } : tensor<1x3x10xf32>
  return %0 : tensor<1x3x10xf32>
}
