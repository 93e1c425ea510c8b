// RUN: kiln-opt %s -cpu-emit-contractions -canonicalize -cse | FileCheck %s

// 3 steps of columns (the last of 8) by 100 of rows: 16 tasks of 19 steps, the
// last of 15, in the loops' order. What does not fill a tile has code of its own.
// CHECK-LABEL: func.func @tasks
// CHECK-DAG: %[[C16:.*]] = arith.constant 16 : index
// CHECK-DAG: %[[C19:.*]] = arith.constant 19 : index
// CHECK-DAG: %[[C300:.*]] = arith.constant 300 : index
// CHECK-DAG: %[[C100:.*]] = arith.constant 100 : index
// CHECK-DAG: %[[C2:.*]] = arith.constant 2 : index
// CHECK: scf.parallel (%[[TASK:.*]]) = (%{{.*}}) to (%[[C16]])
// CHECK: %[[BEGIN:.*]] = arith.muli %[[TASK]], %[[C19]]
// CHECK: %[[NEXT:.*]] = arith.addi %[[BEGIN]], %[[C19]]
// CHECK: %[[END:.*]] = arith.minui %[[NEXT]], %[[C300]]
// CHECK: scf.for %[[STEP:.*]] = %[[BEGIN]] to %[[END]]
// CHECK: %[[COLUMN:.*]] = arith.divui %[[STEP]], %[[C100]]
// CHECK: arith.remui %[[STEP]], %[[C100]]
// CHECK: arith.cmpi ult, %[[COLUMN]], %[[C2]]
// CHECK: scf.if
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.load
// CHECK: } else {
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.maskedload
// CHECK-NOT: scf.parallel
func.func @tasks(%a: memref<400x2000xf32>, %b: memref<2000x40xf32>, %c: memref<400x40xf32>) {
  cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 400, 40, 2000>, reductions = 1 : i64, rows = 4 : i64,
      vectors = 1 : i64, lanes = 16 : i64, unrolled = 0 : i64, order = array<i64: 1, 0>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<400x2000xf32>, memref<2000x40xf32>, memref<400x40xf32>) -> ()
  return
}

// Each task has a panel of its own, and no panel is filled by two of them: only
// the loop outside of it is divided, in three.
// CHECK-LABEL: func.func @panels
// CHECK-DAG: %[[C3:.*]] = arith.constant 3 : index
// CHECK: scf.parallel (%{{.*}}) = (%{{.*}}) to (%[[C3]])
// CHECK-NEXT: memref.alloca() {alignment = 64 : i64} : memref<32000xf32>
// CHECK-NOT: scf.parallel
func.func @panels(%a: memref<400x2000xf32>, %b: memref<2000x40xf32>, %s: memref<2000xf32>, %c: memref<400x40xf32>) {
  cpu.contract %a, %b after %s into %c attributes {
      sizes = array<i64: 400, 40, 2000>, reductions = 1 : i64, rows = 4 : i64,
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
  } : (memref<400x2000xf32>, memref<2000x40xf32>, memref<2000xf32>, memref<400x40xf32>) -> ()
  return
}

// One row of outputs multiplies little and waits for its weights: 8000 cycles by
// the one, 128000 by the other. Ten steps of columns make as many tasks.
// CHECK-LABEL: func.func @one_row
// CHECK-DAG: %[[C10:.*]] = arith.constant 10 : index
// CHECK: scf.parallel (%{{.*}}) = (%{{.*}}) to (%[[C10]])
func.func @one_row(%a: memref<1x1600xf32>, %b: memref<1600x160xf32>, %c: memref<1x160xf32>) {
  cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 1, 160, 1600>, reductions = 1 : i64, rows = 1 : i64,
      vectors = 1 : i64, lanes = 16 : i64, unrolled = 0 : i64, order = array<i64: 1, 0>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x1600xf32>, memref<1600x160xf32>, memref<1x160xf32>) -> ()
  return
}
