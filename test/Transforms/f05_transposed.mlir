// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F5: weights are [Cin, Cout/g, ...]; the scale of weight [ic, j] is that of
// output channel floor(ic / (Cin/G)) * (Cout/G) + j. Expected values by that
// formula in NumPy, on dyadic numbers.

// Cin != Cout.
// CHECK-LABEL: func.func @unequal
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-9.375000e-02, -1.875000e-01], [2.500000e+00, -2.000000e+00]], {{\[\[}}6.250000e-02, -0.000000e+00], [4.000000e+00, -1.000000e+00]], {{\[\[}}-1.875000e-01, -9.375000e-02], [3.000000e+00, -5.000000e-01]]]> : tensor<3x2x2xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[1.875000e-01, 3.750000e+00]> : tensor<2xf32>
// CHECK: nn.conv_transpose %arg0, %[[W]], %[[B]] {
func.func @unequal(%x: tensor<1x3x3xf32>) -> tensor<1x2x6xf32> {
  %w = arith.constant dense<[[[7.500000e-01, 1.500000e+00], [-1.250000e+00, 1.000000e+00]], [[-5.000000e-01, 0.000000e+00], [-2.000000e+00, 5.000000e-01]], [[1.500000e+00, 7.500000e-01], [-1.500000e+00, 2.500000e-01]]]> : tensor<3x2x2xf32>
  %s = arith.constant dense<[-5.000000e-01, -1.000000e+00]> : tensor<2xf32>
  %o = arith.constant dense<[0.000000e+00, 1.750000e+00]> : tensor<2xf32>
  %m = arith.constant dense<[1.500000e+00, 1.000000e+00]> : tensor<2xf32>
  %v = arith.constant dense<[1.600000e+01, 2.500000e-01]> : tensor<2xf32>
  %0 = nn.conv_transpose %x, %w {strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x3x3xf32>, tensor<3x2x2xf32>) -> tensor<1x2x6xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x2x6xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x6xf32> loc("bn")
  return %1 : tensor<1x2x6xf32>
}

// -----

// Cin == Cout: a scale along the wrong dimension would go unnoticed by shapes.
// CHECK-LABEL: func.func @square
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[2.500000e-01, -1.000000e+00], [3.000000e+00, 0.000000e+00], [8.750000e-01, 5.000000e-01]], {{\[\[}}1.250000e-01, 5.000000e-01], [0.000000e+00, 1.500000e+00], [-7.500000e-01, -3.750000e-01]], {{\[\[}}-2.500000e-01, 2.500000e-01], [1.500000e+00, -5.250000e+00], [8.750000e-01, -3.750000e-01]]]> : tensor<3x3x2xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[1.125000e+00, -6.500000e+00, -7.500000e-01]> : tensor<3xf32>
// CHECK: nn.conv_transpose %arg0, %[[W]], %[[B]] {
func.func @square(%x: tensor<1x3x3xf32>) -> tensor<1x3x6xf32> {
  %w = arith.constant dense<[[[5.000000e-01, -2.000000e+00], [1.000000e+00, 0.000000e+00], [-1.750000e+00, -1.000000e+00]], [[2.500000e-01, 1.000000e+00], [0.000000e+00, 5.000000e-01], [1.500000e+00, 7.500000e-01]], [[-5.000000e-01, 5.000000e-01], [5.000000e-01, -1.750000e+00], [-1.750000e+00, 7.500000e-01]]]> : tensor<3x3x2xf32>
  %s = arith.constant dense<[2.500000e-01, 1.500000e+00, -5.000000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[1.250000e+00, -5.000000e-01, -5.000000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[2.500000e-01, 2.000000e+00, -5.000000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[2.500000e-01, 2.500000e-01, 1.000000e+00]> : tensor<3xf32>
  %0 = nn.conv_transpose %x, %w {strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x3x3xf32>, tensor<3x3x2xf32>) -> tensor<1x3x6xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x6xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x6xf32> loc("bn")
  return %1 : tensor<1x3x6xf32>
}

// -----

// CHECK-LABEL: func.func @grouped
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-5.000000e-01, 2.500000e-01], [3.125000e-02, -1.562500e-02], [-1.250000e-01, -6.250000e-02]], {{\[\[}}-7.500000e-01, -2.000000e+00], [-9.375000e-02, 1.562500e-02], [6.250000e-02, 1.250000e-01]], {{\[\[}}2.000000e+00, 4.000000e+00], [-1.875000e-01, 5.625000e-01], [-1.312500e+00, -3.750000e-01]], {{\[\[}}-4.000000e+00, -4.000000e+00], [-4.687500e-01, -7.500000e-01], [5.625000e-01, -1.500000e+00]]]> : tensor<4x3x2xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[5.000000e-01, 1.937500e+00, 6.875000e-01, -3.000000e+00, -1.593750e+00, 1.750000e+00]> : tensor<6xf32>
// CHECK: nn.conv_transpose %arg0, %[[W]], %[[B]] {
func.func @grouped(%x: tensor<1x4x3xf32>) -> tensor<1x6x6xf32> {
  %w = arith.constant dense<[[[5.000000e-01, -2.500000e-01], [5.000000e-01, -2.500000e-01], [5.000000e-01, 2.500000e-01]], [[7.500000e-01, 2.000000e+00], [-1.500000e+00, 2.500000e-01], [-2.500000e-01, -5.000000e-01]], [[-1.000000e+00, -2.000000e+00], [-5.000000e-01, 1.500000e+00], [-1.750000e+00, -5.000000e-01]], [[2.000000e+00, 2.000000e+00], [-1.250000e+00, -2.000000e+00], [7.500000e-01, -2.000000e+00]]]> : tensor<4x3x2xf32>
  %s = arith.constant dense<[-5.000000e-01, 2.500000e-01, -1.000000e+00, -2.000000e+00, 1.500000e+00, 1.500000e+00]> : tensor<6xf32>
  %o = arith.constant dense<[1.750000e+00, 2.000000e+00, 2.500000e-01, -1.000000e+00, -1.500000e+00, 2.500000e-01]> : tensor<6xf32>
  %m = arith.constant dense<[-1.250000e+00, 1.000000e+00, 1.750000e+00, -1.000000e+00, 2.500000e-01, -2.000000e+00]> : tensor<6xf32>
  %v = arith.constant dense<[2.500000e-01, 1.600000e+01, 1.600000e+01, 1.000000e+00, 1.600000e+01, 4.000000e+00]> : tensor<6xf32>
  %0 = nn.conv_transpose %x, %w {strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 2 : i64}
    : (tensor<1x4x3xf32>, tensor<4x3x2xf32>) -> tensor<1x6x6xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x6x6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<1x6x6xf32> loc("bn")
  return %1 : tensor<1x6x6xf32>
}
