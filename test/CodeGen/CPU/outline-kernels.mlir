// RUN: kiln-opt %s -cpu-outline-kernels | FileCheck %s

// Equal operations share a kernel, which makes its own views of whole buffers.
// A buffer that is read and written is one argument: noalias stays true.
// CHECK: func.func private @kernel_0(%[[A:.*]]: memref<8x4xf32> {llvm.noalias})
// CHECK-SAME: llvm.linkage = #llvm.linkage<internal>
// CHECK: %[[ZERO:.*]] = arith.constant 0.0
// CHECK: %[[HALF:.*]] = memref.subview %[[A]][4, 0]
// CHECK: linalg.fill ins(%[[ZERO]] : f32) outs(%[[HALF]]
// CHECK: func.func private @kernel_1(%{{.*}}: memref<8x4xf32> {llvm.noalias})
// CHECK: linalg.copy
// CHECK-NOT: func.func private @kernel_2
// CHECK: func.func @kiln_main
// CHECK: call @kernel_0(%[[X:.*]])
// CHECK-NEXT: call @kernel_0(%[[Y:.*]])
// CHECK-NEXT: call @kernel_1(%[[X]])
// CHECK-NEXT: return
module {
  func.func @kiln_main(%x: memref<8x4xf32>, %y: memref<8x4xf32>) {
    %zero = arith.constant 0.0 : f32
    %0 = memref.subview %x[4, 0] [4, 4] [1, 1] : memref<8x4xf32> to memref<4x4xf32, strided<[4, 1], offset: 16>>
    %1 = memref.subview %y[4, 0] [4, 4] [1, 1] : memref<8x4xf32> to memref<4x4xf32, strided<[4, 1], offset: 16>>
    %2 = memref.subview %x[0, 0] [4, 4] [1, 1] : memref<8x4xf32> to memref<4x4xf32, strided<[4, 1]>>
    linalg.fill ins(%zero : f32) outs(%0 : memref<4x4xf32, strided<[4, 1], offset: 16>>)
    linalg.fill ins(%zero : f32) outs(%1 : memref<4x4xf32, strided<[4, 1], offset: 16>>)
    linalg.copy ins(%0 : memref<4x4xf32, strided<[4, 1], offset: 16>>) outs(%2 : memref<4x4xf32, strided<[4, 1]>>)
    return
  }
}
