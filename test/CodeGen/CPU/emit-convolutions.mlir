// RUN: kiln-opt %s -split-input-file -cpu-emit-convolutions -canonicalize -cse | FileCheck %s

// Two blocks of output by one line of 6 positions, padded by one on each side:
// the first tap reaches positions 1 to 5, the second all, the third 0 to 4. The
// first and the last row of taps are computed from the row. 5 channels are
// unrolled by none.
// CHECK-LABEL: func.func @line
// CHECK-SAME: (%[[X:.*]]: memref<1x1x9x6x8xf32>, %[[W:.*]]: memref<720xf32>
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
// CHECK-DAG: %[[FLAT:.*]] = memref.reinterpret_cast %[[X]]
// CHECK: scf.parallel (%[[TASK:.*]]) =
// CHECK: arith.maxsi
// CHECK: arith.minsi
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> ([[TWELVE:(vector<8xf32>(, )?){12}]]) {
// CHECK: scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>) {
// CHECK-COUNT-2: vector.load %{{.*}} : memref<720xf32>
// CHECK: memref.load %[[FLAT]]
// CHECK-NEXT: vector.broadcast
// CHECK-COUNT-10: vector.fma
// CHECK-NOT: vector.fma
// CHECK: scf.for
// CHECK-COUNT-12: vector.fma
// CHECK-NOT: vector.fma
// CHECK: scf.for
// CHECK-COUNT-10: vector.fma
// CHECK-NOT: vector.fma
// CHECK: arith.addf
// CHECK: vector.store
// CHECK-NOT: cpu.conv
func.func @line(%x: memref<1x1x9x6x8xf32>, %w: memref<720xf32>, %bias: memref<16xf32>, %out: memref<1x2x9x6x8xf32>) {
  cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 1>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 3>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    %1 = arith.addf %sum, %add : f32
    cpu.yield %1 : f32
  } : (memref<1x1x9x6x8xf32>, memref<720xf32>, memref<16xf32>, memref<1x2x9x6x8xf32>) -> ()
  return
}

// -----

// Pointwise, one task: 35 positions in one line, in 3 tiles of 9 and one of 8, into a
// part of a larger buffer; three blocks of output in sets of two and one.
// CHECK-LABEL: func.func @pointwise
// CHECK-COUNT-18: vector.fma
// CHECK: vector.store %{{.*}} : memref<1400xf32>
// CHECK-COUNT-16: vector.fma
// CHECK: vector.store
// CHECK-COUNT-9: vector.fma
// CHECK: vector.store
// CHECK-COUNT-8: vector.fma
// CHECK: vector.store
// CHECK-NOT: vector.fma
func.func @pointwise(%x: memref<1x2x5x7x8xf32>, %w: memref<384xf32>, %out: memref<1x3x5x7x8xf32, strided<[1400, 280, 56, 8, 1], offset: 560>>) {
  cpu.conv %x, %w into %out attributes {
      channels = 16 : i64, filters = 24 : i64, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, vectors = 2 : i64, rows = 9 : i64,
      columns = 1 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x2x5x7x8xf32>, memref<384xf32>, memref<1x3x5x7x8xf32, strided<[1400, 280, 56, 8, 1], offset: 560>>) -> ()
  return
}

// -----

// Each step asks for a part of the next set's panel: with one tile a set, for as
// many lines as it reads.
// CHECK-LABEL: func.func @prefetch
// CHECK: scf.for {{.*}} iter_args
// CHECK: memref.prefetch %{{.*}}, read, locality<2>, data : memref<2048xf32>
// CHECK: memref.prefetch
// CHECK-NOT: memref.prefetch
// CHECK-COUNT-8: vector.fma
func.func @prefetch(%x: memref<1x2x2x2x16xf32>, %w: memref<2048xf32>, %out: memref<1x4x2x2x16xf32>) {
  cpu.conv %x, %w into %out attributes {
      channels = 32 : i64, filters = 64 : i64, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, vectors = 1 : i64, rows = 4 : i64,
      columns = 1 : i64, unrolled = 2 : i64, grid = array<i64: 1, 1>, channels_outside, prefetch, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x2x2x2x16xf32>, memref<2048xf32>, memref<1x4x2x2x16xf32>) -> ()
  return
}
