// RUN: kiln-opt %s | kiln-opt | FileCheck %s

// CHECK-LABEL: func @plain
// CHECK: cpu.batch_norm %{{.*}} by %{{.*}}, %{{.*}} with %{{.*}} into %{{.*}}, %{{.*}}, %{{.*}} attributes {
// CHECK-SAME: epsilon = 1.000000e-05 : f64
// CHECK-SAME: lanes = 16 : i64
// CHECK-SAME: maps = [#[[MAP:.*]]]
// CHECK: ^bb0(%[[X:.*]]: f32, %[[EXTRA:.*]]: f32):
// CHECK: %[[R:.*]] = arith.addf %[[X]], %[[EXTRA]] : f32
// CHECK: cpu.yield %[[R]] : f32
// CHECK: -> (tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>)
func.func @plain(%x: tensor<4x3x5x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf64>, %skip: tensor<4x3x5x7xf32>,
                 %e: tensor<4x3x5x7xf32>, %em: tensor<3xf64>, %ev: tensor<3xf64>) -> (tensor<4x3x5x7xf32>, tensor<3xf64>) {
  %y, %m, %v = cpu.batch_norm %x by %s, %o with %skip into %e, %em, %ev attributes {
      epsilon = 1.0e-05 : f64, lanes = 16 : i64,
      maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>]} {
  ^bb0(%normal: f32, %other: f32):
    %r = arith.addf %normal, %other : f32
    cpu.yield %r : f32
  } : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf64>, tensor<4x3x5x7xf32>,
       tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>)
    -> (tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>)
  return %y, %m : tensor<4x3x5x7xf32>, tensor<3xf64>
}

// Nineteen channels in blocks of eight; a part of a larger buffer.
// CHECK-LABEL: func @blocked
// CHECK: cpu.batch_norm {{.*}} attributes {blocked,
// CHECK: -> ()
func.func @blocked(%x: memref<4x3x5x7x8xf64>, %s: memref<19xf64>, %o: memref<19xf64>,
                   %y: memref<4x3x5x7x8xf64, strided<[2800, 280, 56, 8, 1], offset: 280>>,
                   %m: memref<19xf64>, %v: memref<19xf64>) {
  cpu.batch_norm %x by %s, %o into %y, %m, %v attributes {
      blocked, epsilon = 0.0 : f64, lanes = 8 : i64, maps = []} {
  ^bb0(%normal: f64):
    cpu.yield %normal : f64
  } : (memref<4x3x5x7x8xf64>, memref<19xf64>, memref<19xf64>,
       memref<4x3x5x7x8xf64, strided<[2800, 280, 56, 8, 1], offset: 280>>,
       memref<19xf64>, memref<19xf64>) -> ()
  return
}
