// RUN: kiln-opt %s -cpu-pack-constants | FileCheck %s

// A net for further shapes begins with the constants of the one before it: what
// it has in common with that is found there, its own follow.
// CHECK: module attributes {kiln.constant_chunks = array<i64: 0, 4, 64, 4, 128, 8>, kiln.constants = dense_resource<constants> : tensor<136xi8>}
// CHECK: func.func @kiln_main
// CHECK: %[[KNOWN:.*]] = arith.constant 64 : index
// CHECK: memref.view %{{.*}}[%[[KNOWN]]][] : memref<136xi8> to memref<1xi32>
// CHECK: %[[NEW:.*]] = arith.constant 128 : index
// CHECK: memref.view %{{.*}}[%[[NEW]]][] : memref<136xi8> to memref<2xi32>
module attributes {
    kiln.constant_chunks = array<i64: 0, 4, 64, 4>,
    kiln.constants = dense<"0x0100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000002000000"> : tensor<68xi8>} {
  memref.global "private" constant @b : memref<1xi32> = dense<2>
  memref.global "private" constant @c : memref<2xi32> = dense<[1, 2]>
  func.func private @use(memref<1xi32>, memref<2xi32>)
  func.func @kiln_main() {
    %b = memref.get_global @b : memref<1xi32>
    %c = memref.get_global @c : memref<2xi32>
    call @use(%b, %c) : (memref<1xi32>, memref<2xi32>) -> ()
    return
  }
}
