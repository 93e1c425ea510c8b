// RUN: kiln-opt %s -cpu-bufferize-net | FileCheck %s
// One output is written into a copy of the other: they must not share memory,
// whichever is written first.

// CHECK-LABEL: func.func @kiln_main
// CHECK-SAME: memref<4xf32>{{.*}}, %{{.+}}: memref<2xf32>{{.*}}, %[[INTO:.+]]: memref<4xf32>{{.*}}, %[[WHOLE:.+]]: memref<4xf32>
// CHECK: linalg.exp {{.*}} outs(%[[WHOLE]] : memref<4xf32>)
// CHECK: %[[OWN:.+]] = memref.alloc()
// CHECK: linalg.copy ins(%[[OWN]] : memref<4xf32>) outs(%[[INTO]] : memref<4xf32>)
// CHECK: return
func.func @kiln_main(%x: tensor<4xf32>, %z: tensor<2xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %0 = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = tensor.insert_slice %z into %0[1] [2] [1] : tensor<2xf32> into tensor<4xf32>
  return %1, %0 : tensor<4xf32>, tensor<4xf32>
}
