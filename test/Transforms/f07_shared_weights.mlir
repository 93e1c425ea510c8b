// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F7: one weight constant in two convolutions. The folded one gets its own;
// the other keeps the original, bit by bit. Expected: W * s[:, None, None].

// CHECK-LABEL: func.func @shared
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-1.500000e+00, 1.500000e+00]], {{\[\[}}-2.500000e-01, 1.500000e+00]], {{\[\[}}1.250000e+00, 2.000000e+00]]]>
// CHECK-DAG: %[[S:.*]] = arith.constant dense<{{\[\[}}[1.500000e+00, -1.500000e+00]], {{\[\[}}6.250000e-02, -3.750000e-01]], {{\[\[}}-2.500000e+00, -4.000000e+00]]]>
// CHECK-DAG: %[[Y:.*]] = nn.conv %arg0, %[[S]], %{{.*}} {
// CHECK-DAG: %[[Z:.*]] = nn.conv %arg0, %[[W]] {
// CHECK: return %[[Y]], %[[Z]]
func.func @shared(%x: tensor<1x1x4xf32>) -> (tensor<1x3x3xf32>, tensor<1x3x3xf32>) {
  %w = arith.constant dense<[[[-1.500000e+00, 1.500000e+00]], [[-2.500000e-01, 1.500000e+00]], [[1.250000e+00, 2.000000e+00]]]> : tensor<3x1x2xf32>
  %s = arith.constant dense<[-1.000000e+00, -1.000000e+00, -2.000000e+00]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, 2.500000e-01, 1.000000e+00]> : tensor<3xf32>
  %m = arith.constant dense<[1.000000e+00, 1.250000e+00, 5.000000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.000000e+00, 1.600000e+01, 1.000000e+00]> : tensor<3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<3x1x2xf32>) -> tensor<1x3x3xf32>
  %1 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<3x1x2xf32>) -> tensor<1x3x3xf32>
  %2 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x3xf32> loc("bn")
  return %2, %1 : tensor<1x3x3xf32>, tensor<1x3x3xf32>
}
