// RUN: kiln-opt %s -cpu-drop-signs | FileCheck %s

// CHECK-LABEL: func.func @add
// CHECK-SAME: (%[[X:.*]]: tensor<3xi8>) -> tensor<3xi8>
// CHECK: %[[C:.*]] = arith.constant dense<[1, -1, 3]> : tensor<3xi8>
// CHECK: linalg.generic {{.*}} ins(%[[X]], %[[C]] : tensor<3xi8>, tensor<3xi8>)
// CHECK-NOT: bitcast
// CHECK: return %{{.*}} : tensor<3xi8>
func.func @add(%x: tensor<3xui8>) -> tensor<3xui8> {
  %c = arith.constant dense<[1, 255, 3]> : tensor<3xui8>
  %0 = tensor.bitcast %x : tensor<3xui8> to tensor<3xi8>
  %1 = tensor.bitcast %c : tensor<3xui8> to tensor<3xi8>
  %e = tensor.empty() : tensor<3xi8>
  %2 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]} ins(%0, %1 : tensor<3xi8>, tensor<3xi8>) outs(%e : tensor<3xi8>) {
  ^bb0(%a: i8, %b: i8, %o: i8):
    %s = arith.addi %a, %b : i8
    linalg.yield %s : i8
  } -> tensor<3xi8>
  %3 = tensor.bitcast %2 : tensor<3xi8> to tensor<3xui8>
  return %3 : tensor<3xui8>
}

// What moves unsigned elements has bodies of them.
// CHECK-LABEL: func.func @gather
// CHECK: ^bb0(%{{.*}}: i64, %{{.*}}: i16):
// CHECK: tensor.extract %{{.*}} : tensor<5xi16>
func.func @gather(%x: tensor<5xui16>, %i: tensor<2xi64>) -> tensor<2xui16> {
  %e = tensor.empty() : tensor<2xui16>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]} ins(%i : tensor<2xi64>) outs(%e : tensor<2xui16>) {
  ^bb0(%a: i64, %o: ui16):
    %at = arith.index_cast %a : i64 to index
    %v = tensor.extract %x[%at] : tensor<5xui16>
    linalg.yield %v : ui16
  } -> tensor<2xui16>
  return %0 : tensor<2xui16>
}
