// RUN: kiln-opt %s | kiln-opt | FileCheck %s

// Operands, plan and body survive a round trip.
// CHECK-LABEL: func.func @on_tensors
// CHECK: cpu.conv %{{.*}}, %{{.*}} with %{{.*}} into %{{.*}} attributes
// CHECK-SAME: channels = 5
// CHECK-SAME: channels_outside
// CHECK-SAME: kernel = array<i64: 3, 2>
// CHECK-SAME: pad_low = array<i64: 1, 0>
// CHECK: ^bb0(%[[SUM:.*]]: f32, %[[BIAS:.*]]: f32):
// CHECK: arith.addf %[[SUM]], %[[BIAS]]
// CHECK: cpu.yield
func.func @on_tensors(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32> {
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 3>, channels_outside,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    %1 = arith.addf %sum, %add : f32
    cpu.yield %1 : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return %0 : tensor<2x2x9x6x8xf32>
}

// A plain input; the result goes into a part of a larger buffer.
// CHECK-LABEL: func.func @on_buffers
// CHECK: cpu.conv
// CHECK: (memref<1x3x9x7xf32>, memref<48xf32>, memref<1x1x5x4x16xf32, strided<[960, 320, 64, 16, 1], offset: 320>>) -> ()
func.func @on_buffers(%x: memref<1x3x9x7xf32>, %w: memref<48xf32>, %out: memref<1x1x5x4x16xf32, strided<[960, 320, 64, 16, 1], offset: 320>>) {
  cpu.conv %x, %w into %out attributes {
      channels = 3 : i64, filters = 16 : i64, kernel = array<i64: 1, 1>, strides = array<i64: 2, 2>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, vectors = 1 : i64, rows = 1 : i64,
      columns = 4 : i64, unrolled = 3 : i64, grid = array<i64: 1, 1>, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x3x9x7xf32>, memref<48xf32>, memref<1x1x5x4x16xf32, strided<[960, 320, 64, 16, 1], offset: 320>>) -> ()
  return
}

