// RUN: kiln-opt %s -cpu-plan-arena | FileCheck %s

// %a and %c are never in use together and share a place; %b, in use with both,
// lies behind; sizes are rounded up to 64 bytes.
// CHECK: module attributes {kiln.arena_bytes = 192 : i64}
// CHECK: func.func @kiln_main(%{{.*}}: memref<5xf32>, %[[ARENA:.*]]: memref<192xi8>)
// CHECK: memref.view %[[ARENA]][%[[FIRST:.*]]][] : memref<192xi8> to memref<17xf32>
// CHECK: memref.view %[[ARENA]][%[[BEHIND:.*]]][] : memref<192xi8> to memref<5xf32>
// CHECK: memref.view %[[ARENA]][%[[AGAIN:.*]]][] : memref<192xi8> to memref<20xf32>
module {
  func.func private @one(memref<5xf32>, memref<17xf32>)
  func.func private @two(memref<17xf32>, memref<5xf32>)
  func.func private @three(memref<5xf32>, memref<20xf32>)
  func.func @kiln_main(%x: memref<5xf32>) {
    %a = memref.alloc() : memref<17xf32>
    %b = memref.alloc() : memref<5xf32>
    %c = memref.alloc() : memref<20xf32>
    call @one(%x, %a) : (memref<5xf32>, memref<17xf32>) -> ()
    call @two(%a, %b) : (memref<17xf32>, memref<5xf32>) -> ()
    call @three(%b, %c) : (memref<5xf32>, memref<20xf32>) -> ()
    return
  }
}
