// RUN: kiln-opt %s -pass-pipeline="builtin.module(func.func(convert-nn-to-linalg))" | FileCheck %s
// Resizing by tables: unrolled for up to four taps, a loop for more, and a value
// of its own where nothing of the input is.

// One dimension stays as it is and costs nothing.
// CHECK-LABEL: func.func @linear
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel", "parallel"]
// CHECK-COUNT-2: tensor.extract %arg0
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @linear(%x: tensor<1x2x3x5xf32>) -> tensor<1x2x3x9xf32> {
  %0 = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>,
      sizes = array<i64: 3, 9>, scales = array<f64: 1.0, 1.8>}
    : (tensor<1x2x3x5xf32>) -> tensor<1x2x3x9xf32>
  return %0 : tensor<1x2x3x9xf32>
}

// CHECK-LABEL: func.func @antialias
// CHECK-DAG: arith.constant dense<{{.*}}> : tensor<2x8xi32>
// CHECK-DAG: arith.constant dense<{{.*}}> : tensor<2x8xf32>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel", "reduction"]
// CHECK: tensor.extract %arg0
// CHECK-NOT: tensor.extract
// CHECK: return
func.func @antialias(%x: tensor<1x2x5xf32>) -> tensor<1x2x2xf32> {
  %0 = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>, antialias,
      sizes = array<i64: 2>, scales = array<f64: 0.4>}
    : (tensor<1x2x5xf32>) -> tensor<1x2x2xf32>
  return %0 : tensor<1x2x2xf32>
}

// CHECK-LABEL: func.func @crop
// CHECK: %[[MASK:.+]] = arith.constant dense<[0.000000e+00, 0.000000e+00, 0.000000e+00, 1.000000e+00]> : tensor<4xf32>
// CHECK: linalg.generic {{.*}} ins(%{{.+}}, %[[MASK]] : tensor<1x2x4xf32>, tensor<4xf32>)
// CHECK: arith.cmpf one
// CHECK: %[[VALUE:.+]] = arith.constant 7.500000e+00 : f32
// CHECK: arith.select %{{.+}}, %[[VALUE]], %{{.+}}
func.func @crop(%x: tensor<1x2x5xf32>) -> tensor<1x2x4xf32> {
  %0 = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<tf_crop_and_resize>,
      roi = array<f64: 0.5, 1.25>, extrapolation_value = 7.5 : f64,
      sizes = array<i64: 4>, scales = array<f64: 0.8>}
    : (tensor<1x2x5xf32>) -> tensor<1x2x4xf32>
  return %0 : tensor<1x2x4xf32>
}
