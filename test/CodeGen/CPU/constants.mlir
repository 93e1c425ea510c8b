// RUN: kiln-opt %s -cpu-pack-constants | FileCheck %s

// Equal bytes once, even of another shape; each place a multiple of 64.
// CHECK: module attributes {kiln.constant_chunks = array<i64: 0, 8, 64, 8>, kiln.constants = dense_resource<constants> : tensor<72xi8>}
// CHECK: memref.global constant @kiln_constants : memref<[[SIZE:72]]xi8> {alignment = 64 : i64}
// CHECK-NOT: memref.global
// CHECK: func.func @kiln_main
// CHECK: %[[ZERO:.*]] = arith.constant 0 : index
// CHECK: memref.view %{{.*}}[%[[ZERO]]][] : memref<[[SIZE]]xi8> to memref<2xf32>
// CHECK: %[[NEXT:.*]] = arith.constant 64 : index
// CHECK: memref.view %{{.*}}[%[[NEXT]]][] : memref<[[SIZE]]xi8> to memref<2xi32>
// CHECK: %[[SAME:.*]] = arith.constant 0 : index
// CHECK: memref.view %{{.*}}[%[[SAME]]][] : memref<[[SIZE]]xi8> to memref<1x2xf32>
module {
  memref.global "private" constant @a : memref<2xf32> = dense<[1.0, 2.0]>
  memref.global "private" constant @b : memref<2xi32> = dense<[3, 4]>
  memref.global "private" constant @c : memref<1x2xf32> = dense<[[1.0, 2.0]]>
  func.func private @use(memref<2xf32>, memref<2xi32>, memref<1x2xf32>)
  func.func @kiln_main() {
    %a = memref.get_global @a : memref<2xf32>
    %b = memref.get_global @b : memref<2xi32>
    %c = memref.get_global @c : memref<1x2xf32>
    call @use(%a, %b, %c) : (memref<2xf32>, memref<2xi32>, memref<1x2xf32>) -> ()
    return
  }
}
