// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F23: dynamic batch, height and width fold; a dynamic channel count does not.

// CHECK: action = "folded"
// CHECK-LABEL: func.func @sizes
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}{{\[\[}}-9.375000e-02, -1.875000e-01]], {{\[\[}}1.875000e-01, 1.562500e-01]]], {{\[\[}}[5.000000e-01, 8.750000e-01]], {{\[\[}}0.000000e+00, -6.250000e-01]]], {{\[\[}}[1.562500e-02, 1.562500e-02]], {{\[\[}}-3.125000e-02, 3.125000e-02]]]]>
// CHECK: %[[Y:.*]] = nn.conv %arg0, %[[W]]
// CHECK-NEXT: return %[[Y]]
func.func @sizes(%x: tensor<?x2x?x?xf32>) -> tensor<?x3x?x?xf32> {
  %w = arith.constant dense<[[[[-7.500000e-01, -1.500000e+00]], [[1.500000e+00, 1.250000e+00]]], [[[1.000000e+00, 1.750000e+00]], [[0.000000e+00, -1.250000e+00]]], [[[2.500000e-01, 2.500000e-01]], [[-5.000000e-01, 5.000000e-01]]]]> : tensor<3x2x1x2xf32>
  %s = arith.constant dense<[5.000000e-01, 2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[-7.500000e-01, 1.500000e+00, -7.500000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64} : (tensor<?x2x?x?xf32>, tensor<3x2x1x2xf32>) -> tensor<?x3x?x?xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<?x3x?x?xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<?x3x?x?xf32> loc("bn")
  return %1 : tensor<?x3x?x?xf32>
}

// -----

// CHECK: action = "kept"{{.*}}reason = "its channel count is not known"
// CHECK-LABEL: func.func @channels
// CHECK: nn.batch_norm_inference
func.func @channels(%x: tensor<1x?x4xf32>) -> tensor<1x?x4xf32> {
  %s = arith.constant dense<[5.000000e-01, 2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[-7.500000e-01, 1.500000e+00, -7.500000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %1 = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x?x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x?x4xf32>
  return %1 : tensor<1x?x4xf32>
}
