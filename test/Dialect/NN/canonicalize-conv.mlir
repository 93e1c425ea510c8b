// A pad of zeros enters the convolution's own padding (F2), where it is exact.
// RUN: kiln-opt %s --canonicalize | FileCheck %s

// Low and high differ, and so do the dimensions: the sums show which is which.
// CHECK-LABEL: func.func @pad
func.func @pad(%x: tensor<1x3x7x6xf32>, %w: tensor<6x3x3x3xf32>) -> tensor<1x6x5x8xf32> {
  // CHECK-NOT: tensor.pad
  // CHECK: nn.conv %{{.*}} {{.*}}pad_high = array<i64: 1, 4>, pad_low = array<i64: 4, 0>
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 3, 0] high[0, 0, 1, 2] {
  ^bb0(%n: index, %c: index, %h: index, %v: index):
    tensor.yield %zero : f32
  } : tensor<1x3x7x6xf32> to tensor<1x3x11x8xf32>
  %y = nn.conv %p, %w {
      strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 0, 2>}
    : (tensor<1x3x11x8xf32>, tensor<6x3x3x3xf32>) -> tensor<1x6x5x8xf32>
  return %y : tensor<1x6x5x8xf32>
}

// Padded with another value.
// CHECK-LABEL: func.func @pad_not_zero
func.func @pad_not_zero(%x: tensor<1x3x7x6xf32>, %w: tensor<6x3x3x3xf32>) -> tensor<1x6x5x8xf32> {
  // CHECK: tensor.pad
  // CHECK: nn.conv
  %zero = arith.constant 0.5 : f32
  %p = tensor.pad %x low[0, 0, 3, 0] high[0, 0, 1, 2] {
  ^bb0(%n: index, %c: index, %h: index, %v: index):
    tensor.yield %zero : f32
  } : tensor<1x3x7x6xf32> to tensor<1x3x11x8xf32>
  %y = nn.conv %p, %w {
      strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 0, 2>}
    : (tensor<1x3x11x8xf32>, tensor<6x3x3x3xf32>) -> tensor<1x6x5x8xf32>
  return %y : tensor<1x6x5x8xf32>
}

// Channels are padded: those zeros meet weights of their own.
// CHECK-LABEL: func.func @pad_channels
func.func @pad_channels(%x: tensor<1x3x7x6xf32>, %w: tensor<6x4x3x3xf32>) -> tensor<1x6x5x8xf32> {
  // CHECK: tensor.pad
  // CHECK: nn.conv
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 1, 3, 0] high[0, 0, 1, 2] {
  ^bb0(%n: index, %c: index, %h: index, %v: index):
    tensor.yield %zero : f32
  } : tensor<1x3x7x6xf32> to tensor<1x4x11x8xf32>
  %y = nn.conv %p, %w {
      strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 0, 2>}
    : (tensor<1x4x11x8xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x5x8xf32>
  return %y : tensor<1x6x5x8xf32>
}

// So is the batch.
// CHECK-LABEL: func.func @pad_batch
func.func @pad_batch(%x: tensor<1x3x7x6xf32>, %w: tensor<6x3x3x3xf32>) -> tensor<2x6x5x8xf32> {
  // CHECK: tensor.pad
  // CHECK: nn.conv
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[1, 0, 3, 0] high[0, 0, 1, 2] {
  ^bb0(%n: index, %c: index, %h: index, %v: index):
    tensor.yield %zero : f32
  } : tensor<1x3x7x6xf32> to tensor<2x3x11x8xf32>
  %y = nn.conv %p, %w {
      strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 0, 2>}
    : (tensor<2x3x11x8xf32>, tensor<6x3x3x3xf32>) -> tensor<2x6x5x8xf32>
  return %y : tensor<2x6x5x8xf32>
}

// A negative padding crops.
// CHECK-LABEL: func.func @crop
func.func @crop(%x: tensor<1x3x7x6xf32>, %w: tensor<6x3x3x3xf32>) -> tensor<1x6x5x8xf32> {
  // CHECK: tensor.pad
  // CHECK: nn.conv
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 5, 0] high[0, 0, -1, 2] {
  ^bb0(%n: index, %c: index, %h: index, %v: index):
    tensor.yield %zero : f32
  } : tensor<1x3x7x6xf32> to tensor<1x3x11x8xf32>
  %y = nn.conv %p, %w {
      strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 0, 2>}
    : (tensor<1x3x11x8xf32>, tensor<6x3x3x3xf32>) -> tensor<1x6x5x8xf32>
  return %y : tensor<1x6x5x8xf32>
}

// Asked to stay.
// CHECK-LABEL: func.func @nofold
func.func @nofold(%x: tensor<1x3x7x6xf32>, %w: tensor<6x3x3x3xf32>) -> tensor<1x6x5x8xf32> {
  // CHECK: tensor.pad
  // CHECK: nn.conv
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x nofold low[0, 0, 3, 0] high[0, 0, 1, 2] {
  ^bb0(%n: index, %c: index, %h: index, %v: index):
    tensor.yield %zero : f32
  } : tensor<1x3x7x6xf32> to tensor<1x3x11x8xf32>
  %y = nn.conv %p, %w {
      strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 0, 2>}
    : (tensor<1x3x11x8xf32>, tensor<6x3x3x3xf32>) -> tensor<1x6x5x8xf32>
  return %y : tensor<1x6x5x8xf32>
}

// The padding is known at run time only.
// CHECK-LABEL: func.func @dynamic
func.func @dynamic(%x: tensor<1x3x7x6xf32>, %w: tensor<6x3x3x3xf32>, %d: index) -> tensor<1x6x?x8xf32> {
  // CHECK: tensor.pad
  // CHECK: nn.conv
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, %d, 0] high[0, 0, 1, 2] {
  ^bb0(%n: index, %c: index, %h: index, %v: index):
    tensor.yield %zero : f32
  } : tensor<1x3x7x6xf32> to tensor<1x3x?x8xf32>
  %y = nn.conv %p, %w {
      strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 0, 2>}
    : (tensor<1x3x?x8xf32>, tensor<6x3x3x3xf32>) -> tensor<1x6x?x8xf32>
  return %y : tensor<1x6x?x8xf32>
}

// Together they pass the greatest padding that a convolution may have.
// CHECK-LABEL: func.func @huge
func.func @huge(%x: tensor<1x3x7x6xf32>, %w: tensor<6x3x3x3xf32>) -> tensor<1x6x1073741828x8xf32> {
  // CHECK: tensor.pad
  // CHECK: nn.conv
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 2, 0] high[0, 0, 2, 2] {
  ^bb0(%n: index, %c: index, %h: index, %v: index):
    tensor.yield %zero : f32
  } : tensor<1x3x7x6xf32> to tensor<1x3x11x8xf32>
  %y = nn.conv %p, %w {
      strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 2147483647, 0>, pad_high = array<i64: 0, 2>}
    : (tensor<1x3x11x8xf32>, tensor<6x3x3x3xf32>) -> tensor<1x6x1073741828x8xf32>
  return %y : tensor<1x6x1073741828x8xf32>
}

// The padded value has another use: the pad stays for that one alone.
// CHECK-LABEL: func.func @two_uses
func.func @two_uses(%x: tensor<1x3x7xf32>, %w: tensor<6x3x3xf32>) -> (tensor<1x6x7xf32>, tensor<1x3x9xf32>) {
  // CHECK: %[[P:.*]] = tensor.pad
  // CHECK: %[[Y:.*]] = nn.conv %{{.*}}, %{{.*}} {{.*}}pad_high = array<i64: 1>, pad_low = array<i64: 1>
  // CHECK: return %[[Y]], %[[P]]
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1] high[0, 0, 1] {
  ^bb0(%n: index, %c: index, %v: index):
    tensor.yield %zero : f32
  } : tensor<1x3x7xf32> to tensor<1x3x9xf32>
  %y = nn.conv %p, %w {
      strides = array<i64: 1>, dilations = array<i64: 1>,
      pad_low = array<i64: 0>, pad_high = array<i64: 0>}
    : (tensor<1x3x9xf32>, tensor<6x3x3xf32>) -> tensor<1x6x7xf32>
  return %y, %p : tensor<1x6x7xf32>, tensor<1x3x9xf32>
}
