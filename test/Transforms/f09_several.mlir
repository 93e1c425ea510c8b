// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F9: two batch normalisations on one convolution, whose constants are the
// same: W * s * s and (b * s + t) * s + t, by NumPy on dyadic numbers.

// CHECK: nn.fold_ledger = [
// CHECK-SAME: into = "conv"{{.*}}name = "bn1"
// CHECK-SAME: into = "conv"{{.*}}name = "bn2"
// CHECK-LABEL: func.func @twice
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[7.812500e-02, -1.250000e-01], [1.093750e-01, -9.375000e-02]], {{\[\[}}-2.500000e-01, 2.000000e+00], [-1.750000e+00, 7.500000e-01]], {{\[\[}}1.406250e-01, -0.03515625], [-0.24609375, 0.000000e+00]]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[-7.187500e-01, 1.500000e+00, -0.5390625]>
// CHECK: %[[Y:.*]] = nn.conv %arg0, %[[W]], %[[B]]
// CHECK-NEXT: return %[[Y]]
func.func @twice(%x: tensor<1x2x4xf32>) -> tensor<1x3x3xf32> {
  %w = arith.constant dense<[[[1.250000e+00, -2.000000e+00], [1.750000e+00, -1.500000e+00]], [[-2.500000e-01, 2.000000e+00], [-1.750000e+00, 7.500000e-01]], [[1.000000e+00, -2.500000e-01], [-1.750000e+00, 0.000000e+00]]]> : tensor<3x2x2xf32>
  %b = arith.constant dense<[-2.500000e-01, 1.500000e+00, 7.500000e-01]> : tensor<3xf32>
  %s = arith.constant dense<[2.500000e-01, -2.000000e+00, 1.500000e+00]> : tensor<3xf32>
  %o = arith.constant dense<[-5.000000e-01, 1.750000e+00, 0.000000e+00]> : tensor<3xf32>
  %m = arith.constant dense<[2.500000e-01, 1.250000e+00, 1.250000e+00]> : tensor<3xf32>
  %v = arith.constant dense<[1.000000e+00, 4.000000e+00, 1.600000e+01]> : tensor<3xf32>
  %0 = nn.conv %x, %w, %b {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x2x4xf32>, tensor<3x2x2xf32>, tensor<3xf32>) -> tensor<1x3x3xf32> loc("conv")
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x3xf32> loc("bn1")
  %2 = nn.batch_norm_inference %1, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x3xf32> loc("bn2")
  return %2 : tensor<1x3x3xf32>
}
