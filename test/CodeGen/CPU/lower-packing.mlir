// Blocks of channels are made and undone by reshapes and transpositions.
// RUN: kiln-opt %s --cpu-lower-packing --canonicalize --cse --split-input-file \
// RUN:   | FileCheck %s

// Whole blocks in one part, the three channels of the last in another.
// CHECK-LABEL: @pack
// CHECK-SAME: %[[X:.*]]: tensor<2x11x5x7xf32>
// CHECK: %[[A:.*]] = tensor.extract_slice %[[X]][0, 0, 0, 0] [2, 8, 5, 7]
// CHECK: %[[EA:.*]] = tensor.expand_shape %[[A]] {{.*}} into tensor<2x2x4x5x7xf32>
// CHECK: %[[TA:.*]] = linalg.transpose ins(%[[EA]] : {{.*}} permutation = [0, 1, 3, 4, 2]
// CHECK: %[[IA:.*]] = tensor.insert_slice %[[TA]] into %{{.*}}[0, 0, 0, 0, 0] [2, 2, 5, 7, 4]
// CHECK: tensor.extract_slice %[[X]][0, 8, 0, 0] [2, 3, 5, 7]
// CHECK: %[[TB:.*]] = linalg.transpose ins({{.*}}tensor<2x1x3x5x7xf32>
// CHECK: %[[IB:.*]] = tensor.insert_slice %[[TB]] into %[[IA]][0, 2, 0, 0, 0] [2, 1, 5, 7, 3]
// CHECK: return %[[IB]]
func.func @pack(%x: tensor<2x11x5x7xf32>) -> tensor<2x3x5x7x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3x5x7x4xf32>
  %p = linalg.pack %x padding_value(%zero : f32) inner_dims_pos = [1] inner_tiles = [4]
    into %e : tensor<2x11x5x7xf32> -> tensor<2x3x5x7x4xf32>
  return %p : tensor<2x3x5x7x4xf32>
}

// -----

// CHECK-LABEL: @unpack
// CHECK-SAME: %[[B:.*]]: tensor<1x2x5x7x4xf32>
// CHECK: %[[T:.*]] = linalg.transpose ins(%[[B]] : {{.*}} permutation = [0, 1, 4, 2, 3]
// CHECK: %[[C:.*]] = tensor.collapse_shape %[[T]] {{\[}}[0], [1, 2], [3], [4]]
// CHECK: return %[[C]]
func.func @unpack(%b: tensor<1x2x5x7x4xf32>) -> tensor<1x8x5x7xf32> {
  %e = tensor.empty() : tensor<1x8x5x7xf32>
  %x = linalg.unpack %b inner_dims_pos = [1] inner_tiles = [4] into %e
    : tensor<1x2x5x7x4xf32> -> tensor<1x8x5x7xf32>
  return %x : tensor<1x8x5x7xf32>
}

// -----

// A pixel's channels already lie in their order.
// CHECK-LABEL: @one_pixel
// CHECK-NOT: linalg.transpose
// CHECK: tensor.collapse_shape
// CHECK: tensor.expand_shape
// CHECK-NOT: linalg.transpose
// CHECK: return
func.func @one_pixel(%b: tensor<3x2x1x1x4xf32>) -> tensor<3x8x1x1xf32> {
  %e = tensor.empty() : tensor<3x8x1x1xf32>
  %x = linalg.unpack %b inner_dims_pos = [1] inner_tiles = [4] into %e
    : tensor<3x2x1x1x4xf32> -> tensor<3x8x1x1xf32>
  return %x : tensor<3x8x1x1xf32>
}

// -----

// With the channels last, the lanes lie as they are wanted.
// CHECK-LABEL: @channels_last
// CHECK-SAME: %[[B:.*]]: tensor<1x2x5x7x4xf32>
// CHECK: %[[T:.*]] = linalg.transpose ins(%[[B]] : {{.*}} permutation = [0, 2, 3, 1, 4]
// CHECK: %[[S:.*]] = tensor.extract_slice {{.*}}[0, 0, 0, 0] [1, 5, 7, 6] {{.*}} tensor<1x5x7x8xf32> to tensor<1x5x7x6xf32>
// CHECK: linalg.copy ins(%[[S]]
// CHECK-NOT: linalg.transpose
// CHECK: return
func.func @channels_last(%b: tensor<1x2x5x7x4xf32>) -> tensor<1x5x7x6xf32> {
  %e = tensor.empty() : tensor<1x6x5x7xf32>
  %x = linalg.unpack %b inner_dims_pos = [1] inner_tiles = [4] into %e
    : tensor<1x2x5x7x4xf32> -> tensor<1x6x5x7xf32>
  %d = tensor.empty() : tensor<1x5x7x6xf32>
  %t = linalg.transpose ins(%x : tensor<1x6x5x7xf32>) outs(%d : tensor<1x5x7x6xf32>)
    permutation = [0, 2, 3, 1]
  return %t : tensor<1x5x7x6xf32>
}
