// RUN: kiln-opt %s --nn-set-mode=mode=eval --split-input-file | FileCheck %s --check-prefix=EVAL
// RUN: kiln-opt %s --nn-set-mode=mode=train --split-input-file | FileCheck %s --check-prefix=TRAIN

// EVAL-LABEL: func.func @tracks
// EVAL: nn.batch_norm_inference %arg0, %arg1, %arg2, %[[M:.*]], %[[V:.*]] {epsilon = 1.000000e-03 : f64}
// TRAIN-LABEL: func.func @tracks
// TRAIN: nn.batch_norm_training {{.*}}momentum = 2.500000e-01 : f64, tracks_statistics, unbiased_variance
func.func @tracks(%x: tensor<4x3x5xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>) -> tensor<4x3x5xf32> {
  %m = arith.constant dense<[0.5, -1.0, 2.0]> : tensor<3xf32>
  %v = arith.constant dense<[0.25, 4.0, 9.0]> : tensor<3xf32>
  %y, %m1, %v1 = nn.batch_norm_training %x, %s, %o running(%m, %v)
      {epsilon = 1.0e-3 : f64, momentum = 0.25 : f64, tracks_statistics, unbiased_variance}
    : (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
    -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>) loc("tracking")
  return %y : tensor<4x3x5xf32>
}

// -----

// What does not track has nothing to infer with.
// EVAL-LABEL: func.func @untracked
// EVAL: nn.batch_norm_training
func.func @untracked(%x: tensor<4x3x5xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>) -> tensor<4x3x5xf32> {
  %y, %m, %v = nn.batch_norm_training %x, %s, %o {epsilon = 1.0e-3 : f64}
    : (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
    -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>) loc("untracked")
  return %y : tensor<4x3x5xf32>
}

// -----

// EVAL-LABEL: func.func @inference
// EVAL: nn.batch_norm_inference
// TRAIN-LABEL: func.func @inference
// TRAIN: nn.batch_norm_training %arg0, %arg1, %arg2 running(%arg3, %arg4) {epsilon = 1.000000e-03 : f64, momentum = 1.000000e-01 : f64, tracks_statistics}
func.func @inference(%x: tensor<4x3x5xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %m: tensor<3xf32>, %v: tensor<3xf32>) -> tensor<4x3x5xf32> {
  %y = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 1.0e-3 : f64}
    : (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<4x3x5xf32>
  return %y : tensor<4x3x5xf32>
}
