// RUN: kiln-opt %s | kiln-opt | FileCheck %s

// CHECK-LABEL: func @depthwise
// CHECK: cpu.window multiply_add %{{.*}} by %{{.*}} from %{{.*}} with %{{.*}} into %{{.*}} attributes {
// CHECK-SAME: columns = 7 : i64
// CHECK-SAME: kernel = array<i64: 3, 2>
// CHECK-SAME: maps = [#[[MAP:.*]]]
// CHECK-SAME: tasks = 4 : i64
// CHECK: ^bb0(%[[SUM:.*]]: f32, %[[EXTRA:.*]]: f32):
// CHECK: %[[R:.*]] = arith.mulf %[[SUM]], %[[EXTRA]] : f32
// CHECK: cpu.yield %[[R]] : f32
// CHECK: -> tensor<1x2x5x7x16xf32>
func.func @depthwise(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>,
                     %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32> {
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 4 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    %r = arith.mulf %sum, %extra : f32
    cpu.yield %r : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return %0 : tensor<1x2x5x7x16xf32>
}

// A part of a larger buffer, as a concatenation writes it.
// CHECK-LABEL: func @maximum
// CHECK: cpu.window maximum %{{.*}} into %{{.*}} attributes {
// CHECK: -> ()
func.func @maximum(%x: memref<2x3x9x7x8xf32>, %y: memref<2x3x4x3x8xf32, strided<[960, 96, 24, 8, 1], offset: 96>>) {
  cpu.window maximum %x into %y attributes {
      kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, columns = 3 : i64, tasks = 1 : i64, maps = []} {
  ^bb0(%max: f32):
    cpu.yield %max : f32
  } : (memref<2x3x9x7x8xf32>, memref<2x3x4x3x8xf32, strided<[960, 96, 24, 8, 1], offset: 96>>) -> ()
  return
}
