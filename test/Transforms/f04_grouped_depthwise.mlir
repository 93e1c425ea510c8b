// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F4: the scale goes by the absolute output channel. Values are dyadic, and the
// expected ones come from NumPy: W * s[:, None, None], b * s + t, with
// s = scale / sqrt(variance), t = offset - mean * s.

// C = 6, O = 3
// CHECK-LABEL: func.func @grouped
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[8.000000e+00, 2.000000e+00], [3.000000e+00, 7.000000e+00]], {{\[\[}}-5.000000e-01, -2.500000e+00], [-3.000000e+00, 2.500000e+00]], {{\[\[}}-1.000000e+00, -3.750000e-01], [-5.000000e-01, 7.500000e-01]]]> : tensor<3x2x2xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[2.250000e+00, 1.250000e+00, -2.000000e+00]> : tensor<3xf32>
// CHECK: %[[Y:.*]] = nn.conv %arg0, %[[W]], %[[B]] {{{.*}}groups = 3 : i64
// CHECK-NEXT: return %[[Y]]
func.func @grouped(%x: tensor<1x6x4xf32>) -> tensor<1x3x3xf32> {
  %w = arith.constant dense<[[[2.000000e+00, 5.000000e-01], [7.500000e-01, 1.750000e+00]], [[2.500000e-01, 1.250000e+00], [1.500000e+00, -1.250000e+00]], [[-2.000000e+00, -7.500000e-01], [-1.000000e+00, 1.500000e+00]]]> : tensor<3x2x2xf32>
  %b = arith.constant dense<[1.750000e+00, -2.000000e+00, 0.000000e+00]> : tensor<3xf32>
  %s = arith.constant dense<[2.000000e+00, -2.000000e+00, 2.000000e+00]> : tensor<3xf32>
  %o = arith.constant dense<[-7.500000e-01, -7.500000e-01, -1.000000e+00]> : tensor<3xf32>
  %m = arith.constant dense<[1.000000e+00, -1.000000e+00, 2.000000e+00]> : tensor<3xf32>
  %v = arith.constant dense<[2.500000e-01, 1.000000e+00, 1.600000e+01]> : tensor<3xf32>
  %0 = nn.conv %x, %w, %b {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 3 : i64}
    : (tensor<1x6x4xf32>, tensor<3x2x2xf32>, tensor<3xf32>) -> tensor<1x3x3xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x3xf32> loc("bn")
  return %1 : tensor<1x3x3xf32>
}

// -----

// Depthwise, 3 channels with multiplier 2
// CHECK-LABEL: func.func @multiplier
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-1.875000e-01, 0.000000e+00]], {{\[\[}}-0.000000e+00, -1.250000e-01]], {{\[\[}}-5.000000e-01, -0.000000e+00]], {{\[\[}}1.250000e-01, 7.812500e-02]], {{\[\[}}-6.250000e-01, -3.750000e-01]], {{\[\[}}-2.500000e-01, 3.750000e-01]]]> : tensor<6x1x2xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[2.750000e+00, 8.750000e-01, -1.500000e+00, -7.968750e-01, 1.250000e-01, -2.500000e-01]> : tensor<6xf32>
// CHECK: %[[Y:.*]] = nn.conv %arg0, %[[W]], %[[B]] {{{.*}}groups = 3 : i64
// CHECK-NEXT: return %[[Y]]
func.func @multiplier(%x: tensor<2x3x4xf32>) -> tensor<2x6x3xf32> {
  %w = arith.constant dense<[[[-2.500000e-01, 0.000000e+00]], [[0.000000e+00, 2.500000e-01]], [[2.500000e-01, 0.000000e+00]], [[2.000000e+00, 1.250000e+00]], [[1.250000e+00, 7.500000e-01]], [[5.000000e-01, -7.500000e-01]]]> : tensor<6x1x2xf32>
  %b = arith.constant dense<[2.000000e+00, -2.500000e-01, -1.250000e+00, 1.500000e+00, -1.500000e+00, 1.500000e+00]> : tensor<6xf32>
  %s = arith.constant dense<[1.500000e+00, -2.000000e+00, -2.000000e+00, 2.500000e-01, -2.000000e+00, -2.000000e+00]> : tensor<6xf32>
  %o = arith.constant dense<[5.000000e-01, -2.500000e-01, 0.000000e+00, -1.000000e+00, 0.000000e+00, -5.000000e-01]> : tensor<6xf32>
  %m = arith.constant dense<[-1.000000e+00, 2.000000e+00, -2.000000e+00, -1.750000e+00, -1.250000e+00, 2.000000e+00]> : tensor<6xf32>
  %v = arith.constant dense<[4.000000e+00, 1.600000e+01, 1.000000e+00, 1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<6xf32>
  %0 = nn.conv %x, %w, %b {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 3 : i64}
    : (tensor<2x3x4xf32>, tensor<6x1x2xf32>, tensor<6xf32>) -> tensor<2x6x3xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<2x6x3xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<2x6x3xf32> loc("bn")
  return %1 : tensor<2x6x3xf32>
}
