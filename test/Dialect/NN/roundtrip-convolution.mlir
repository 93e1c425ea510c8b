// Parsing what was printed gives the same, in the pretty and the generic form.
// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s --mlir-print-op-generic | kiln-opt | FileCheck %s

// CHECK-LABEL: func.func @conv
func.func @conv(%x: tensor<1x4x9x7xf32>, %w: tensor<6x2x3x3xf32>, %b: tensor<6xf32>) -> tensor<1x6x5x7xf32> {
  // CHECK: nn.conv %{{.*}}, %{{.*}}, %{{.*}} {dilations = array<i64: 1, 1>, groups = 2 : i64, pad_high = array<i64: 1, 2>, pad_low = array<i64: 1, 0>, strides = array<i64: 2, 1>} : (tensor<1x4x9x7xf32>, tensor<6x2x3x3xf32>, tensor<6xf32>) -> tensor<1x6x5x7xf32>
  %y = nn.conv %x, %w, %b {
      strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 1, 2>, groups = 2 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x2x3x3xf32>, tensor<6xf32>) -> tensor<1x6x5x7xf32>
  return %y : tensor<1x6x5x7xf32>
}

// One and three spatial dimensions, no bias, one group by default, and another
// element type; the sizes are those of the formula in the documentation.
// CHECK-LABEL: func.func @conv_1d_3d
func.func @conv_1d_3d(%x: tensor<2x3x11xf64>, %w: tensor<5x3x4xf64>, %v: tensor<1x2x5x6x7xf16>, %k: tensor<3x2x1x2x3xf16>)
    -> (tensor<2x5x3xf64>, tensor<1x3x6x6x3xf16>) {
  // CHECK: nn.conv {{.*}} : (tensor<2x3x11xf64>, tensor<5x3x4xf64>) -> tensor<2x5x3xf64>
  %0 = nn.conv %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 2>,
      pad_low = array<i64: 0>, pad_high = array<i64: 1>}
    : (tensor<2x3x11xf64>, tensor<5x3x4xf64>) -> tensor<2x5x3xf64>
  // CHECK: nn.conv {{.*}} -> tensor<1x3x6x6x3xf16>
  %1 = nn.conv %v, %k {
      strides = array<i64: 1, 1, 2>, dilations = array<i64: 1, 1, 1>,
      pad_low = array<i64: 0, 0, 0>, pad_high = array<i64: 1, 1, 0>}
    : (tensor<1x2x5x6x7xf16>, tensor<3x2x1x2x3xf16>) -> tensor<1x3x6x6x3xf16>
  return %0, %1 : tensor<2x5x3xf64>, tensor<1x3x6x6x3xf16>
}

// An unknown size stays unknown.
// CHECK-LABEL: func.func @conv_dynamic
func.func @conv_dynamic(%x: tensor<?x3x?x5xf32>, %w: tensor<4x3x3x3xf32>) -> tensor<?x4x?x3xf32> {
  // CHECK: nn.conv {{.*}} -> tensor<?x4x?x3xf32>
  %0 = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>}
    : (tensor<?x3x?x5xf32>, tensor<4x3x3x3xf32>) -> tensor<?x4x?x3xf32>
  return %0 : tensor<?x4x?x3xf32>
}

// CHECK-LABEL: func.func @conv_transpose
func.func @conv_transpose(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf32>, %b: tensor<6xf32>) -> tensor<1x6x10xf32> {
  // CHECK: nn.conv_transpose %{{.*}}, %{{.*}}, %{{.*}} {dilations = array<i64: 1>, groups = 2 : i64, output_padding = array<i64: 1>, pad_high = array<i64: 0>, pad_low = array<i64: 1>, strides = array<i64: 2>} : (tensor<1x4x5xf32>, tensor<4x3x2xf32>, tensor<6xf32>) -> tensor<1x6x10xf32>
  %y = nn.conv_transpose %x, %w, %b {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 1>,
      pad_high = array<i64: 0>, output_padding = array<i64: 1>, groups = 2 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf32>, tensor<6xf32>) -> tensor<1x6x10xf32>
  return %y : tensor<1x6x10xf32>
}

// CHECK-LABEL: func.func @linear
func.func @linear(%x: tensor<2x7x5xbf16>, %w: tensor<3x5xbf16>, %b: tensor<3xbf16>) -> tensor<2x7x3xbf16> {
  // CHECK: nn.linear %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x7x5xbf16>, tensor<3x5xbf16>, tensor<3xbf16>) -> tensor<2x7x3xbf16>
  %0 = nn.linear %x, %w, %b : (tensor<2x7x5xbf16>, tensor<3x5xbf16>, tensor<3xbf16>) -> tensor<2x7x3xbf16>
  // CHECK: nn.linear %{{.*}}, %{{.*}} : (tensor<2x7x5xbf16>, tensor<3x5xbf16>)
  %1 = nn.linear %x, %w : (tensor<2x7x5xbf16>, tensor<3x5xbf16>) -> tensor<2x7x3xbf16>
  return %0 : tensor<2x7x3xbf16>
}
