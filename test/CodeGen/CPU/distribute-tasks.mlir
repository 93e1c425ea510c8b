// RUN: kiln-opt %s -cpu-distribute-tasks -split-input-file | FileCheck %s

// The loop over tasks goes from the range's beginning to its end. What a task
// needs beyond 4 KiB comes from the worker's memory; the rest stays on the
// stack, in front of the loop. Both kernels take what the larger needs.
// CHECK: module attributes {kiln.scratch_bytes = 8320 : i64}
// CHECK: func.func private @tasks(%{{.*}}: memref<64xf32>, %[[BEGIN:.*]]: index, %[[END:.*]]: index, %[[SCRATCH:.*]]: memref<8320xi8> {llvm.noalias})
// CHECK-SAME: kiln.tasks = 8 : i64
// CHECK: %[[FIRST:.*]] = memref.view %[[SCRATCH]][%{{.*}}][] : memref<8320xi8> to memref<1027xf32>
// CHECK: %[[SMALL:.*]] = memref.alloca() {{.*}} : memref<1024xf32>
// CHECK: %[[SECOND:.*]] = memref.view %[[SCRATCH]][%[[AT:.*]]][] : memref<8320xi8> to memref<1025xf32>
// CHECK: scf.for %[[I:.*]] = %[[BEGIN]] to %[[END]] step
// CHECK: memref.store %{{.*}}, %[[FIRST]][%[[I]]]
// CHECK: memref.store %{{.*}}, %[[SMALL]][%[[I]]]
// CHECK: memref.store %{{.*}}, %[[SECOND]][%[[I]]]
// CHECK-NOT: scf.parallel
// CHECK: func.func private @single(%{{.*}}: memref<64xf32>, %{{.*}}: index, %{{.*}}: index, %[[OWN:.*]]: memref<8320xi8> {llvm.noalias})
// CHECK-SAME: kiln.tasks = 1 : i64
// CHECK: memref.view %[[OWN]][%{{.*}}][] : memref<8320xi8> to memref<1025xf32>
// CHECK: func.func @kiln_main(%[[A:.*]]: memref<64xf32>, %{{.*}}: memref<128xi8>, %[[ALL:.*]]: memref<8320xi8>)
// CHECK: call @tasks(%[[A]], %[[C0:.*]], %[[C8:.*]], %[[ALL]])
// CHECK: call @single(%[[A]], %{{.*}}, %{{.*}}, %[[ALL]])
module {
  func.func private @tasks(%a: memref<64xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    scf.parallel (%i) = (%c0) to (%c8) step (%c1) {
      %first = memref.alloca() {alignment = 64 : i64} : memref<1027xf32>
      %small = memref.alloca() {alignment = 64 : i64} : memref<1024xf32>
      %second = memref.alloca() {alignment = 64 : i64} : memref<1025xf32>
      %0 = memref.load %a[%i] : memref<64xf32>
      memref.store %0, %first[%i] : memref<1027xf32>
      memref.store %0, %small[%i] : memref<1024xf32>
      memref.store %0, %second[%i] : memref<1025xf32>
    }
    return
  }
  func.func private @single(%a: memref<64xf32>) {
    %0 = memref.alloca() : memref<1025xf32>
    %c0 = arith.constant 0 : index
    %1 = memref.load %a[%c0] : memref<64xf32>
    memref.store %1, %0[%c0] : memref<1025xf32>
    return
  }
  func.func @kiln_main(%a: memref<64xf32>, %arena: memref<128xi8>) {
    call @tasks(%a) : (memref<64xf32>) -> ()
    call @single(%a) : (memref<64xf32>) -> ()
    return
  }
}

// -----

// Loops of another form stay one task: two of them, of two dimensions, or with
// another step.
// CHECK: func.func private @two({{.*}} attributes {kiln.tasks = 1 : i64}
// CHECK-COUNT-2: scf.parallel
// CHECK: func.func private @plane({{.*}} attributes {kiln.tasks = 1 : i64}
// CHECK: scf.parallel
// CHECK: func.func private @strided({{.*}} attributes {kiln.tasks = 1 : i64}
// CHECK: scf.parallel
module {
  func.func private @two(%a: memref<8xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %0 = arith.constant 0.5 : f32
    scf.parallel (%i) = (%c0) to (%c8) step (%c1) {
      memref.store %0, %a[%i] : memref<8xf32>
    }
    scf.parallel (%i) = (%c0) to (%c8) step (%c1) {
      memref.store %0, %a[%i] : memref<8xf32>
    }
    return
  }
  func.func private @plane(%a: memref<8x8xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %0 = arith.constant 0.5 : f32
    scf.parallel (%i, %j) = (%c0, %c0) to (%c8, %c8) step (%c1, %c1) {
      memref.store %0, %a[%i, %j] : memref<8x8xf32>
    }
    return
  }
  func.func private @strided(%a: memref<8xf32>) {
    %c0 = arith.constant 0 : index
    %c2 = arith.constant 2 : index
    %c8 = arith.constant 8 : index
    %0 = arith.constant 0.5 : f32
    scf.parallel (%i) = (%c0) to (%c8) step (%c2) {
      memref.store %0, %a[%i] : memref<8xf32>
    }
    return
  }
  func.func @kiln_main(%a: memref<8xf32>, %b: memref<8x8xf32>, %arena: memref<0xi8>) {
    call @two(%a) : (memref<8xf32>) -> ()
    call @plane(%b) : (memref<8x8xf32>) -> ()
    call @strided(%a) : (memref<8xf32>) -> ()
    return
  }
}
