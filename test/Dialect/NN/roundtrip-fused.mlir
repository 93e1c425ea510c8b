// Parsing what was printed gives the same, in the pretty and the generic form.
// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s --mlir-print-op-generic | kiln-opt | FileCheck %s

#same = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#channel = affine_map<(d0, d1, d2) -> (0, d1, 0)>

// A prologue, the root, and an epilogue with a broadcast addition.
// CHECK-LABEL: func.func @fused
func.func @fused(%x: tensor<1x2x9xf32>, %w: tensor<3x2x3xf32>, %a: tensor<1x3x1xf32>) -> tensor<1x3x7xf32> {
  // CHECK: %[[Y:.*]] = nn.fused {
  %y = nn.fused {
    // CHECK-NEXT: %[[P:.*]] = nn.relu
    %p = nn.relu %x : tensor<1x2x9xf32>
    // CHECK-NEXT: %[[C:.*]] = nn.conv %[[P]],
    %c = nn.conv %p, %w {
        strides = array<i64: 1>, dilations = array<i64: 1>,
        pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : (tensor<1x2x9xf32>, tensor<3x2x3xf32>) -> tensor<1x3x7xf32>
    // CHECK-NEXT: tensor.empty
    %e = tensor.empty() : tensor<1x3x7xf32>
    // CHECK-NEXT: %[[S:.*]] = linalg.generic
    %s = linalg.generic {
        indexing_maps = [#same, #channel, #same],
        iterator_types = ["parallel", "parallel", "parallel"]}
        ins(%c, %a : tensor<1x3x7xf32>, tensor<1x3x1xf32>) outs(%e : tensor<1x3x7xf32>) {
    ^bb0(%l: f32, %r: f32, %o: f32):
      %0 = arith.addf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<1x3x7xf32>
    // CHECK: nn.yield %[[S]] : tensor<1x3x7xf32>
    nn.yield %s : tensor<1x3x7xf32>
  // CHECK-NEXT: } : tensor<1x3x7xf32>
  } : tensor<1x3x7xf32>
  // CHECK: return %[[Y]]
  return %y : tensor<1x3x7xf32>
}

// The statistics of the root come behind the result.
// CHECK-LABEL: func.func @statistics
func.func @statistics(%x: tensor<4x3x5xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>) -> (tensor<4x3x5xf32>, tensor<3xf32>) {
  // CHECK: %[[Y:.*]], %[[S:.*]]:2 = nn.fused {
  %y:3 = nn.fused {
    // CHECK-NEXT: %[[N:.*]], %[[M:.*]], %[[V:.*]] = nn.batch_norm_training
    %n, %m, %v = nn.batch_norm_training %x, %s, %o {epsilon = 1.0e-05 : f64}
      : (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
    %r = nn.relu %n : tensor<4x3x5xf32>
    // CHECK: nn.yield %{{.*}}, %[[M]], %[[V]] : tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>
    nn.yield %r, %m, %v : tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>
  // CHECK-NEXT: } : tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>
  } : tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>
  // CHECK: return %[[Y]], %[[S]]#1
  return %y#0, %y#2 : tensor<4x3x5xf32>, tensor<3xf32>
}
