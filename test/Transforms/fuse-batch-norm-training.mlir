// RUN: kiln-opt %s --nn-fuse-pipeline --split-input-file | FileCheck %s
// What follows a batch normalisation in training is computed with its result.

#map = affine_map<(a, b, c) -> (a, b, c)>

// The convolution behind it would take the activation as a prologue.
// CHECK-LABEL: func.func @activation
// CHECK: %[[Y:.*]], %[[S:.*]]:2 = nn.fused {
// CHECK-NEXT: %[[N:.*]], %[[M:.*]], %[[V:.*]] = nn.batch_norm_training
// CHECK-NEXT: %[[R:.*]] = nn.relu %[[N]]
// CHECK-NEXT: nn.yield %[[R]], %[[M]], %[[V]]
// CHECK: %[[C:.*]] = nn.conv %[[Y]]
// CHECK: return %[[C]], %[[S]]#0
func.func @activation(%x: tensor<2x3x5xf32>, %s: tensor<3xf32>, %w: tensor<2x3x1xf32>) -> (tensor<2x2x5xf32>, tensor<3xf32>) {
  %n, %m, %v = nn.batch_norm_training %x, %s, %s {epsilon = 1.0e-05 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  %r = nn.relu %n : tensor<2x3x5xf32>
  %c = nn.conv %r, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<2x3x5xf32>, tensor<2x3x1xf32>) -> tensor<2x2x5xf32>
  return %c, %m : tensor<2x2x5xf32>, tensor<3xf32>
}

// -----

#map = affine_map<(a, b, c) -> (a, b, c)>

// Of two that are added the first takes the sum; it moves behind the second.
// CHECK-LABEL: func.func @residual
// CHECK: %[[B:.*]], %{{.*}}, %{{.*}} = nn.batch_norm_training %arg1
// CHECK: nn.fused {
// CHECK-NEXT: %[[A:.*]], %{{.*}}, %{{.*}} = nn.batch_norm_training %arg0
// CHECK: linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK: nn.yield
func.func @residual(%x: tensor<2x3x5xf32>, %z: tensor<2x3x5xf32>, %s: tensor<3xf32>) -> tensor<2x3x5xf32> {
  %e = tensor.empty() : tensor<2x3x5xf32>
  %a, %am, %av = nn.batch_norm_training %x, %s, %s {epsilon = 1.0e-05 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  %b, %bm, %bv = nn.batch_norm_training %z, %s, %s {epsilon = 1.0e-05 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  %0 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%a, %b : tensor<2x3x5xf32>, tensor<2x3x5xf32>) outs(%e : tensor<2x3x5xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %r = arith.addf %p, %q : f32
    linalg.yield %r : f32
  } -> tensor<2x3x5xf32>
  return %0 : tensor<2x3x5xf32>
}

// -----

// The statistics are wanted before the activation is: the group would come too
// late.
// CHECK-LABEL: func.func @statistics_first
// CHECK-NOT: nn.fused
func.func @statistics_first(%x: tensor<2x3x5xf32>, %s: tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>) {
  %n, %m, %v = nn.batch_norm_training %x, %s, %s {epsilon = 1.0e-05 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  %i, %im, %iv = nn.batch_norm_training %x, %m, %v {epsilon = 1.0e-05 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  %r = nn.relu %n : tensor<2x3x5xf32>
  return %r, %im : tensor<2x3x5xf32>, tensor<3xf32>
}
