// RUN: kiln-opt %s --nn-fuse-pipeline --split-input-file | FileCheck %s

#map = affine_map<(a, b, c) -> (a, b, c)>

// A residual add and what follows it; the destination comes along.
// CHECK-LABEL: func.func @residual
// CHECK: %[[Y:.*]] = nn.fused {
// CHECK-NEXT: %[[C:.*]] = nn.conv %arg0
// CHECK-NEXT: %[[E:.*]] = tensor.empty()
// CHECK-NEXT: %[[S:.*]] = linalg.generic {{.*}}ins(%[[C]], %arg0 :
// CHECK: %[[R:.*]] = nn.relu %[[S]]
// CHECK-NEXT: nn.yield %[[R]]
// CHECK: return %[[Y]]
func.func @residual(%x: tensor<1x2x5xf32>, %w: tensor<2x2x1xf32>) -> tensor<1x2x5xf32> {
  %e = tensor.empty() : tensor<1x2x5xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<1x2x5xf32>, tensor<2x2x1xf32>) -> tensor<1x2x5xf32>
  %1 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%0, %x : tensor<1x2x5xf32>, tensor<1x2x5xf32>) outs(%e : tensor<1x2x5xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<1x2x5xf32>
  %2 = nn.relu %1 : tensor<1x2x5xf32>
  return %2 : tensor<1x2x5xf32>
}

// -----

#map = affine_map<(a, b, c) -> (a, b, c)>

// Two uses that meet again inside the group: x * sigmoid(x).
// CHECK-LABEL: func.func @diamond
// CHECK: nn.fused {
// CHECK-NEXT: nn.conv
// CHECK-NEXT: nn.tanh
// CHECK: linalg.generic
// CHECK: nn.yield
// CHECK-NEXT: } : tensor<1x2x5xf32>
// CHECK-NEXT: return
func.func @diamond(%x: tensor<1x2x5xf32>, %w: tensor<2x2x1xf32>) -> tensor<1x2x5xf32> {
  %e = tensor.empty() : tensor<1x2x5xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<1x2x5xf32>, tensor<2x2x1xf32>) -> tensor<1x2x5xf32>
  %t = nn.tanh %0 : tensor<1x2x5xf32>
  %1 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%0, %t : tensor<1x2x5xf32>, tensor<1x2x5xf32>) outs(%e : tensor<1x2x5xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.mulf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<1x2x5xf32>
  return %1 : tensor<1x2x5xf32>
}

// -----

// Two values would leave the group after the ReLU: it stays outside. The second
// convolution takes nothing in, and is not wrapped.
// CHECK-LABEL: func.func @two_users
// CHECK-NOT: nn.fused
// CHECK: return
func.func @two_users(%x: tensor<1x2x5xf32>, %w: tensor<2x2x1xf32>) -> (tensor<1x2x5xf32>, tensor<1x2x5xf32>) {
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<1x2x5xf32>, tensor<2x2x1xf32>) -> tensor<1x2x5xf32>
  %1 = nn.relu %0 : tensor<1x2x5xf32>
  %2 = nn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<1x2x5xf32>, tensor<2x2x1xf32>) -> tensor<1x2x5xf32>
  return %1, %2 : tensor<1x2x5xf32>, tensor<1x2x5xf32>
}

// -----

#map = affine_map<(a, b, c) -> (a, b, c)>
#swap = affine_map<(a, b, c) -> (a, c, b)>

// Read at another position than it is made.
// CHECK-LABEL: func.func @transposed_read
// CHECK-NOT: nn.fused
// CHECK: return
func.func @transposed_read(%x: tensor<1x3x3xf32>, %w: tensor<3x3x1xf32>) -> tensor<1x3x3xf32> {
  %e = tensor.empty() : tensor<1x3x3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<1x3x3xf32>, tensor<3x3x1xf32>) -> tensor<1x3x3xf32>
  %1 = linalg.generic {indexing_maps = [#swap, #map, #map], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%0, %x : tensor<1x3x3xf32>, tensor<1x3x3xf32>) outs(%e : tensor<1x3x3xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<1x3x3xf32>
  return %1 : tensor<1x3x3xf32>
}
