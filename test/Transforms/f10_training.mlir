// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F10: in training mode it is never folded into a convolution, even though its
// statistics are constants.

// CHECK: action = "kept"{{.*}}name = "bn", reason = "in training mode: it uses the batch's own statistics"
// CHECK-LABEL: func.func @training
// CHECK: nn.conv
// CHECK: nn.batch_norm_training
func.func @training(%x: tensor<2x1x4xf32>) -> tensor<2x3x3xf32> {
  %w = arith.constant dense<[[[-1.500000e+00, 1.500000e+00]], [[-2.500000e-01, 1.500000e+00]], [[1.250000e+00, 2.000000e+00]]]> : tensor<3x1x2xf32>
  %s = arith.constant dense<[-1.000000e+00, -1.000000e+00, -2.000000e+00]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, 2.500000e-01, 1.000000e+00]> : tensor<3xf32>
  %m = arith.constant dense<[1.000000e+00, 1.250000e+00, 5.000000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.000000e+00, 1.600000e+01, 1.000000e+00]> : tensor<3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<2x1x4xf32>, tensor<3x1x2xf32>) -> tensor<2x3x3xf32>
  %1, %2, %3 = nn.batch_norm_training %0, %s, %o running(%m, %v) {epsilon = 0.0 : f64, momentum = 0.1 : f64, tracks_statistics}
    : (tensor<2x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x3xf32>, tensor<3xf32>, tensor<3xf32>) loc("bn")
  return %1 : tensor<2x3x3xf32>
}

// -----

// CHECK: action = "kept"{{.*}}reason = "it does not track statistics: it uses the batch's own in every mode"
// CHECK-LABEL: func.func @untracked
// CHECK: nn.batch_norm_training
func.func @untracked(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %s = arith.constant dense<[-1.000000e+00, -1.000000e+00, -2.000000e+00]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, 2.500000e-01, 1.000000e+00]> : tensor<3xf32>
  %m = arith.constant dense<[1.000000e+00, 1.250000e+00, 5.000000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.000000e+00, 1.600000e+01, 1.000000e+00]> : tensor<3xf32>
  %1, %2, %3 = nn.batch_norm_training %x, %s, %o {epsilon = 0.0 : f64}
    : (tensor<2x3x4xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x4xf32>, tensor<3xf32>, tensor<3xf32>)
  return %1 : tensor<2x3x4xf32>
}

// -----

// A constant input has constant statistics. Channel 0 is [1, 5]: mean 3,
// variance 4, so (x - 3) / 2 * 3 + 1; channel 1 is [0, -2]: mean -1, variance 1,
// so (x + 1) * -2 + 0.5.
// CHECK: action = "folded"{{.*}}reason = "its input is a constant, and so its result"
// CHECK-LABEL: func.func @constant
// CHECK-NEXT: %[[Y:.*]] = arith.constant dense<{{\[\[\[}}-2.000000e+00, 4.000000e+00], [-1.500000e+00, 2.500000e+00]]]> : tensor<1x2x2xf32>
// CHECK-NEXT: return %[[Y]]
func.func @constant() -> tensor<1x2x2xf32> {
  %w = arith.constant dense<[[[1.0, 5.0], [0.0, -2.0]]]> : tensor<1x2x2xf32>
  %s = arith.constant dense<[3.0, -2.0]> : tensor<2xf32>
  %o = arith.constant dense<[1.0, 0.5]> : tensor<2xf32>
  %1, %2, %3 = nn.batch_norm_training %w, %s, %o {epsilon = 0.0 : f64}
    : (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>)
  return %1 : tensor<1x2x2xf32>
}
