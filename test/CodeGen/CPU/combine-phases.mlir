// RUN: kiln-opt %s -cpu-combine-phases=vector-bits=512 -split-input-file | FileCheck %s

// One channel, four phases: one convolution, whose channels become pixels. The
// slope of the channel is that of each phase.
// CHECK-LABEL: func.func @one_channel
// CHECK-SAME: %[[X:.*]]: tensor<1x3x5x7xf32>
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{.*}}> : tensor<4x3x1x1xf32>
// CHECK: nn.fused {
// CHECK-NEXT: %[[CONV:.*]] = nn.conv %[[X]], %[[W]]
// CHECK-NEXT: nn.leaky_relu %[[CONV]] {{.*}} : tensor<1x4x5x7xf32>
// CHECK: %[[SPLIT:.*]] = tensor.expand_shape {{.*}} into tensor<1x2x2x1x5x7xf32>
// CHECK: %[[MOVED:.*]] = linalg.transpose ins(%[[SPLIT]] {{.*}} permutation = [0, 3, 4, 1, 5, 2]
// CHECK: tensor.collapse_shape %[[MOVED]] {{.*}} into tensor<1x1x10x14xf32>
func.func @one_channel(%x: tensor<1x3x5x7xf32>) -> tensor<1x1x10x14xf32> {
  %w = arith.constant dense<0.5> : tensor<3x1x2x2xf32>
  %0 = nn.fused {
    %1 = nn.conv_transpose %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
        pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, output_padding = array<i64: 0, 0>}
      : (tensor<1x3x5x7xf32>, tensor<3x1x2x2xf32>) -> tensor<1x1x10x14xf32>
    %2 = nn.leaky_relu %1 {alpha = 0.5 : f64} : tensor<1x1x10x14xf32>
    nn.yield %2 : tensor<1x1x10x14xf32>
  } : tensor<1x1x10x14xf32>
  return %0 : tensor<1x1x10x14xf32>
}

// -----

// Two taps a phase, turned round; the first row of pixels is padding.
// CHECK-LABEL: func.func @taps
// CHECK: arith.constant dense<{{\[\[\[\[}}3.000000e+00], [1.000000e+00]]], {{\[\[\[}}4.000000e+00], [2.000000e+00]]]]> : tensor<2x1x2x1xf32>
// CHECK: nn.conv {{.*}}pad_high = array<i64: 1, 0>, pad_low = array<i64: 1, 0>{{.*}} -> tensor<1x2x6x7xf32>
// CHECK: tensor.extract_slice %{{.*}}[0, 0, 1, 0] [1, 1, 11, 7] [1, 1, 1, 1]
func.func @taps(%x: tensor<1x1x5x7xf32>) -> tensor<1x1x11x7xf32> {
  %w = arith.constant dense<[[[[1.0], [2.0], [3.0], [4.0]]]]> : tensor<1x1x4x1xf32>
  %0 = nn.conv_transpose %x, %w {strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 0, 0>, output_padding = array<i64: 0, 0>}
    : (tensor<1x1x5x7xf32>, tensor<1x1x4x1xf32>) -> tensor<1x1x11x7xf32>
  return %0 : tensor<1x1x11x7xf32>
}

// -----

// The second reads the first's channels, where all 16 pixels fit into a vector:
// the first fills no vector for itself.
// CHECK-LABEL: func.func @chain
// CHECK: %[[FIRST:.*]] = nn.conv {{.*}} -> tensor<1x96x5x7xf32>
// CHECK-NOT: linalg.transpose
// CHECK: nn.conv %[[FIRST]], {{.*}} -> tensor<1x16x5x7xf32>
// CHECK: linalg.transpose {{.*}} outs(%{{.*}} : tensor<1x1x5x4x7x4xf32>)
// CHECK-NOT: linalg.transpose
func.func @chain(%x: tensor<1x3x5x7xf32>) -> tensor<1x1x20x28xf32> {
  %w = arith.constant dense<0.5> : tensor<3x24x2x2xf32>
  %v = arith.constant dense<0.5> : tensor<24x1x2x2xf32>
  %0 = nn.conv_transpose %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, output_padding = array<i64: 0, 0>}
    : (tensor<1x3x5x7xf32>, tensor<3x24x2x2xf32>) -> tensor<1x24x10x14xf32>
  %1 = nn.conv_transpose %0, %v {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, output_padding = array<i64: 0, 0>}
    : (tensor<1x24x10x14xf32>, tensor<24x1x2x2xf32>) -> tensor<1x1x20x28xf32>
  return %1 : tensor<1x1x20x28xf32>
}

// -----

// Five channels of four phases are more than a vector; phases of kernel 3 have
// different taps.
// CHECK-LABEL: func.func @stays
// CHECK-COUNT-2: nn.conv_transpose
func.func @stays(%x: tensor<1x3x5x7xf32>) -> (tensor<1x5x10x14xf32>, tensor<1x1x11x15xf32>) {
  %w = arith.constant dense<0.5> : tensor<3x5x2x2xf32>
  %v = arith.constant dense<0.5> : tensor<3x1x3x3xf32>
  %0 = nn.conv_transpose %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, output_padding = array<i64: 0, 0>}
    : (tensor<1x3x5x7xf32>, tensor<3x5x2x2xf32>) -> tensor<1x5x10x14xf32>
  %1 = nn.conv_transpose %x, %v {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, output_padding = array<i64: 0, 0>}
    : (tensor<1x3x5x7xf32>, tensor<3x1x3x3xf32>) -> tensor<1x1x11x15xf32>
  return %0, %1 : tensor<1x5x10x14xf32>, tensor<1x1x11x15xf32>
}
