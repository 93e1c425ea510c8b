// Folds of windows and resizes that change nothing, and beside each what stays.
// RUN: kiln-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @one_element
// CHECK-SAME: %[[X:.*]]: tensor<1x3x9xf32>
func.func @one_element(%x: tensor<1x3x9xf32>) -> (tensor<1x3x9xf32>, tensor<1x3x9xf32>) {
  // CHECK-NEXT: return %[[X]], %[[X]]
  %0 = nn.max_pool %x {
      kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 2>,
      pad_low = array<i64: 0>, pad_high = array<i64: 0>}
    : (tensor<1x3x9xf32>) -> tensor<1x3x9xf32>
  %1 = nn.average_pool %x {
      kernel = array<i64: 1>, strides = array<i64: 1>, dilations = array<i64: 1>,
      pad_low = array<i64: 0>, pad_high = array<i64: 0>, ceil_mode, count_include_pad}
    : (tensor<1x3x9xf32>) -> tensor<1x3x9xf32>
  return %0, %1 : tensor<1x3x9xf32>, tensor<1x3x9xf32>
}

// The second has its input's shape, but not its values.
// CHECK-LABEL: func.func @pool_stays
func.func @pool_stays(%x: tensor<1x3x1xf32>, %z: tensor<1x3x9xf32>) -> (tensor<1x3x5xf32>, tensor<1x3x9xf32>) {
  // CHECK: nn.max_pool
  %0 = nn.max_pool %z {
      kernel = array<i64: 1>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 0>, pad_high = array<i64: 0>}
    : (tensor<1x3x9xf32>) -> tensor<1x3x5xf32>
  // CHECK: nn.average_pool
  %1 = nn.average_pool %z {
      kernel = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 1>,
      pad_low = array<i64: 1>, pad_high = array<i64: 1>}
    : (tensor<1x3x9xf32>) -> tensor<1x3x9xf32>
  return %0, %1 : tensor<1x3x5xf32>, tensor<1x3x9xf32>
}

// CHECK-LABEL: func.func @global
// CHECK-SAME: %[[X:.*]]: tensor<2x3x1x1xf32>
func.func @global(%x: tensor<2x3x1x1xf32>, %z: tensor<2x3x2x1xf32>)
    -> (tensor<2x3x1x1xf32>, tensor<2x3x1x1xf32>, tensor<2x3x1x1xf32>) {
  // CHECK: %[[G:.*]] = nn.global_max_pool
  // CHECK: return %[[X]], %[[X]], %[[G]]
  %0 = nn.global_average_pool %x : (tensor<2x3x1x1xf32>) -> tensor<2x3x1x1xf32>
  %1 = nn.global_max_pool %x : (tensor<2x3x1x1xf32>) -> tensor<2x3x1x1xf32>
  %2 = nn.global_max_pool %z : (tensor<2x3x2x1xf32>) -> tensor<2x3x1x1xf32>
  return %0, %1, %2 : tensor<2x3x1x1xf32>, tensor<2x3x1x1xf32>, tensor<2x3x1x1xf32>
}

// Scale 1 and the same size: as it is, in all coordinates.
// CHECK-LABEL: func.func @resize
// CHECK-SAME: %[[X:.*]]: tensor<1x2x3xf32>
func.func @resize(%x: tensor<1x2x3xf32>) -> (tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x3xf32>) {
  %0 = nn.resize %x {
      mode = #nn.resize_mode<cubic>, coordinates = #nn.coordinates<half_pixel>,
      sizes = array<i64: 3>, scales = array<f64: 1.0>} : (tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  %1 = nn.resize %x {
      mode = #nn.resize_mode<nearest>, coordinates = #nn.coordinates<tf_half_pixel_for_nn>,
      sizes = array<i64: 3>, scales = array<f64: 1.0>} : (tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  // Of the same size, by another scale.
  // CHECK: %[[A:.*]] = nn.resize {{.*}}scales = array<f64: 1.2
  %2 = nn.resize %x {
      mode = #nn.resize_mode<nearest>, coordinates = #nn.coordinates<asymmetric>,
      sizes = array<i64: 3>, scales = array<f64: 1.2>} : (tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  // A part of it.
  // CHECK: %[[B:.*]] = nn.resize {{.*}}tf_crop_and_resize
  %3 = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<tf_crop_and_resize>, roi = array<f64: 0.25, 0.75>,
      sizes = array<i64: 3>, scales = array<f64: 1.0>} : (tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  // CHECK: return %[[X]], %[[X]], %[[A]], %[[B]]
  return %0, %1, %2, %3 : tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x3xf32>, tensor<1x2x3xf32>
}
