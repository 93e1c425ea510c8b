// RUN: kiln-opt %s --nn-fold-pipeline --nn-fuse-pipeline --split-input-file | FileCheck %s

// F11: a scale of 0 gives zero weights and the offset as bias (nothing is divided
// by gamma); a negative one does not commute with ReLU or max-pool. Expected
// values: W * s and b * s + t, by NumPy on dyadic numbers.

// CHECK-LABEL: func.func @zero
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-0.000000e+00, 0.000000e+00], [-0.000000e+00, -0.000000e+00]], {{\[\[}}-5.000000e-01, -3.750000e-01], [-6.250000e-01, -8.750000e-01]], {{\[\[}}1.250000e-01, 1.875000e-01], [-2.187500e-01, 2.187500e-01]]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[-7.500000e-01, -2.500000e+00, -1.093750e+00]>
// CHECK: nn.conv %arg0, %[[W]], %[[B]]
func.func @zero(%x: tensor<1x2x4xf32>) -> tensor<1x3x3xf32> {
  %w = arith.constant dense<[[[-1.750000e+00, 7.500000e-01], [-5.000000e-01, -2.000000e+00]], [[1.000000e+00, 7.500000e-01], [1.250000e+00, 1.750000e+00]], [[1.000000e+00, 1.500000e+00], [-1.750000e+00, 1.750000e+00]]]> : tensor<3x2x2xf32>
  %b = arith.constant dense<[1.750000e+00, 7.500000e-01, 1.250000e+00]> : tensor<3xf32>
  %s = arith.constant dense<[0.000000e+00, -2.000000e+00, 5.000000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-7.500000e-01, -2.000000e+00, -1.500000e+00]> : tensor<3xf32>
  %m = arith.constant dense<[-2.000000e+00, -2.500000e-01, -2.000000e+00]> : tensor<3xf32>
  %v = arith.constant dense<[4.000000e+00, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %0 = nn.conv %x, %w, %b {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x2x4xf32>, tensor<3x2x2xf32>, tensor<3xf32>) -> tensor<1x3x3xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x3xf32> loc("bn")
  return %1 : tensor<1x3x3xf32>
}

// -----

// CHECK: action = "kept"{{.*}}name = "bn", reason = "backward: a negative scale does not commute with 'pool' (nn.max_pool)
// CHECK-LABEL: func.func @negative
// CHECK: nn.channel_affine
func.func @negative(%x: tensor<1x1x6xf32>) -> tensor<1x2x4xf32> {
  %w = arith.constant dense<[[[-1.000000e+00, -2.000000e+00]], [[-7.500000e-01, 5.000000e-01]]]> : tensor<2x1x2xf32>
  %s = arith.constant dense<[1.500000e+00, -5.000000e-01]> : tensor<2xf32>
  %o = arith.constant dense<[2.000000e+00, -1.250000e+00]> : tensor<2xf32>
  %m = arith.constant dense<[2.000000e+00, 2.500000e-01]> : tensor<2xf32>
  %v = arith.constant dense<[4.000000e+00, 2.500000e-01]> : tensor<2xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x6xf32>, tensor<2x1x2xf32>) -> tensor<1x2x5xf32> loc("conv")
  %1 = nn.max_pool %0 {kernel = array<i64: 2>, strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<1x2x5xf32>) -> tensor<1x2x4xf32> loc("pool")
  %2 = nn.batch_norm_inference %1, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32> loc("bn")
  return %2 : tensor<1x2x4xf32>
}
