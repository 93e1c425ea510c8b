// RUN: kiln-opt %s -cpu-emit-contractions -canonicalize -cse | FileCheck %s

// 5 rows in tiles of 3 and 2; 19 columns in one vector of 16 and one of which 3
// lanes are stored; the whole sum in registers; a bias broadcast to each row.
// CHECK-LABEL: func.func @tile
// CHECK-SAME: (%[[A:.*]]: memref<5x7xf32>, %[[B:.*]]: memref<7x19xf32>, %[[BIAS:.*]]: memref<5xf32>,
// CHECK-DAG: %[[MASK:.*]] = arith.constant dense<[true, true, true, false, false
// CHECK: %[[SUMS:[0-9]+]]:6 = scf.for {{.*}} iter_args({{.*}}) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK: vector.load %{{.*}} : memref<133xf32>, vector<16xf32>
// CHECK: vector.fma
// CHECK: vector.maskedload %{{.*}}, %[[MASK]]
// CHECK-COUNT-5: vector.fma
// CHECK: scf.yield
// CHECK: vector.broadcast
// CHECK: %[[ADDED:.*]] = arith.addf %[[SUMS]]#0, %{{.*}} : vector<16xf32>
// CHECK: vector.store %[[ADDED]]
// CHECK: vector.maskedstore
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK-COUNT-4: vector.fma
// CHECK-NOT: cpu.contract
func.func @tile(%a: memref<5x7xf32>, %b: memref<7x19xf32>, %bias: memref<5xf32>, %c: memref<5x19xf32>) {
  cpu.contract %a, %b with %bias into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 16 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32, %add: f32):
    %1 = arith.addf %sum, %add : f32
    cpu.yield %1 : f32
  } : (memref<5x7xf32>, memref<7x19xf32>, memref<5xf32>, memref<5x19xf32>) -> ()
  return
}

// Columns that do not lie side by side in the result are scattered.
// CHECK-LABEL: func.func @scattered
// CHECK: vector.scatter
func.func @scattered(%a: memref<5x7xf32>, %b: memref<7x8xf32>, %c: memref<8x5xf32>) {
  cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 8, 7>, reductions = 1 : i64, rows = 5 : i64,
      vectors = 1 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (n, m)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<5x7xf32>, memref<7x8xf32>, memref<8x5xf32>) -> ()
  return
}
