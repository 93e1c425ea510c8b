// RUN: kiln-opt %s -nn-mark-batch-dependence -split-input-file | FileCheck %s

// The first of two layers on the way, within a region too; what does not pass
// through them stays as it is, and an old mark goes.
// CHECK-LABEL: func.func @net
// CHECK-SAME: -> (tensor<2x3x5xf32> {nn.depends_on_batch = "bn1", nn.name = "y"}, tensor<2x3x5xf32> {nn.name = "z"})
func.func @net(%x: tensor<2x3x5xf32>, %s: tensor<3xf32>)
    -> (tensor<2x3x5xf32> {nn.name = "y"}, tensor<2x3x5xf32> {nn.name = "z", nn.depends_on_batch = "old"}) {
  %z = nn.relu %x : tensor<2x3x5xf32>
  %0:3 = nn.fused {
    %1, %m, %v = nn.batch_norm_training %x, %s, %s {epsilon = 1.0e-05 : f64}
      : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) loc("bn1")
    %2 = nn.relu %1 : tensor<2x3x5xf32>
    nn.yield %2, %m, %v : tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>
  } : tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>
  %y, %m2, %v2 = nn.batch_norm_training %0#0, %s, %s {epsilon = 1.0e-05 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) loc("bn2")
  return %y, %z : tensor<2x3x5xf32>, tensor<2x3x5xf32>
}

// -----

// Normalised weights see no batch (weight standardisation).
// CHECK-LABEL: func.func @weights
// CHECK-NOT: nn.depends_on_batch
func.func @weights(%x: tensor<2x3x5xf32>, %s: tensor<3xf32>) -> tensor<2x2x5xf32> {
  %c = arith.constant dense<[[[1.0], [2.0], [-1.0]], [[0.5], [4.0], [3.0]]]> : tensor<2x3x1xf32>
  %w, %m, %v = nn.batch_norm_training %c, %s, %s {epsilon = 1.0e-05 : f64}
    : (tensor<2x3x1xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x1xf32>, tensor<3xf32>, tensor<3xf32>)
  %y = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<2x3x5xf32>, tensor<2x3x1xf32>) -> tensor<2x2x5xf32>
  return %y : tensor<2x2x5xf32>
}
