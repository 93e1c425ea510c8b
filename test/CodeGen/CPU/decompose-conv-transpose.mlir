// RUN: kiln-opt %s -cpu-decompose-conv-transpose -split-input-file | FileCheck %s

// Kernel 3, stride 2: even outputs have two taps, turned round, odd ones one.
// CHECK-LABEL: func.func @two_phases
// CHECK: %[[EVEN_W:.*]] = arith.constant dense<{{\[\[\[}}3.000000e+00, 1.000000e+00]]]> : tensor<1x1x2xf32>
// CHECK: %[[EVEN:.*]] = nn.conv %{{.*}}, %[[EVEN_W]] {{.*}}pad_high = array<i64: 1>, pad_low = array<i64: 1>{{.*}} -> tensor<1x1x6xf32>
// CHECK: tensor.insert_slice %[[EVEN]] into %{{.*}}[0, 0, 0] [1, 1, 6] [1, 1, 2]
// CHECK: %[[ODD_W:.*]] = arith.constant dense<2.000000e+00> : tensor<1x1x1xf32>
// CHECK: %[[ODD:.*]] = nn.conv %{{.*}}, %[[ODD_W]] {{.*}} -> tensor<1x1x5xf32>
// CHECK: tensor.insert_slice %[[ODD]] into %{{.*}}[0, 0, 1] [1, 1, 5] [1, 1, 2]
func.func @two_phases(%x: tensor<1x1x5xf32>) -> tensor<1x1x11xf32> {
  %w = arith.constant dense<[[[1.0, 2.0, 3.0]]]> : tensor<1x1x3xf32>
  %0 = nn.conv_transpose %x, %w {strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 0>, pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x1x5xf32>, tensor<1x1x3xf32>) -> tensor<1x1x11xf32>
  return %0 : tensor<1x1x11xf32>
}

// -----

// Kernel 1, stride 2: no tap reaches odd outputs, which are the bias.
// CHECK-LABEL: func.func @bias_alone
// CHECK: nn.conv
// CHECK: linalg.broadcast ins(%{{.*}} : tensor<3xf32>) outs(%{{.*}} : tensor<1x3x4xf32>) dimensions = [0, 2]
func.func @bias_alone(%x: tensor<1x2x5xf32>, %b: tensor<3xf32>) -> tensor<1x3x9xf32> {
  %w = arith.constant dense<[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]]> : tensor<2x3x1xf32>
  %0 = nn.conv_transpose %x, %w, %b {strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 0>, pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x2x5xf32>, tensor<2x3x1xf32>, tensor<3xf32>) -> tensor<1x3x9xf32>
  return %0 : tensor<1x3x9xf32>
}

// -----

// Weights that the net computes are rearranged when it runs.
// CHECK-LABEL: func.func @computed_weights
// CHECK: %[[W:.*]] = linalg.generic
// CHECK: tensor.extract
// CHECK: nn.conv %{{.*}}, %[[W]]
func.func @computed_weights(%x: tensor<1x2x5xf32>, %w: tensor<2x3x1xf32>) -> tensor<1x3x9xf32> {
  %0 = nn.conv_transpose %x, %w {strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 0>, pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x2x5xf32>, tensor<2x3x1xf32>) -> tensor<1x3x9xf32>
  return %0 : tensor<1x3x9xf32>
}
