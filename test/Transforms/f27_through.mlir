// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F27: folding through what lies between (numbers for every operation are in the
// unit tests, against the interpreter). Expected by NumPy on dyadic numbers.

// Concatenation: split per branch.
// CHECK: direction = "backward", into = "a, b"
// CHECK-LABEL: func.func @concat
// CHECK-DAG: %[[W1:.*]] = arith.constant dense<{{\[\[}}[-2.000000e+00, 1.500000e+00]], {{\[\[}}1.875000e-01, -3.125000e-02]]]>
// CHECK-DAG: %[[B1:.*]] = arith.constant dense<[-2.500000e-01, -1.750000e+00]> : tensor<2xf32>
// CHECK-DAG: %[[W2:.*]] = arith.constant dense<{{\[\[}}[-1.750000e+00, 1.500000e+00]]]>
// CHECK-DAG: %[[B2:.*]] = arith.constant dense<2.000000e+00> : tensor<1xf32>
// CHECK-DAG: %[[X:.*]] = nn.conv %arg0, %[[W1]], %[[B1]]
// CHECK: %[[Y:.*]] = nn.conv %arg0, %[[W2]], %[[B2]]
// CHECK: %[[C:.*]] = tensor.concat dim(1) %[[X]], %[[Y]]
// CHECK-NEXT: return %[[C]]
func.func @concat(%x: tensor<1x1x4xf32>) -> tensor<1x3x3xf32> {
  %w1 = arith.constant dense<[[[1.000000e+00, -7.500000e-01]], [[1.500000e+00, -2.500000e-01]]]> : tensor<2x1x2xf32>
  %w2 = arith.constant dense<[[[1.750000e+00, -1.500000e+00]]]> : tensor<1x1x2xf32>
  %s = arith.constant dense<[-2.000000e+00, 2.500000e-01, -2.000000e+00]> : tensor<3xf32>
  %o = arith.constant dense<[-1.250000e+00, -1.500000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[5.000000e-01, 2.000000e+00, 1.750000e+00]> : tensor<3xf32>
  %v = arith.constant dense<[1.000000e+00, 4.000000e+00, 4.000000e+00]> : tensor<3xf32>
  %0 = nn.conv %x, %w1 {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<2x1x2xf32>) -> tensor<1x2x3xf32> loc("a")
  %1 = nn.conv %x, %w2 {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<1x1x2xf32>) -> tensor<1x1x3xf32> loc("b")
  %2 = tensor.concat dim(1) %0, %1 : (tensor<1x2x3xf32>, tensor<1x1x3xf32>) -> tensor<1x3x3xf32>
  %3 = nn.batch_norm_inference %2, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x3xf32> loc("bn")
  return %3 : tensor<1x3x3xf32>
}

// -----

// Channel shuffle: permuted, output j * 2 + g being input g * 3 + j.
// CHECK-LABEL: func.func @shuffle
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-1.500000e+00]], {{\[\[}}1.500000e+00]], {{\[\[}}-6.250000e-02]], {{\[\[}}4.500000e+00]], {{\[\[}}-1.875000e-01]], {{\[\[}}-1.000000e+00]]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[3.250000e+00, -1.500000e+00, 2.968750e-01, -3.750000e+00, 1.687500e+00, 0.000000e+00]> : tensor<6xf32>
// CHECK: nn.conv %arg0, %[[W]], %[[B]]
func.func @shuffle(%x: tensor<1x1x4xf32>) -> tensor<1x6x4xf32> {
  %w = arith.constant dense<[[[-5.000000e-01]], [[-1.500000e+00]], [[-1.000000e+00]], [[1.500000e+00]], [[-2.500000e-01]], [[2.000000e+00]]]> : tensor<6x1x1xf32>
  %s = arith.constant dense<[1.500000e+00, 1.500000e+00, -2.000000e+00, 1.500000e+00, 2.500000e-01, -1.000000e+00]> : tensor<6xf32>
  %o = arith.constant dense<[-5.000000e-01, -7.500000e-01, -5.000000e-01, 7.500000e-01, 2.500000e-01, -7.500000e-01]> : tensor<6xf32>
  %m = arith.constant dense<[-1.250000e+00, 1.000000e+00, -1.000000e+00, -1.250000e+00, -7.500000e-01, 1.500000e+00]> : tensor<6xf32>
  %v = arith.constant dense<[2.500000e-01, 2.500000e-01, 4.000000e+00, 4.000000e+00, 1.600000e+01, 4.000000e+00]> : tensor<6xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<6x1x1xf32>) -> tensor<1x6x4xf32>
  %1 = nn.channel_shuffle %0 {groups = 2 : i64} : tensor<1x6x4xf32>
  %2 = nn.batch_norm_inference %1, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x6x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>) -> tensor<1x6x4xf32> loc("bn")
  return %2 : tensor<1x6x4xf32>
}

// -----

// Max-pool (positive scale) and flatten, forward into a linear layer: each
// channel spread over its 3 features.
// CHECK: direction = "forward", into = "fc"
// CHECK-LABEL: func.func @flatten
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}-3.750000e-01, -7.500000e-01, -8.750000e-01, -1.875000e+00, 1.500000e+00, 2.625000e+00], [-7.500000e-01, 0.000000e+00, -7.500000e-01, 2.250000e+00, -2.250000e+00, 7.500000e-01]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[-5.000000e+00, -3.125000e+00]> : tensor<2xf32>
// CHECK: nn.linear %{{.*}}, %[[W]], %[[B]]
func.func @flatten(%x: tensor<5x2x4xf32>) -> tensor<5x2xf32> {
  %w = arith.constant dense<[[-7.500000e-01, -1.500000e+00, -1.750000e+00, -1.250000e+00, 1.000000e+00, 1.750000e+00], [-1.500000e+00, 0.000000e+00, -1.500000e+00, 1.500000e+00, -1.500000e+00, 5.000000e-01]]> : tensor<2x6xf32>
  %s = arith.constant dense<[2.500000e-01, 1.500000e+00]> : tensor<2xf32>
  %o = arith.constant dense<[1.000000e+00, 1.250000e+00]> : tensor<2xf32>
  %m = arith.constant dense<[2.500000e-01, 1.500000e+00]> : tensor<2xf32>
  %v = arith.constant dense<[2.500000e-01, 1.000000e+00]> : tensor<2xf32>
  %0 = nn.relu %x : tensor<5x2x4xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<5x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<5x2x4xf32> loc("bn")
  %2 = nn.max_pool %1 {kernel = array<i64: 2>, strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<5x2x4xf32>) -> tensor<5x2x3xf32>
  %3 = tensor.collapse_shape %2 [[0], [1, 2]] : tensor<5x2x3xf32> into tensor<5x6xf32>
  %4 = nn.linear %3, %w : (tensor<5x6xf32>, tensor<2x6xf32>) -> tensor<5x2xf32> loc("fc")
  return %4 : tensor<5x2xf32>
}
