// RUN: kiln-opt %s -cpu-bufferize-net -split-input-file | FileCheck %s
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

// -----

// Two results on one filled tensor: each is computed where it ends, and nothing
// is written over it.

#in = affine_map<(d0, d1) -> (d0, d1)>
#out = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @kiln_main
// CHECK-SAME: (%[[A:.+]]: memref<3x7xf32>, %[[B:.+]]: memref<3x7xf32>, %[[X:.+]]: memref<3xf32>, %[[Y:.+]]: memref<3xf32>)
// CHECK-DAG: linalg.fill {{.*}} outs(%[[X]] :
// CHECK-DAG: linalg.fill {{.*}} outs(%[[Y]] :
// CHECK: linalg.generic {{.*}} ins(%[[A]] : memref<3x7xf32>) outs(%[[X]] :
// CHECK: linalg.generic {{.*}} ins(%[[B]] : memref<3x7xf32>) outs(%[[Y]] :
// CHECK-NOT: ins(%[[X]] {{.*}} outs(%[[Y]]
// CHECK-NOT: memref.alloc
// CHECK: return
func.func @kiln_main(%a: tensor<3x7xf32>, %b: tensor<3x7xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %0 = linalg.generic {indexing_maps = [#in, #out], iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<3x7xf32>) outs(%init : tensor<3xf32>) {
  ^bb0(%x: f32, %sum: f32):
    %s = arith.addf %sum, %x : f32
    linalg.yield %s : f32
  } -> tensor<3xf32>
  %1 = linalg.generic {indexing_maps = [#in, #out], iterator_types = ["parallel", "reduction"]}
      ins(%b : tensor<3x7xf32>) outs(%init : tensor<3xf32>) {
  ^bb0(%x: f32, %sum: f32):
    %s = arith.addf %sum, %x : f32
    linalg.yield %s : f32
  } -> tensor<3xf32>
  return %0, %1 : tensor<3xf32>, tensor<3xf32>
}
