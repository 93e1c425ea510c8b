// RUN: kiln-opt %s -cpu-bufferize-net | FileCheck %s
// Results become arguments that are written in place: nothing is allocated for
// them, and nothing is copied.

// CHECK-LABEL: func.func @kiln_main
// CHECK-SAME: (%[[X:.+]]: memref<3x7xf32>{{.*}}, %[[Y:.+]]: memref<7x3xf32>{{.*}})
// CHECK-NOT: memref.alloc
// CHECK: linalg.transpose ins(%[[X]] : memref<3x7xf32>) outs(%[[Y]] : memref<7x3xf32>) permutation = [1, 0]
// CHECK-NOT: memref.copy
// CHECK: return
func.func @kiln_main(%x: tensor<3x7xf32>) -> tensor<7x3xf32> {
  %e = tensor.empty() : tensor<7x3xf32>
  %0 = linalg.transpose ins(%x : tensor<3x7xf32>) outs(%e : tensor<7x3xf32>) permutation = [1, 0]
  return %0 : tensor<7x3xf32>
}
