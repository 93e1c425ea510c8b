// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F3: strides, dilations and asymmetric padding are as before; the weights are
// W * s[:, None, None, None], by NumPy on dyadic numbers.

// CHECK-LABEL: func.func @net
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}{{\[\[}}9.375000e-02, -9.375000e-02], [1.250000e-01, -1.875000e-01], [6.250000e-02, 2.187500e-01]], {{\[\[}}2.500000e-01, -9.375000e-02], [-9.375000e-02, 6.250000e-02], [-6.250000e-02, 1.250000e-01]], {{\[\[}}-1.562500e-01, -1.875000e-01], [-2.500000e-01, -3.125000e-02], [-1.562500e-01, -9.375000e-02]]], {{\[\[}}[-8.750000e-01, -6.250000e-01], [-7.500000e-01, -2.500000e-01], [8.750000e-01, -5.000000e-01]], {{\[\[}}-2.500000e-01, -8.750000e-01], [-0.000000e+00, 7.500000e-01], [-2.500000e-01, 1.250000e-01]], {{\[\[}}-3.750000e-01, 2.500000e-01], [3.750000e-01, 7.500000e-01], [-1.000000e+00, -5.000000e-01]]]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[6.562500e-01, -1.250000e+00]>
// CHECK: nn.conv %arg0, %[[W]], %[[B]] {{{.*}}dilations = array<i64: 1, 3>{{.*}}pad_high = array<i64: 2, 1>, pad_low = array<i64: 1, 0>, strides = array<i64: 2, 1>
func.func @net(%x: tensor<1x3x9x11xf32>) -> tensor<1x2x5x9xf32> {
  %w = arith.constant dense<[[[[7.500000e-01, -7.500000e-01], [1.000000e+00, -1.500000e+00], [5.000000e-01, 1.750000e+00]], [[2.000000e+00, -7.500000e-01], [-7.500000e-01, 5.000000e-01], [-5.000000e-01, 1.000000e+00]], [[-1.250000e+00, -1.500000e+00], [-2.000000e+00, -2.500000e-01], [-1.250000e+00, -7.500000e-01]]], [[[1.750000e+00, 1.250000e+00], [1.500000e+00, 5.000000e-01], [-1.750000e+00, 1.000000e+00]], [[5.000000e-01, 1.750000e+00], [0.000000e+00, -1.500000e+00], [5.000000e-01, -2.500000e-01]], [[7.500000e-01, -5.000000e-01], [-7.500000e-01, -1.500000e+00], [2.000000e+00, 1.000000e+00]]]]> : tensor<2x3x3x2xf32>
  %s = arith.constant dense<[2.500000e-01, -5.000000e-01]> : tensor<2xf32>
  %o = arith.constant dense<[5.000000e-01, -1.750000e+00]> : tensor<2xf32>
  %m = arith.constant dense<[-1.250000e+00, 1.000000e+00]> : tensor<2xf32>
  %v = arith.constant dense<[4.000000e+00, 1.000000e+00]> : tensor<2xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 2, 1>, dilations = array<i64: 1, 3>, pad_low = array<i64: 1, 0>, pad_high = array<i64: 2, 1>, groups = 1 : i64}
    : (tensor<1x3x9x11xf32>, tensor<2x3x3x2xf32>) -> tensor<1x2x5x9xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x2x5x9xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x5x9xf32> loc("bn")
  return %1 : tensor<1x2x5x9xf32>
}
