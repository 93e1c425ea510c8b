// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s -mlir-print-op-generic | kiln-opt | FileCheck %s

// CHECK-LABEL: func.func @tensors
// CHECK: cpu.winograd %{{.*}}, %{{.*}} with %{{.*}}, %{{.*}} into %{{.*}} attributes {
// CHECK-SAME: block_tiles = 6 : i64
// CHECK-SAME: out_channels = 13 : i64, output_tile = 4 : i64, pad_low = array<i64: 1, 0>, rows = 3 : i64
// CHECK-NEXT: ^bb0(%[[SUM:.*]]: f32, %[[BIAS:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: arith.addf %[[SUM]], %[[BIAS]] : f32
// CHECK: cpu.yield
func.func @tensors(%x: tensor<3x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %b: tensor<16xf32>,
                   %r: tensor<3x2x7x8x8xf32>, %y: tensor<3x2x7x8x8xf32>) -> tensor<3x2x7x8x8xf32> {
  %0 = cpu.winograd %x, %w with %b, %r into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 0>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>,
              affine_map<(n, b, h, w, v) -> (n, b, h, w, v)>]} {
  ^bb0(%sum: f32, %bias: f32, %add: f32):
    %1 = arith.addf %sum, %bias : f32
    %2 = arith.addf %1, %add : f32
    cpu.yield %2 : f32
  } : (tensor<3x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<16xf32>, tensor<3x2x7x8x8xf32>,
       tensor<3x2x7x8x8xf32>) -> tensor<3x2x7x8x8xf32>
  return %0 : tensor<3x2x7x8x8xf32>
}

// Parts of the output channels, and a view as the destination.
// CHECK-LABEL: func.func @buffers
// CHECK: cpu.winograd
func.func @buffers(%x: memref<1x1x5x6x8xf32>, %w: memref<2x16x1x3x8xf32>,
                   %y: memref<1x2x5x6x8xf32, strided<[960, 240, 48, 8, 1], offset: 16>>) {
  cpu.winograd %x, %w into %y attributes {output_tile = 2 : i64, pad_low = array<i64: 1, 1>,
      out_channels = 9 : i64, block_tiles = 9 : i64, rows = 9 : i64, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x1x5x6x8xf32>, memref<2x16x1x3x8xf32>,
       memref<1x2x5x6x8xf32, strided<[960, 240, 48, 8, 1], offset: 16>>) -> ()
  return
}
