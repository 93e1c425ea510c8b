// RUN: kiln-opt %s | kiln-opt | FileCheck %s

// Operand, map and body order survive a round trip.
// CHECK-LABEL: func.func @on_tensors
// CHECK: cpu.contract %{{.*}}, %{{.*}} with %{{.*}} into %{{.*}} attributes
// CHECK-SAME: order = array<i64: 1, 0>
// CHECK-SAME: rows = 3
// CHECK: ^bb0(%[[SUM:.*]]: f32, %[[BIAS:.*]]: f32):
// CHECK: arith.addf %[[SUM]], %[[BIAS]]
// CHECK: cpu.yield
func.func @on_tensors(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %bias: tensor<5xf32>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  %0 = cpu.contract %a, %b with %bias into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 1, 0>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32, %add: f32):
    %1 = arith.addf %sum, %add : f32
    cpu.yield %1 : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<5xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}

// CHECK-LABEL: func.func @on_buffers
// CHECK: cpu.contract
// CHECK: (memref<5x7xf32>, memref<7x19xf32>, memref<5x19xf32, strided<[40, 1], offset: 3>>) -> ()
func.func @on_buffers(%a: memref<5x7xf32>, %b: memref<7x19xf32>, %c: memref<5x19xf32, strided<[40, 1], offset: 3>>) {
  cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<5x7xf32>, memref<7x19xf32>, memref<5x19xf32, strided<[40, 1], offset: 3>>) -> ()
  return
}
