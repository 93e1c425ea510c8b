// Parsing what was printed gives the same, in the pretty and the generic form.
// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s --mlir-print-op-generic | kiln-opt | FileCheck %s

// CHECK-LABEL: func.func @max_pool
func.func @max_pool(%x: tensor<1x3x9x7xf32>) -> tensor<1x3x5x4xf32> {
  // CHECK: nn.max_pool %{{.*}} {dilations = array<i64: 1, 1>, kernel = array<i64: 3, 2>, pad_high = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, strides = array<i64: 2, 2>} : (tensor<1x3x9x7xf32>) -> tensor<1x3x5x4xf32>
  %y = nn.max_pool %x {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 0>, pad_high = array<i64: 1, 1>}
    : (tensor<1x3x9x7xf32>) -> tensor<1x3x5x4xf32>
  return %y : tensor<1x3x5x4xf32>
}

// Rounded up the last window begins in the input; where it would begin behind
// it (2 -> [0, 2), then [2, 4)), it is dropped.
// CHECK-LABEL: func.func @ceil_mode
func.func @ceil_mode(%x: tensor<1x3x6xf32>, %z: tensor<1x3x2xf32>) -> (tensor<1x3x4xf32>, tensor<1x3x1xf32>) {
  // CHECK: nn.max_pool {{.*}}ceil_mode{{.*}} -> tensor<1x3x4xf32>
  %0 = nn.max_pool %x {
      kernel = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 1>, pad_high = array<i64: 0>, ceil_mode}
    : (tensor<1x3x6xf32>) -> tensor<1x3x4xf32>
  // CHECK: nn.average_pool {{.*}}ceil_mode{{.*}} -> tensor<1x3x1xf32>
  %1 = nn.average_pool %z {
      kernel = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 0>, pad_high = array<i64: 1>, ceil_mode}
    : (tensor<1x3x2xf32>) -> tensor<1x3x1xf32>
  return %0, %1 : tensor<1x3x4xf32>, tensor<1x3x1xf32>
}

// CHECK-LABEL: func.func @average_pool
func.func @average_pool(%x: tensor<2x3x9xf32>) -> tensor<2x3x5xf32> {
  // CHECK: nn.average_pool %{{.*}} {count_include_pad, dilations = array<i64: 1>, kernel = array<i64: 3>, pad_high = array<i64: 1>, pad_low = array<i64: 1>, strides = array<i64: 2>} : (tensor<2x3x9xf32>) -> tensor<2x3x5xf32>
  %y = nn.average_pool %x {
      kernel = array<i64: 3>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 1>, pad_high = array<i64: 1>, count_include_pad}
    : (tensor<2x3x9xf32>) -> tensor<2x3x5xf32>
  return %y : tensor<2x3x5xf32>
}

// CHECK-LABEL: func.func @global
func.func @global(%x: tensor<1x3x9x7xf32>, %z: tensor<2x3x5xf32>) -> (tensor<1x3x1x1xf32>, tensor<2x3x1xf32>) {
  // CHECK: nn.global_average_pool %{{.*}} : (tensor<1x3x9x7xf32>) -> tensor<1x3x1x1xf32>
  %0 = nn.global_average_pool %x : (tensor<1x3x9x7xf32>) -> tensor<1x3x1x1xf32>
  // CHECK: nn.global_max_pool %{{.*}} : (tensor<2x3x5xf32>) -> tensor<2x3x1xf32>
  %1 = nn.global_max_pool %z : (tensor<2x3x5xf32>) -> tensor<2x3x1xf32>
  return %0, %1 : tensor<1x3x1x1xf32>, tensor<2x3x1xf32>
}

// CHECK-LABEL: func.func @resize
func.func @resize(%x: tensor<1x2x3x5xf32>) -> (tensor<1x2x6x10xf32>, tensor<1x2x7x4xf32>) {
  // CHECK: nn.resize %{{.*}} {coordinates = #nn.coordinates<half_pixel>, mode = #nn.resize_mode<linear>, scales = array<f64: 2.000000e+00, 2.000000e+00>, sizes = array<i64: 6, 10>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  %0 = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 2.0>}
    : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  // CHECK: nn.resize %{{.*}} {coordinates = #nn.coordinates<asymmetric>, cubic_coefficient = -5.000000e-01 : f64, exclude_outside, mode = #nn.resize_mode<cubic>, rounding = #nn.rounding<ceil>,
  %1 = nn.resize %x {
      mode = #nn.resize_mode<cubic>, coordinates = #nn.coordinates<asymmetric>,
      rounding = #nn.rounding<ceil>, cubic_coefficient = -0.5 : f64, exclude_outside,
      sizes = array<i64: 7, 4>, scales = array<f64: 2.4, 0.8>}
    : (tensor<1x2x3x5xf32>) -> tensor<1x2x7x4xf32>
  return %0, %1 : tensor<1x2x6x10xf32>, tensor<1x2x7x4xf32>
}

// CHECK-LABEL: func.func @resize_forms
func.func @resize_forms(%x: tensor<1x2x3x5xf32>) -> (tensor<1x2x2x2xf32>, tensor<1x2x4x6xf32>) {
  // CHECK: nn.resize %{{.*}} {antialias, coordinates = #nn.coordinates<half_pixel>, mode = #nn.resize_mode<linear>,
  %0 = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>, antialias,
      sizes = array<i64: 2, 2>, scales = array<f64: 0.7, 0.4>}
    : (tensor<1x2x3x5xf32>) -> tensor<1x2x2x2xf32>
  // CHECK: extrapolation_value = 7.500000e+00 : f64, mode = #nn.resize_mode<linear>, roi = array<f64: 1.000000e-01, 0.000000e+00, 8.000000e-01, 1.200000e+00>,
  %1 = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<tf_crop_and_resize>,
      roi = array<f64: 0.1, 0.0, 0.8, 1.2>, extrapolation_value = 7.5 : f64,
      sizes = array<i64: 4, 6>, scales = array<f64: 1.3, 1.2>}
    : (tensor<1x2x3x5xf32>) -> tensor<1x2x4x6xf32>
  return %0, %1 : tensor<1x2x2x2xf32>, tensor<1x2x4x6xf32>
}

// CHECK-LABEL: func.func @channel_shuffle
func.func @channel_shuffle(%x: tensor<1x6x5xf32>) -> tensor<1x6x5xf32> {
  // CHECK: nn.channel_shuffle %{{.*}} {groups = 2 : i64} : tensor<1x6x5xf32>
  %y = nn.channel_shuffle %x {groups = 2 : i64} : tensor<1x6x5xf32>
  return %y : tensor<1x6x5xf32>
}
