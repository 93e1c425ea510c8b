// RUN: kiln-opt %s -cpu-emit-contractions -canonicalize -cse | FileCheck %s

// 5 rows in one tile, 19 columns in tiles of 16 and 3. Before the rows of each
// tile of columns what they read goes through the prologue: 7 by 16 elements,
// then 7 by 3 under a mask; the sum reads the panel alone.
// CHECK-LABEL: func.func @panel
// CHECK-SAME: (%[[A:.*]]: memref<5x7xf32>, %[[B:.*]]: memref<7x19xf32>, %[[S:.*]]: memref<7xf32>, %[[C:.*]]: memref<5x19xf32>)
// CHECK-DAG: %[[MASK:.*]] = arith.constant dense<[true, true, true, false, false
// CHECK-DAG: %[[FLAT:.*]] = memref.reinterpret_cast %[[B]]
// CHECK: %[[P:.*]] = memref.alloca() {alignment = 64 : i64} : memref<112xf32>
// CHECK: scf.for
// CHECK: vector.load %[[FLAT]]
// CHECK: memref.load %[[S]]
// CHECK: %[[V:.*]] = arith.mulf %{{.*}}, %{{.*}} : vector<16xf32>
// CHECK: vector.store %[[V]], %[[P]]
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.load %[[P]]
// CHECK-COUNT-5: vector.fma
// CHECK: scf.for
// CHECK: vector.maskedload %[[FLAT]]{{.*}}, %[[MASK]]
// CHECK: vector.maskedstore %[[P]]{{.*}}, %[[MASK]]
// CHECK: scf.for {{.*}} iter_args
// CHECK-NOT: %[[FLAT]]
// CHECK: vector.maskedload %[[P]]{{.*}}, %[[MASK]]
// CHECK-NOT: cpu.contract
func.func @panel(%a: memref<5x7xf32>, %b: memref<7x19xf32>, %s: memref<7xf32>, %c: memref<5x19xf32>) {
  cpu.contract %a, %b after %s into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 5 : i64,
      vectors = 1 : i64, lanes = 16 : i64, unrolled = 0 : i64, order = array<i64: 1, 0>,
      transformed = 1 : i64,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(k, n) -> (k)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } prologue {
  ^bb0(%e: f32, %scale: f32):
    %1 = arith.mulf %e, %scale : f32
    cpu.yield %1 : f32
  } : (memref<5x7xf32>, memref<7x19xf32>, memref<7xf32>, memref<5x19xf32>) -> ()
  return
}
