// RUN: kiln-opt %s -cpu-outline-kernels -cpu-record-traffic | FileCheck %s

// Of 19 columns two vectors of 16 are computed: 2*5*32*7 FLOPs instead of
// 2*5*19*7. Bytes are those of all three operands.
// CHECK: kiln.costs = [{bytes = 1052 : i64, cycles = 1.250000e+01 : f64, executed = 2240 : i64, nominal = 1330 : i64},
// CHECK-SAME: {bytes = 760 : i64, executed = 0 : i64, nominal = 0 : i64}]
func.func @kiln_main(%a: memref<5x7xf32>, %b: memref<7x19xf32>, %c: memref<5x19xf32>, %d: memref<5x19xf32>) {
  cpu.contract %a, %b into %c attributes {
      cpu.predicted_cycles = 12.5 : f64,
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 5 : i64,
      vectors = 2 : i64, lanes = 16 : i64, unrolled = 0 : i64,
      order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m, n)>]} {
    ^bb0(%sum: f32):
      cpu.yield %sum : f32
    } : (memref<5x7xf32>, memref<7x19xf32>, memref<5x19xf32>) -> ()
  memref.copy %c, %d : memref<5x19xf32> to memref<5x19xf32>
  return
}
