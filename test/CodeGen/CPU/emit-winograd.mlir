// RUN: kiln-opt %s -cpu-emit-winograd -canonicalize -cse | FileCheck %s

// Two images of 2 x 3 tiles in blocks of 4, register tiles of two vectors by two
// tiles of the block; 11 channels are a block of 8 and 3 more.
// CHECK-LABEL: func.func @blocks
// CHECK: scf.parallel (%{{.*}}) = (%c0) to (%c4) step (%c1)
// The transformed input, padded by a line after each of the 36 positions.
// CHECK: memref.alloca() {alignment = 64 : i64} : memref<2880xf32>
// Inside of the image straight from it, else from a copy among zeros.
// CHECK: scf.if
// CHECK-COUNT-6: vector.load %{{.*}} : memref<2016xf32>, vector<8xf32>
// CHECK: vector.fma
// CHECK: } else {
// CHECK: vector.store %{{.*}} : memref<288xf32>, vector<8xf32>
// The products: a panel for each position, all of the sum in registers.
// CHECK: scf.for %{{.*}} = %c0 to %c36
// CHECK: %[[SUMS:.*]]:4 = scf.for %{{.*}} iter_args({{.*}}) -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>)
// CHECK: memref.prefetch %{{.*}}, read, locality<2>, data : memref<6336xf32>
// CHECK-COUNT-2: vector.load %{{.*}} : memref<6336xf32>, vector<8xf32>
// CHECK: memref.load
// CHECK: vector.broadcast
// CHECK-COUNT-2: vector.fma
// CHECK: scf.yield
// CHECK: vector.fma %{{.*}}, %{{.*}}, %[[SUMS]]#0
// The last column of tiles has 3 pixels, the last row of tiles 3 rows.
// CHECK: arith.minsi
// CHECK: scf.if
// CHECK-COUNT-3: vector.store %{{.*}} : memref<2464xf32>, vector<8xf32>
// CHECK: } else {
// CHECK-COUNT-4: vector.store %{{.*}} : memref<2464xf32>, vector<8xf32>
// CHECK-NOT: cpu.winograd
func.func @blocks(%x: memref<2x2x7x9x8xf32>, %w: memref<1x36x1x11x16xf32>, %b: memref<16xf32>,
                  %y: memref<2x2x7x11x8xf32>) {
  cpu.winograd %x, %w with %b into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 2>, out_channels = 13 : i64, block_tiles = 4 : i64, rows = 2 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %bias: f32):
    %1 = arith.addf %sum, %bias : f32
    cpu.yield %1 : f32
  } : (memref<2x2x7x9x8xf32>, memref<1x36x1x11x16xf32>, memref<16xf32>, memref<2x2x7x11x8xf32>) -> ()
  return
}
