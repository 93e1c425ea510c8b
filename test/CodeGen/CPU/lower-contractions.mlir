// RUN: kiln-opt %s -cpu-lower-contractions='vector-bits=512 registers=32' -split-input-file | FileCheck %s

// A long line: pixels are the columns, weights are packed by tiles of rows, the
// border is a copy into zeros, bias and activation become the body.
// CHECK-LABEL: func.func @lines
// CHECK-SAME: (%[[X:.*]]: tensor<1x3x9x67xf32>
// CHECK-DAG: %[[ZEROS:.*]] = linalg.fill {{.*}} -> tensor<1x3x11x69xf32>
// CHECK-DAG: %[[PART:.*]] = tensor.extract_slice %[[X]]
// CHECK: tensor.insert_slice %[[PART]] into %[[ZEROS]][0, 0, 1, 1]
// CHECK: cpu.contract %[[W:.*]], %{{.*}} with %{{.*}} into
// CHECK-SAME: lanes = 16
// CHECK-SAME: rows = [[ROWS:[0-9]+]]
// CHECK-SAME: sizes = array<i64: 1, 1, 9, 5, 67, 3, 3, 3>
// CHECK: arith.addf
// CHECK: arith.select
// CHECK: (tensor<1x{{[0-9]+}}x3x3x3x[[ROWS]]xf32>, tensor<1x3x11x69xf32>, tensor<5xf32>,
func.func @lines(%x: tensor<1x3x9x67xf32>) -> tensor<1x5x9x67xf32> {
  %w = arith.constant dense<0.5> : tensor<5x3x3x3xf32>
  %b = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0]> : tensor<5xf32>
  %0 = nn.fused {
    %1 = nn.conv %x, %w, %b {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
        pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>, groups = 1 : i64}
      : (tensor<1x3x9x67xf32>, tensor<5x3x3x3xf32>, tensor<5xf32>) -> tensor<1x5x9x67xf32>
    %2 = nn.relu %1 : tensor<1x5x9x67xf32>
    nn.yield %2 : tensor<1x5x9x67xf32>
  } : tensor<1x5x9x67xf32>
  return %0 : tensor<1x5x9x67xf32>
}

// -----

// Short lines and many channels: channels are the columns, taps the outer
// reductions; the input is the first operand, its elements broadcast.
// CHECK-LABEL: func.func @channels
// CHECK: cpu.contract
// CHECK-SAME: sizes = array<i64: 1, 1, 5, 5, 32, 3, 3, 24>
// CHECK: (tensor<1x24x7x7xf32>, tensor<1x2x3x3x24x16xf32>,
func.func @channels(%x: tensor<1x24x7x7xf32>) -> tensor<1x32x5x5xf32> {
  %w = arith.constant dense<0.5> : tensor<32x24x3x3xf32>
  %1 = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x24x7x7xf32>, tensor<32x24x3x3xf32>) -> tensor<1x32x5x5xf32>
  return %1 : tensor<1x32x5x5xf32>
}

// -----

// Depthwise with a stride: even and odd columns lie apart, so that the kernel
// reads side by side; the taps that choose between them are unrolled.
// CHECK-LABEL: func.func @depthwise
// CHECK: tensor.insert_slice %{{.*}}[0, 0, 0, 0, 1] [1, 6, 9, 1, 33] [1, 1, 1, 1, 1]
// CHECK: tensor.insert_slice %{{.*}}[0, 0, 0, 1, 0] [1, 6, 9, 1, 33] [1, 1, 1, 1, 1]
// CHECK: cpu.contract
// CHECK-SAME: unrolled = {{[1-9]}}
// CHECK: (tensor<6x1x3x3xf32>, tensor<1x6x9x2x34xf32>,
func.func @depthwise(%x: tensor<1x6x9x66xf32>) -> tensor<1x6x4x33xf32> {
  %w = arith.constant dense<0.5> : tensor<6x1x3x3xf32>
  %1 = nn.conv %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 1>, pad_high = array<i64: 0, 1>, groups = 6 : i64}
    : (tensor<1x6x9x66xf32>, tensor<6x1x3x3xf32>) -> tensor<1x6x4x33xf32>
  return %1 : tensor<1x6x4x33xf32>
}

// -----

// A 1x1 convolution is a product of matrices over the whole plane.
// CHECK-LABEL: func.func @pointwise
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0], [1], [2, 3]] : tensor<2x7x5x13xf32> into tensor<2x7x65xf32>
// CHECK: cpu.contract
// CHECK: tensor.expand_shape
func.func @pointwise(%x: tensor<2x7x5x13xf32>) -> tensor<2x9x5x13xf32> {
  %w = arith.constant dense<0.5> : tensor<9x7x1x1xf32>
  %1 = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<2x7x5x13xf32>, tensor<9x7x1x1xf32>) -> tensor<2x9x5x13xf32>
  return %1 : tensor<2x9x5x13xf32>
}

// -----

// CHECK-LABEL: func.func @linear
// CHECK: tensor.expand_shape %{{.*}} into tensor<6x5xf32>
// CHECK: cpu.contract
// CHECK: (tensor<6x5xf32>, tensor<2x5x16xf32>, tensor<21xf32>, tensor<6x21xf32>) -> tensor<6x21xf32>
func.func @linear(%x: tensor<2x3x5xf32>, %b: tensor<21xf32>) -> tensor<2x3x21xf32> {
  %w = arith.constant dense<0.5> : tensor<21x5xf32>
  %0 = nn.linear %x, %w, %b : (tensor<2x3x5xf32>, tensor<21x5xf32>, tensor<21xf32>) -> tensor<2x3x21xf32>
  return %0 : tensor<2x3x21xf32>
}

// -----

// A product that adds to something stays linalg's.
// CHECK-LABEL: func.func @adds
// CHECK-NOT: cpu.contract
// CHECK: linalg.matmul
func.func @adds(%a: tensor<3x5xf32>, %b: tensor<5x7xf32>, %c: tensor<3x7xf32>) -> tensor<3x7xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<3x5xf32>, tensor<5x7xf32>) outs(%c : tensor<3x7xf32>) -> tensor<3x7xf32>
  return %0 : tensor<3x7xf32>
}
