// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F1: a batch normalisation before a convolution. Expected values from NumPy on
// dyadic numbers: W * s[None, :, None]; unpadded, b + sum of W * t; padded, that
// sum over the taps that meet the input, for each position.

// CHECK: direction = "forward", into = "next"
// CHECK-LABEL: func.func @unpadded
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-3.125000e-01, -1.250000e-01, 4.375000e-01], [-2.500000e-01, -6.250000e-02, -3.125000e-02]], {{\[\[}}6.250000e-02, -4.375000e-01, -1.250000e-01], [-2.500000e-01, 6.250000e-02, 1.562500e-01]], {{\[\[}}-2.500000e-01, 2.500000e-01, -5.000000e-01], [-2.500000e-01, -1.875000e-01, -3.125000e-02]]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[-5.921875, 4.984375, -2.984375]>
// CHECK-DAG: %[[R:.*]] = nn.relu %arg0
// CHECK: %[[Y:.*]] = nn.conv %[[R]], %[[W]], %[[B]]
// CHECK-NEXT: return %[[Y]]
func.func @unpadded(%x: tensor<2x2x4xf32>) -> tensor<2x3x2xf32> {
  %w = arith.constant dense<[[[-1.250000e+00, -5.000000e-01, 1.750000e+00], [2.000000e+00, 5.000000e-01, 2.500000e-01]], [[2.500000e-01, -1.750000e+00, -5.000000e-01], [2.000000e+00, -5.000000e-01, -1.250000e+00]], [[-1.000000e+00, 1.000000e+00, -2.000000e+00], [2.000000e+00, 1.500000e+00, 2.500000e-01]]]> : tensor<3x2x3xf32>
  %b = arith.constant dense<[-2.500000e-01, 1.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %s = arith.constant dense<[2.500000e-01, -5.000000e-01]> : tensor<2xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00]> : tensor<2xf32>
  %m = arith.constant dense<[1.000000e+00, -5.000000e-01]> : tensor<2xf32>
  %v = arith.constant dense<[1.000000e+00, 1.600000e+01]> : tensor<2xf32>
  %r = nn.relu %x : tensor<2x2x4xf32>
  %0 = nn.batch_norm_inference %r, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<2x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4xf32> loc("bn")
  %1 = nn.conv %0, %w, %b {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64}
    : (tensor<2x2x4xf32>, tensor<3x2x3xf32>, tensor<3xf32>) -> tensor<2x3x2xf32> loc("next")
  return %1 : tensor<2x3x2xf32>
}

// -----

// CHECK: action = "folded"{{.*}}reason = "the layer is padded: the shift is a constant for each position"
// CHECK-LABEL: func.func @padded
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-3.125000e-01, -1.250000e-01, 4.375000e-01], [-2.500000e-01, -6.250000e-02, -3.125000e-02]], {{\[\[}}6.250000e-02, -4.375000e-01, -1.250000e-01], [-2.500000e-01, 6.250000e-02, 1.562500e-01]], {{\[\[}}-2.500000e-01, 2.500000e-01, -5.000000e-01], [-2.500000e-01, -1.875000e-01, -3.125000e-02]]]>
// CHECK-DAG: %[[M:.*]] = arith.constant dense<{{\[\[}}[-4.609375, -5.921875, -5.921875, -1.468750e+00], [9.671875, 4.984375, 4.984375, 1.281250e+00], [-1.109375, -2.984375, -2.984375, -6.968750e+00]]]> : tensor<1x3x4xf32>
// CHECK-DAG: %[[Y:.*]] = nn.conv %{{.*}}, %[[W]] {
// CHECK: linalg.generic {{.*}}ins(%[[Y]], %[[M]] :
// CHECK: arith.addf
func.func @padded(%x: tensor<2x2x4xf32>) -> tensor<2x3x4xf32> {
  %w = arith.constant dense<[[[-1.250000e+00, -5.000000e-01, 1.750000e+00], [2.000000e+00, 5.000000e-01, 2.500000e-01]], [[2.500000e-01, -1.750000e+00, -5.000000e-01], [2.000000e+00, -5.000000e-01, -1.250000e+00]], [[-1.000000e+00, 1.000000e+00, -2.000000e+00], [2.000000e+00, 1.500000e+00, 2.500000e-01]]]> : tensor<3x2x3xf32>
  %b = arith.constant dense<[-2.500000e-01, 1.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %s = arith.constant dense<[2.500000e-01, -5.000000e-01]> : tensor<2xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00]> : tensor<2xf32>
  %m = arith.constant dense<[1.000000e+00, -5.000000e-01]> : tensor<2xf32>
  %v = arith.constant dense<[1.000000e+00, 1.600000e+01]> : tensor<2xf32>
  %r = nn.relu %x : tensor<2x2x4xf32>
  %0 = nn.batch_norm_inference %r, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<2x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x4xf32> loc("bn")
  %1 = nn.conv %0, %w, %b {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>, groups = 1 : i64}
    : (tensor<2x2x4xf32>, tensor<3x2x3xf32>, tensor<3xf32>) -> tensor<2x3x4xf32> loc("next")
  return %1 : tensor<2x3x4xf32>
}

// -----

// The size of the border is not known: left, and drawn into the next loop.
// CHECK: action = "kept"{{.*}}the size of the border is not known
// CHECK-LABEL: func.func @dynamic
// CHECK: nn.channel_affine
func.func @dynamic(%x: tensor<2x2x?xf32>) -> tensor<2x3x?xf32> {
  %w = arith.constant dense<[[[-1.250000e+00, -5.000000e-01, 1.750000e+00], [2.000000e+00, 5.000000e-01, 2.500000e-01]], [[2.500000e-01, -1.750000e+00, -5.000000e-01], [2.000000e+00, -5.000000e-01, -1.250000e+00]], [[-1.000000e+00, 1.000000e+00, -2.000000e+00], [2.000000e+00, 1.500000e+00, 2.500000e-01]]]> : tensor<3x2x3xf32>
  %b = arith.constant dense<[-2.500000e-01, 1.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %s = arith.constant dense<[2.500000e-01, -5.000000e-01]> : tensor<2xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00]> : tensor<2xf32>
  %m = arith.constant dense<[1.000000e+00, -5.000000e-01]> : tensor<2xf32>
  %v = arith.constant dense<[1.000000e+00, 1.600000e+01]> : tensor<2xf32>
  %r = nn.relu %x : tensor<2x2x?xf32>
  %0 = nn.batch_norm_inference %r, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<2x2x?xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x?xf32> loc("bn")
  %1 = nn.conv %0, %w, %b {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 1>, pad_high = array<i64: 1>, groups = 1 : i64}
    : (tensor<2x2x?xf32>, tensor<3x2x3xf32>, tensor<3xf32>) -> tensor<2x3x?xf32> loc("next")
  return %1 : tensor<2x3x?xf32>
}
