// RUN: kiln-opt %s --nn-fold-padding --split-input-file | FileCheck %s

// F2: an explicit pad becomes the convolution's own only where it is of zeros,
// not negative, and over spatial dimensions.

// CHECK-LABEL: func.func @zeros
// CHECK-NOT: tensor.pad
// CHECK: nn.conv %arg0, {{.*}}pad_high = array<i64: 2>, pad_low = array<i64: 1>
func.func @zeros(%x: tensor<1x3x5xf32>) -> tensor<1x2x7xf32> {
  %w = arith.constant dense<[[[-1.250000e+00, 1.750000e+00], [-5.000000e-01, -1.750000e+00], [-1.250000e+00, -5.000000e-01]], [[-7.500000e-01, -7.500000e-01], [2.000000e+00, 1.500000e+00], [2.500000e-01, 2.000000e+00]]]> : tensor<2x3x2xf32>
  %v = arith.constant 0.0 : f32
  %0 = tensor.pad %x low[0, 0, 1] high[0, 0, 2] {
  ^bb0(%a: index, %b: index, %c: index):
    tensor.yield %v : f32
  } : tensor<1x3x5xf32> to tensor<1x3x8xf32>
  %1 = nn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x3x8xf32>, tensor<2x3x2xf32>) -> tensor<1x2x7xf32>
  return %1 : tensor<1x2x7xf32>
}

// -----

// Not zero.
// CHECK-LABEL: func.func @value
// CHECK: tensor.pad
// CHECK: nn.conv {{.*}}pad_high = array<i64: 0>, pad_low = array<i64: 0>
func.func @value(%x: tensor<1x3x5xf32>) -> tensor<1x2x7xf32> {
  %w = arith.constant dense<[[[-7.500000e-01, -1.500000e+00], [-1.000000e+00, -1.750000e+00], [2.000000e+00, -1.250000e+00]], [[-2.500000e-01, -1.250000e+00], [2.000000e+00, -1.500000e+00], [0.000000e+00, 2.000000e+00]]]> : tensor<2x3x2xf32>
  %v = arith.constant 0.5 : f32
  %0 = tensor.pad %x low[0, 0, 1] high[0, 0, 2] {
  ^bb0(%a: index, %b: index, %c: index):
    tensor.yield %v : f32
  } : tensor<1x3x5xf32> to tensor<1x3x8xf32>
  %1 = nn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x3x8xf32>, tensor<2x3x2xf32>) -> tensor<1x2x7xf32>
  return %1 : tensor<1x2x7xf32>
}

// -----

// Crops.
// CHECK-LABEL: func.func @negative
// CHECK: tensor.pad
// CHECK: nn.conv {{.*}}pad_high = array<i64: 0>, pad_low = array<i64: 0>
func.func @negative(%x: tensor<1x3x5xf32>) -> tensor<1x2x5xf32> {
  %w = arith.constant dense<[[[0.000000e+00, 1.750000e+00], [1.750000e+00, 1.250000e+00], [1.000000e+00, 2.500000e-01]], [[2.500000e-01, 1.500000e+00], [-2.500000e-01, 2.000000e+00], [1.500000e+00, -5.000000e-01]]]> : tensor<2x3x2xf32>
  %v = arith.constant 0.0 : f32
  %0 = tensor.pad %x low[0, 0, -1] high[0, 0, 2] {
  ^bb0(%a: index, %b: index, %c: index):
    tensor.yield %v : f32
  } : tensor<1x3x5xf32> to tensor<1x3x6xf32>
  %1 = nn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x3x6xf32>, tensor<2x3x2xf32>) -> tensor<1x2x5xf32>
  return %1 : tensor<1x2x5xf32>
}

// -----

// Adds a channel.
// CHECK-LABEL: func.func @channels
// CHECK: tensor.pad
// CHECK: nn.conv {{.*}}pad_high = array<i64: 0>, pad_low = array<i64: 0>
func.func @channels(%x: tensor<1x3x5xf32>) -> tensor<1x2x4xf32> {
  %w = arith.constant dense<[[[-5.000000e-01, 1.000000e+00], [1.750000e+00, -1.750000e+00], [-1.750000e+00, -1.000000e+00], [-2.500000e-01, -1.500000e+00]], [[0.000000e+00, 2.500000e-01], [2.000000e+00, 1.000000e+00], [-1.000000e+00, 1.250000e+00], [1.250000e+00, 7.500000e-01]]]> : tensor<2x4x2xf32>
  %v = arith.constant 0.0 : f32
  %0 = tensor.pad %x low[0, 1, 0] high[0, 0, 0] {
  ^bb0(%a: index, %b: index, %c: index):
    tensor.yield %v : f32
  } : tensor<1x3x5xf32> to tensor<1x4x5xf32>
  %1 = nn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x4x5xf32>, tensor<2x4x2xf32>) -> tensor<1x2x4xf32>
  return %1 : tensor<1x2x4xf32>
}

// -----

// A padding value inside the body, of which nothing may remain.
// CHECK-LABEL: func.func @inside
// CHECK-NEXT: %[[Y:.*]] = nn.conv %arg0, %arg1 {{.*}}pad_low = array<i64: 1>
// CHECK-NEXT: return %[[Y]]
func.func @inside(%x: tensor<1x3x5xf32>, %w: tensor<2x3x2xf32>) -> tensor<1x2x5xf32> {
  %0 = tensor.pad %x low[0, 0, 1] high[0, 0, 0] {
  ^bb0(%a: index, %b: index, %c: index):
    %v = arith.constant 0.0 : f32
    tensor.yield %v : f32
  } : tensor<1x3x5xf32> to tensor<1x3x6xf32>
  %1 = nn.conv %0, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>} : (tensor<1x3x6xf32>, tensor<2x3x2xf32>) -> tensor<1x2x5xf32>
  return %1 : tensor<1x2x5xf32>
}
