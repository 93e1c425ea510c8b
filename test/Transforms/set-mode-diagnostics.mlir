// RUN: kiln-opt %s --nn-set-mode=mode=eval --split-input-file --verify-diagnostics | FileCheck %s

// Updated statistics that are results of the net are the running ones in eval.
// CHECK-LABEL: func.func @updated
// CHECK: %[[Y:.*]] = nn.batch_norm_inference
// CHECK: return %[[Y]], %arg3, %arg4
func.func @updated(%x: tensor<4x3x5xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %m: tensor<3xf32>, %v: tensor<3xf32>) -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>) {
  // expected-warning @below {{its updated statistics are used, and in eval mode they are the running ones, unchanged}}
  %y, %m1, %v1 = nn.batch_norm_training %x, %s, %o running(%m, %v)
      {epsilon = 1.0e-3 : f64, momentum = 0.25 : f64, tracks_statistics}
    : (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
    -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return %y, %m1, %v1 : tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>
}
