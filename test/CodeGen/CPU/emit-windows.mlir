// RUN: kiln-opt %s --cpu-emit-windows --canonicalize --cse | FileCheck %s

// Three tiles of three columns: the first and the last skip a tap each, none
// loads a vector of the input twice.
// CHECK-LABEL: func @edges
// CHECK: %[[X:.*]] = memref.reinterpret_cast %arg0
// CHECK: scf.parallel (%{{.*}}) = (%c0) to (%c2) step (%c1) {
// CHECK: scf.for %[[ROW:.*]] = %c0 to %c9 step %c1 {
// CHECK: %[[BEFORE:.*]] = arith.subi %c1, %[[ROW]]
// CHECK: %[[SOME:.*]] = arith.maxsi %[[BEFORE]], %c0
// CHECK: %[[FIRST:.*]] = arith.minsi %[[SOME]], %c3
// CHECK: %[[LEFT:.*]] = arith.subi %c10, %[[ROW]]
// CHECK: %[[ROWS:.*]] = arith.maxsi %[[LEFT]], %c0
// CHECK: %[[LAST:.*]] = arith.minsi %[[ROWS]], %c3
// CHECK: scf.for %{{.*}} = %[[FIRST]] to %[[LAST]] step %c1 iter_args
// CHECK-COUNT-4: vector.load %[[X]]{{\[}}
// CHECK-NOT: vector.load %[[X]]{{\[}}
// CHECK: scf.for %{{.*}} = %[[FIRST]] to %[[LAST]] step %c1 iter_args
// CHECK-COUNT-5: vector.load %[[X]]{{\[}}
// CHECK-NOT: vector.load %[[X]]{{\[}}
// CHECK: scf.for %{{.*}} = %[[FIRST]] to %[[LAST]] step %c1 iter_args
// CHECK-COUNT-4: vector.load %[[X]]{{\[}}
// CHECK-NOT: vector.load %[[X]]{{\[}}
// CHECK-NOT: scf.for
func.func @edges(%x: memref<1x2x9x9x8xf32>, %w: memref<2x3x3x8xf32>, %y: memref<1x2x9x9x8xf32>) {
  cpu.window multiply_add %x by %w into %y attributes {
      kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 3 : i64, tasks = 2 : i64, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x2x9x9x8xf32>, memref<2x3x3x8xf32>, memref<1x2x9x9x8xf32>) -> ()
  return
}

// Tiles whose taps all meet the input are one loop. Nothing is padded below:
// all rows of the kernel are taken. A maximum keeps a NaN.
// CHECK-LABEL: func @full
// CHECK: scf.for %{{.*}} = %c0 to %c3 step %c1 {
// CHECK: scf.for %{{.*}} = %c0 to %c12 step %c4 {
// CHECK: scf.for %{{.*}} = %c0 to %c2 step %c1 iter_args
// CHECK: arith.maximumf {{.*}} fastmath<nsz>
// CHECK: scf.yield
// CHECK-NOT: scf.for
func.func @full(%x: memref<1x1x7x26x8xf32>, %y: memref<1x1x3x12x8xf32>) {
  cpu.window maximum %x into %y attributes {
      kernel = array<i64: 2, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, columns = 4 : i64, tasks = 1 : i64, maps = []} {
  ^bb0(%max: f32):
    cpu.yield %max : f32
  } : (memref<1x1x7x26x8xf32>, memref<1x1x3x12x8xf32>) -> ()
  return
}

// A body that calls a function is a loop of its own over the accumulators.
// CHECK-LABEL: func @calls
// CHECK: scf.parallel
// CHECK-NEXT: %[[SCRATCH:.*]] = memref.alloca() {alignment = 64 : i64} : memref<32xf32>
// CHECK-COUNT-4: vector.store %{{.*}}, %[[SCRATCH]]
// CHECK: scf.for %{{.*}} = %c0 to %c4 step %c1 {
// CHECK: vector.load %[[SCRATCH]]
// CHECK: math.exp
// CHECK: vector.store
func.func @calls(%x: memref<1x1x4x4x8xf32>, %y: memref<1x1x4x4x8xf32>) {
  cpu.window sum %x into %y attributes {
      kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, columns = 4 : i64, tasks = 2 : i64, maps = []} {
  ^bb0(%sum: f32):
    %r = math.exp %sum : f32
    cpu.yield %r : f32
  } : (memref<1x1x4x4x8xf32>, memref<1x1x4x4x8xf32>) -> ()
  return
}
