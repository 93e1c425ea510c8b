// RUN: kiln-opt %s -cpu-emit-contractions -canonicalize -cse | FileCheck %s

// An epilogue that calls a function is a loop over the tile, a vector at a time,
// written once: the sums wait on the stack.
// CHECK-LABEL: func.func @calls
// CHECK: %[[STACK:.*]] = memref.alloca() : memref<32xf32>
// CHECK: %[[SUMS:.*]]:2 = scf.for
// CHECK: vector.store %[[SUMS]]#0, %[[STACK]]
// CHECK: vector.store %[[SUMS]]#1, %[[STACK]]
// CHECK: scf.for
// CHECK: %[[SUM:.*]] = vector.load %[[STACK]]
// CHECK: %[[E:.*]] = math.tanh %[[SUM]] : vector<16xf32>
// CHECK: vector.store %[[E]]
// CHECK-NOT: math.tanh
func.func @calls(%a: memref<2x7xf32>, %b: memref<7x16xf32>, %c: memref<2x16xf32>) {
  cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 2, 16, 7>, reductions = 1 : i64, rows = 2 : i64,
      vectors = 1 : i64, lanes = 16 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    %1 = math.tanh %sum : f32
    cpu.yield %1 : f32
  } : (memref<2x7xf32>, memref<7x16xf32>, memref<2x16xf32>) -> ()
  return
}
