// RUN: kiln-opt %s -cpu-retile-kernels=registers=8 | FileCheck %s

// Two blocks of weights and a broadcast leave room for two positions; the
// panels, which depend on `vectors`, stay.
// CHECK-LABEL: func.func @conv
// CHECK: cpu.conv
// CHECK-SAME: columns = 2 : i64
// CHECK-NOT: predicted_cycles
// CHECK-SAME: rows = 1 : i64
// CHECK-SAME: vectors = 2 : i64
func.func @conv(%x: tensor<1x1x9x7x8xf32>, %w: tensor<720xf32>, %out: tensor<1x2x9x7x8xf32>) -> tensor<1x2x9x7x8xf32> {
  %0 = cpu.conv %x, %w into %out attributes {
      cpu.predicted_cycles = 12.0 : f64,
      channels = 5 : i64, filters = 13 : i64, kernel = array<i64: 3, 3>,
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, vectors = 2 : i64, rows = 2 : i64,
      columns = 7 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = []} {
    ^bb0(%sum: f32):
      cpu.yield %sum : f32
    } : (tensor<1x1x9x7x8xf32>, tensor<720xf32>, tensor<1x2x9x7x8xf32>) -> tensor<1x2x9x7x8xf32>
  return %0 : tensor<1x2x9x7x8xf32>
}

// CHECK-LABEL: func.func @contract
// CHECK: cpu.contract
// CHECK-SAME: rows = 3 : i64
// CHECK-SAME: vectors = 1 : i64
func.func @contract(%a: tensor<5x7xf32>, %b: tensor<7x9xf32>, %c: tensor<5x9xf32>) -> tensor<5x9xf32> {
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 9, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 1 : i64, lanes = 16 : i64, unrolled = 0 : i64,
      order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m, n)>]} {
    ^bb0(%sum: f32):
      cpu.yield %sum : f32
    } : (tensor<5x7xf32>, tensor<7x9xf32>, tensor<5x9xf32>) -> tensor<5x9xf32>
  return %0 : tensor<5x9xf32>
}

// 5 x 3 sums, 3 vectors and a broadcast are too many; 2 x 2, 2 and 1 are not.
// CHECK-LABEL: func.func @contract_large
// CHECK: cpu.contract
// CHECK-SAME: rows = 2 : i64
// CHECK-SAME: vectors = 2 : i64
func.func @contract_large(%a: tensor<5x7xf32>, %b: tensor<7x48xf32>, %c: tensor<5x48xf32>) -> tensor<5x48xf32> {
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 48, 7>, reductions = 1 : i64, rows = 5 : i64,
      vectors = 3 : i64, lanes = 16 : i64, unrolled = 0 : i64,
      order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m, n)>]} {
    ^bb0(%sum: f32):
      cpu.yield %sum : f32
    } : (tensor<5x7xf32>, tensor<7x48xf32>, tensor<5x48xf32>) -> tensor<5x48xf32>
  return %0 : tensor<5x48xf32>
}

// Two vectors of weights and a broadcast leave room for two tiles of the block;
// what says where things lie in memory stays.
// CHECK-LABEL: func.func @winograd
// CHECK: cpu.winograd
// CHECK-SAME: block_tiles = 9 : i64
// CHECK-SAME: rows = 2 : i64
// CHECK: tensor<1x36x1x11x16xf32>
func.func @winograd(%x: tensor<2x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %out: tensor<2x2x7x11x8xf32>) -> tensor<2x2x7x11x8xf32> {
  %0 = cpu.winograd %x, %w into %out attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 2>, out_channels = 13 : i64, block_tiles = 9 : i64, rows = 14 : i64, maps = []} {
    ^bb0(%sum: f32):
      cpu.yield %sum : f32
    } : (tensor<2x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<2x2x7x11x8xf32>) -> tensor<2x2x7x11x8xf32>
  return %0 : tensor<2x2x7x11x8xf32>
}

// A tap's weights and its input beside the accumulators.
// CHECK-LABEL: func.func @window
// CHECK: cpu.window
// CHECK-SAME: columns = 6 : i64
// CHECK-SAME: tasks = 3 : i64
func.func @window(%x: tensor<1x3x9x11x8xf32>, %w: tensor<3x3x3x8xf32>, %out: tensor<1x3x9x11x8xf32>) -> tensor<1x3x9x11x8xf32> {
  %0 = cpu.window multiply_add %x by %w into %out attributes {
      kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 11 : i64, tasks = 3 : i64, maps = []} {
    ^bb0(%sum: f32):
      cpu.yield %sum : f32
    } : (tensor<1x3x9x11x8xf32>, tensor<3x3x3x8xf32>, tensor<1x3x9x11x8xf32>) -> tensor<1x3x9x11x8xf32>
  return %0 : tensor<1x3x9x11x8xf32>
}
