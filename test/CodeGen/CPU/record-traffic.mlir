// RUN: kiln-opt %s -cpu-outline-kernels -cpu-record-traffic | FileCheck %s

// Activations that each kernel reads and writes, in elements: the constant does
// not count, nor what is only shape.
// CHECK: kiln.traffic = [{kind = "elementwise", layer = "relu1", reads = 15 : i64, writes = 15 : i64},
// CHECK-SAME: {kind = "fill", layer = "", reads = 0 : i64, writes = 3 : i64}
// CHECK-SAME: {kind = "reduction", layer = "sum", reads = 15 : i64, writes = 3 : i64}]
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
memref.global "private" constant @scale : memref<3xf32> = dense<[1.0, 2.0, 3.0]>
func.func @kiln_main(%x: memref<3x5xf32>, %y: memref<3xf32>) {
  %zero = arith.constant 0.0 : f32
  %scale = memref.get_global @scale : memref<3xf32>
  %a = memref.alloc() : memref<3x5xf32>
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %scale : memref<3x5xf32>, memref<3xf32>) outs(%a : memref<3x5xf32>) {
  ^bb0(%e: f32, %s: f32, %o: f32):
    %m = arith.mulf %e, %s : f32
    linalg.yield %m : f32
  } loc("relu1")
  linalg.fill ins(%zero : f32) outs(%y : memref<3xf32>) loc(unknown)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%a : memref<3x5xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%e: f32, %o: f32):
    %m = arith.addf %e, %o : f32
    linalg.yield %m : f32
  } loc("sum")
  return
}
