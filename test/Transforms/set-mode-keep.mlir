// RUN: kiln-opt %s --nn-mode-pipeline=mode=keep --split-input-file --verify-diagnostics | FileCheck %s

// The file's own mode is kept, with a warning of every one in training mode.
// CHECK-LABEL: func.func @tracks
// CHECK: nn.batch_norm_training
func.func @tracks(%x: tensor<4x3x5xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %m: tensor<3xf32>, %v: tensor<3xf32>) -> tensor<4x3x5xf32> {
  // expected-warning @below {{is in training mode: its result depends on the whole batch, and it is never folded; --mode=eval uses its running statistics}}
  %y, %m1, %v1 = nn.batch_norm_training %x, %s, %o running(%m, %v)
      {epsilon = 1.0e-3 : f64, momentum = 0.25 : f64, tracks_statistics}
    : (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
    -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return %y : tensor<4x3x5xf32>
}

// -----

// CHECK-LABEL: func.func @untracked
// CHECK: nn.batch_norm_training
func.func @untracked(%x: tensor<4x3x5xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>) -> tensor<4x3x5xf32> {
  // expected-warning-re @below {{is in training mode: its result depends on the whole batch, and it is never folded{{$}}}}
  %y, %m, %v = nn.batch_norm_training %x, %s, %o {epsilon = 1.0e-3 : f64}
    : (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
    -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return %y : tensor<4x3x5xf32>
}
