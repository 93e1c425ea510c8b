// RUN: kiln-opt %s -cpu-lower-linalg -canonicalize -cse | FileCheck %s

#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>

// The two outer loops make the tasks; the innermost stays whole.
// CHECK-LABEL: func.func @planes
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK-DAG: %[[C31:.*]] = arith.constant 31 : index
// CHECK-DAG: %[[C9001:.*]] = arith.constant 9001 : index
// CHECK: scf.parallel (%[[TASK:.*]]) = (%[[C0]])
// CHECK: scf.for %[[PART:.*]] =
// CHECK-DAG: %[[ROW:.*]] = arith.remui %[[PART]], %[[C31]]
// CHECK-DAG: %[[PLANE:.*]] = arith.divui %[[PART]], %[[C31]]
// CHECK: scf.for %[[I:.*]] = %[[C0]] to %[[C9001]]
// CHECK: memref.load %{{.*}}[%[[PLANE]], %[[ROW]], %[[I]]]
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[PLANE]], %[[ROW]], %[[I]]]
func.func @planes(%x: memref<5x31x9001xf32>, %y: memref<5x31x9001xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
    ins(%x : memref<5x31x9001xf32>) outs(%y : memref<5x31x9001xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %in : f32
    linalg.yield %0 : f32
  }
  return
}

// One long row is cut in blocks.
// CHECK-LABEL: func.func @row
// CHECK: scf.parallel (%[[TASK:.*]]) =
// CHECK: %[[BEGIN:.*]] = arith.muli
// CHECK: %[[END:.*]] = arith.minui
// CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
func.func @row(%x: memref<1000001xf32>, %y: memref<1000001xf32>) {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
    ins(%x : memref<1000001xf32>) outs(%y : memref<1000001xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = math.sqrt %in : f32
    linalg.yield %0 : f32
  }
  return
}

// Sums are not divided, only what lies side by side of them.
// CHECK-LABEL: func.func @sums
// CHECK: scf.parallel (%[[SUM:.*]]) =
// CHECK-NEXT: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step
// CHECK: memref.load %{{.*}}[%[[SUM]], %[[I]]]
func.func @sums(%x: memref<17x90001xf32>, %y: memref<17xf32>) {
  linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
    ins(%x : memref<17x90001xf32>) outs(%y : memref<17xf32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %out : f32
    linalg.yield %0 : f32
  }
  return
}

// One sum, and what takes a few microseconds, are one task.
// CHECK-LABEL: func.func @small
// CHECK-NOT: scf.parallel
func.func @small(%x: memref<900001xf32>, %y: memref<f32>, %z: memref<9x9x99xf32>) {
  linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]}
    ins(%x : memref<900001xf32>) outs(%y : memref<f32>) {
  ^bb0(%in: f32, %out: f32):
    %0 = arith.addf %in, %out : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel", "parallel"]}
    outs(%z : memref<9x9x99xf32>) {
  ^bb0(%out: f32):
    %0 = arith.addf %out, %out : f32
    linalg.yield %0 : f32
  }
  return
}
