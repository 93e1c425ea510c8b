// Parsing what was printed gives the same, in the pretty and the generic form.
// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s --mlir-print-op-generic | kiln-opt | FileCheck %s

// CHECK-LABEL: func.func @max_pool
func.func @max_pool(%x: tensor<1x3x9x7xf32>) -> tensor<1x3x5x4xf32> {
  // CHECK: nn.max_pool %{{.*}} {dilations = array<i64: 1, 1>, kernel = array<i64: 3, 2>, pad_high = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, strides = array<i64: 2, 2>} : (tensor<1x3x9x7xf32>) -> tensor<1x3x5x4xf32>
  %y = nn.max_pool %x {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 1, 1>}
    : (tensor<1x3x9x7xf32>) -> tensor<1x3x5x4xf32>
  return %y : tensor<1x3x5x4xf32>
}
