// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F15: a weight beyond the range of f16 (65504) is refused, and said so; so is one
// that would underflow; mixed types fold: an f16 net with f32 statistics.

// CHECK: action = "kept"{{.*}}reason = "backward: a folded weight would exceed the range of f16 in 'conv' (nn.conv)
// CHECK-LABEL: func.func @overflow
// CHECK: nn.channel_affine
func.func @overflow(%x: tensor<1x1x4xf16>) -> tensor<1x2x3xf16> {
  %w = arith.constant dense<[[[300.0, 1.0]], [[2.0, 3.0]]]> : tensor<2x1x2xf16>
  %s = arith.constant dense<[300.0, 1.0]> : tensor<2xf16>
  %o = arith.constant dense<[1.0, 0.5]> : tensor<2xf16>
  %m = arith.constant dense<[0.0, 2.0]> : tensor<2xf16>
  %v = arith.constant dense<[1.0, 4.0]> : tensor<2xf16>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<1x1x4xf16>, tensor<2x1x2xf16>) -> tensor<1x2x3xf16> loc("conv")
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x2x3xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>, tensor<2xf16>) -> tensor<1x2x3xf16> loc("bn")
  return %1 : tensor<1x2x3xf16>
}

// -----

// CHECK: reason = "backward: the folded weights would underflow
// CHECK-LABEL: func.func @underflow
// CHECK: nn.channel_affine
func.func @underflow(%x: tensor<1x1x4xf16>) -> tensor<1x1x3xf16> {
  %w = arith.constant dense<[[[0.0037, 0.0051]]]> : tensor<1x1x2xf16>
  %s = arith.constant dense<[2.0e-5]> : tensor<1xf16>
  %o = arith.constant dense<[0.0]> : tensor<1xf16>
  %m = arith.constant dense<[0.0]> : tensor<1xf16>
  %v = arith.constant dense<[1.0]> : tensor<1xf16>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<1x1x4xf16>, tensor<1x1x2xf16>) -> tensor<1x1x3xf16>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x1x3xf16>, tensor<1xf16>, tensor<1xf16>, tensor<1xf16>, tensor<1xf16>) -> tensor<1x1x3xf16>
  return %1 : tensor<1x1x3xf16>
}

// -----

// s = [3, -0.5] / [2, 4] = [1.5, -0.125], t = [1, 0.5] - [1, 2] * s = [-0.5, 0.75].
// CHECK: action = "folded"
// CHECK-LABEL: func.func @mixed
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[\[}}3.750000e-01, -3.000000e+00]], {{\[\[}}-2.500000e-01, -3.750000e-01]]]> : tensor<2x1x2xf16>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[-5.000000e-01, 7.500000e-01]> : tensor<2xf16>
// CHECK: nn.conv %arg0, %[[W]], %[[B]]
func.func @mixed(%x: tensor<1x1x4xf16>) -> tensor<1x2x3xf16> {
  %w = arith.constant dense<[[[0.25, -2.0]], [[2.0, 3.0]]]> : tensor<2x1x2xf16>
  %s = arith.constant dense<[3.0, -0.5]> : tensor<2xf32>
  %o = arith.constant dense<[1.0, 0.5]> : tensor<2xf32>
  %m = arith.constant dense<[1.0, 2.0]> : tensor<2xf64>
  %v = arith.constant dense<[4.0, 16.0]> : tensor<2xf64>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<1x1x4xf16>, tensor<2x1x2xf16>) -> tensor<1x2x3xf16>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x2x3xf16>, tensor<2xf32>, tensor<2xf32>, tensor<2xf64>, tensor<2xf64>) -> tensor<1x2x3xf16>
  return %1 : tensor<1x2x3xf16>
}
