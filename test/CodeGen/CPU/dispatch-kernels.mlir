// RUN: kiln-opt %s -cpu-dispatch-kernels -split-input-file -verify-diagnostics | FileCheck %s

// Each call of a kernel packs its arguments into one frame, large enough for
// all, and goes through the runtime; a kernel called twice has one unpacker.
// Other calls stay.
// CHECK: llvm.func @kiln_run_tasks(!llvm.ptr, !llvm.ptr, !llvm.ptr, i64)
// CHECK: llvm.func internal @two_task(%[[FRAME:.*]]: !llvm.ptr, %[[BEGIN:.*]]: i64, %[[END:.*]]: i64, %[[SCRATCH:.*]]: !llvm.ptr)
// CHECK: %[[FIRST:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
// CHECK: %[[AT:.*]] = llvm.getelementptr %[[FRAME]][1]
// CHECK: %[[SECOND:.*]] = llvm.load %[[AT]]
// CHECK: llvm.call @two(%[[FIRST]], %[[SECOND]], %[[BEGIN]], %[[END]], %[[SCRATCH]])
// CHECK-NOT: llvm.func internal @two_task
// CHECK: llvm.func @kiln_main(%[[A:.*]]: !llvm.ptr, %[[B:.*]]: !llvm.ptr, %{{.*}}: !llvm.ptr, %[[OF:.*]]: !llvm.ptr)
// CHECK: %[[MAIN:.*]] = llvm.alloca %{{.*}} x !llvm.ptr
// CHECK: llvm.store %[[A]], %{{.*}}
// CHECK: %[[NEXT:.*]] = llvm.getelementptr %[[MAIN]][1]
// CHECK: llvm.store %[[B]], %[[NEXT]]
// CHECK: %[[TASK:.*]] = llvm.mlir.addressof @two_task
// CHECK: %[[COUNT:.*]] = llvm.mlir.constant(8 : i64)
// CHECK: llvm.call @kiln_run_tasks(%[[OF]], %[[TASK]], %[[MAIN]], %[[COUNT]])
// CHECK: llvm.call @other
// CHECK: llvm.mlir.addressof @two_task
// CHECK: llvm.call @kiln_run_tasks
module {
  llvm.func internal @two(%a: !llvm.ptr, %b: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr) attributes {kiln.tasks = 8 : i64} {
    llvm.return
  }
  llvm.func @other(!llvm.ptr)
  llvm.func @kiln_main(%a: !llvm.ptr, %b: !llvm.ptr, %arena: !llvm.ptr, %scratch: !llvm.ptr) {
    %0 = llvm.mlir.constant(0 : i64) : i64
    %8 = llvm.mlir.constant(8 : i64) : i64
    llvm.call @two(%a, %b, %0, %8, %scratch) : (!llvm.ptr, !llvm.ptr, i64, i64, !llvm.ptr) -> ()
    llvm.call @other(%arena) : (!llvm.ptr) -> ()
    llvm.call @two(%b, %a, %0, %8, %scratch) : (!llvm.ptr, !llvm.ptr, i64, i64, !llvm.ptr) -> ()
    llvm.return
  }
}

// -----

module {
  llvm.func internal @one(%a: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr) attributes {kiln.tasks = 1 : i64} {
    llvm.return
  }
  llvm.func @kiln_main(%a: !llvm.ptr, %scratch: !llvm.ptr) {
    %0 = llvm.mlir.constant(0 : i64) : i64
    // expected-error @below {{K0501: scratch memory is used outside of kernels}}
    llvm.store %0, %scratch : i64, !llvm.ptr
    llvm.call @one(%a, %0, %0, %scratch) : (!llvm.ptr, i64, i64, !llvm.ptr) -> ()
    llvm.return
  }
}
