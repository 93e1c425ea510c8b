// Operations that read blocks of channels work on them.
// RUN: kiln-opt %s --cpu-block-channels=vector-bits=256 --canonicalize --cse \
// RUN:   --split-input-file | FileCheck %s

// Two blocks of eight lanes, the second with three channels.
// CHECK-LABEL: @elementwise
// CHECK-SAME: %[[X:.*]]: tensor<1x2x5x7x8xf32>, %[[S:.*]]: tensor<1x11x1x1xf32>
// CHECK: %[[RELU:.*]] = linalg.generic {{.*}} ins(%[[X]] : tensor<1x2x5x7x8xf32>)
// CHECK: %[[PACK:.*]] = linalg.pack %[[S]] padding_value({{.*}}) inner_dims_pos = [1] inner_tiles = [8]
// CHECK: %[[Y:.*]] = linalg.generic {{.*}} ins(%[[RELU]], %[[PACK]] : tensor<1x2x5x7x8xf32>, tensor<1x2x1x1x8xf32>)
// CHECK: linalg.unpack %[[Y]] inner_dims_pos = [1] inner_tiles = [8]
func.func @elementwise(%b: tensor<1x2x5x7x8xf32>, %s: tensor<1x11x1x1xf32>) -> tensor<1x11x5x7xf32> {
  %e = tensor.empty() : tensor<1x11x5x7xf32>
  %x = linalg.unpack %b inner_dims_pos = [1] inner_tiles = [8] into %e
    : tensor<1x2x5x7x8xf32> -> tensor<1x11x5x7xf32>
  %r = nn.relu %x : tensor<1x11x5x7xf32>
  %0 = tensor.empty() : tensor<1x11x5x7xf32>
  %y = linalg.generic {
      indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>,
                       affine_map<(n, c, h, w) -> (n, c, 0, 0)>,
                       affine_map<(n, c, h, w) -> (n, c, h, w)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%r, %s : tensor<1x11x5x7xf32>, tensor<1x11x1x1xf32>)
      outs(%0 : tensor<1x11x5x7xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    linalg.yield %m : f32
  } -> tensor<1x11x5x7xf32>
  return %y : tensor<1x11x5x7xf32>
}

// -----

// A constant of each channel gets whole blocks.
// CHECK-DAG: #[[$CHANNEL:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d1 * 8 + d4)>
// CHECK-LABEL: @channel_affine
// CHECK-DAG: arith.constant dense<[-2.000000e+00, 3.000000e+00, 5.000000e-01, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00, 0.000000e+00]> : tensor<8xf32>
// CHECK: linalg.generic {indexing_maps = [{{.*}}, #[[$CHANNEL]], #[[$CHANNEL]], {{.*}}]
func.func @channel_affine(%b: tensor<1x1x5x7x8xf32>) -> tensor<1x3x5x7xf32> {
  %e = tensor.empty() : tensor<1x3x5x7xf32>
  %x = linalg.unpack %b inner_dims_pos = [1] inner_tiles = [8] into %e
    : tensor<1x1x5x7x8xf32> -> tensor<1x3x5x7xf32>
  %y = nn.channel_affine %x {axis = 1 : i64, scale = array<f64: -2.0, 3.0, 0.5>,
                             shift = array<f64: 1.0, 0.0, -1.0>} : tensor<1x3x5x7xf32>
  return %y : tensor<1x3x5x7xf32>
}

// -----

// CHECK-LABEL: @concat
// CHECK-SAME: %[[A:.*]]: tensor<1x2x5x7x8xf32>, %[[B:.*]]: tensor<1x3x5x7xf32>
// CHECK: %[[PB:.*]] = linalg.pack %[[B]]
// CHECK: %[[C:.*]] = tensor.concat dim(1) %[[A]], %[[PB]]
// CHECK-SAME: -> tensor<1x3x5x7x8xf32>
// CHECK: linalg.unpack %[[C]]
func.func @concat(%a: tensor<1x2x5x7x8xf32>, %y: tensor<1x3x5x7xf32>) -> tensor<1x19x5x7xf32> {
  %e = tensor.empty() : tensor<1x16x5x7xf32>
  %x = linalg.unpack %a inner_dims_pos = [1] inner_tiles = [8] into %e
    : tensor<1x2x5x7x8xf32> -> tensor<1x16x5x7xf32>
  %c = tensor.concat dim(1) %x, %y
    : (tensor<1x16x5x7xf32>, tensor<1x3x5x7xf32>) -> tensor<1x19x5x7xf32>
  return %c : tensor<1x19x5x7xf32>
}

// -----

// The second part begins with the fourth lane of the second block: each of its
// blocks goes in two pieces, and the last, of three channels, in one.
// CHECK-LABEL: @concat_misaligned
// CHECK-SAME: %[[A:.*]]: tensor<1x2x5x7x8xf32>, %[[B:.*]]: tensor<1x2x5x7x8xf32>
// CHECK: %[[T0:.*]] = tensor.insert_slice %[[A]] into %{{.*}}[0, 0, 0, 0, 0] [1, 2, 5, 7, 8]
// CHECK: %[[HEAD:.*]] = tensor.extract_slice %[[B]][0, 0, 0, 0, 0] [1, 1, 5, 7, 5]
// CHECK: %[[T1:.*]] = tensor.insert_slice %[[HEAD]] into %[[T0]][0, 1, 0, 0, 3] [1, 1, 5, 7, 5]
// CHECK: %[[TAIL:.*]] = tensor.extract_slice %[[B]][0, 0, 0, 0, 5] [1, 1, 5, 7, 3]
// CHECK: %[[T2:.*]] = tensor.insert_slice %[[TAIL]] into %[[T1]][0, 2, 0, 0, 0] [1, 1, 5, 7, 3]
// CHECK: %[[LAST:.*]] = tensor.extract_slice %[[B]][0, 1, 0, 0, 0] [1, 1, 5, 7, 3]
// CHECK: %[[T3:.*]] = tensor.insert_slice %[[LAST]] into %[[T2]][0, 2, 0, 0, 3] [1, 1, 5, 7, 3]
// CHECK-NOT: tensor.insert_slice
// CHECK: linalg.unpack %[[T3]]
func.func @concat_misaligned(%a: tensor<1x2x5x7x8xf32>, %b: tensor<1x2x5x7x8xf32>) -> tensor<1x22x5x7xf32> {
  %e = tensor.empty() : tensor<1x11x5x7xf32>
  %x = linalg.unpack %a inner_dims_pos = [1] inner_tiles = [8] into %e
    : tensor<1x2x5x7x8xf32> -> tensor<1x11x5x7xf32>
  %y = linalg.unpack %b inner_dims_pos = [1] inner_tiles = [8] into %e
    : tensor<1x2x5x7x8xf32> -> tensor<1x11x5x7xf32>
  %c = tensor.concat dim(1) %x, %y
    : (tensor<1x11x5x7xf32>, tensor<1x11x5x7xf32>) -> tensor<1x22x5x7xf32>
  return %c : tensor<1x22x5x7xf32>
}

// -----

// CHECK-LABEL: @slices
// CHECK-SAME: %[[X:.*]]: tensor<1x3x5x7x8xf32>
// CHECK: %[[LAST:.*]] = tensor.extract_slice %[[X]][0, 1, 0, 2, 0] [1, 2, 5, 3, 8] [1, 1, 1, 2, 1]
// CHECK: %[[INTO:.*]] = tensor.insert_slice %[[LAST]] into %{{.*}}[0, 0, 1, 0, 0] [1, 2, 5, 3, 8] [1, 1, 2, 1, 1]
// CHECK-SAME: into tensor<1x2x11x3x8xf32>
// CHECK: linalg.unpack %[[INTO]]
func.func @slices(%b: tensor<1x3x5x7x8xf32>) -> tensor<1x12x11x3xf32> {
  %e = tensor.empty() : tensor<1x20x5x7xf32>
  %x = linalg.unpack %b inner_dims_pos = [1] inner_tiles = [8] into %e
    : tensor<1x3x5x7x8xf32> -> tensor<1x20x5x7xf32>
  %s = tensor.extract_slice %x[0, 8, 0, 2] [1, 12, 5, 3] [1, 1, 1, 2]
    : tensor<1x20x5x7xf32> to tensor<1x12x5x3xf32>
  %d = tensor.empty() : tensor<1x12x11x3xf32>
  %i = tensor.insert_slice %s into %d[0, 0, 1, 0] [1, 12, 5, 3] [1, 1, 2, 1]
    : tensor<1x12x5x3xf32> into tensor<1x12x11x3xf32>
  return %i : tensor<1x12x11x3xf32>
}

// -----

// A slice that begins or ends inside of a block is taken from the plain tensor.
// CHECK-LABEL: @slices_misaligned
// CHECK: tensor.extract_slice {{.*}} : tensor<1x20x5x7xf32> to tensor<1x8x5x7xf32>
// CHECK: tensor.extract_slice {{.*}} : tensor<1x20x5x7xf32> to tensor<1x5x5x7xf32>
func.func @slices_misaligned(%b: tensor<1x3x5x7x8xf32>) -> (tensor<1x8x5x7xf32>, tensor<1x5x5x7xf32>) {
  %e = tensor.empty() : tensor<1x20x5x7xf32>
  %x = linalg.unpack %b inner_dims_pos = [1] inner_tiles = [8] into %e
    : tensor<1x3x5x7x8xf32> -> tensor<1x20x5x7xf32>
  %s = tensor.extract_slice %x[0, 4, 0, 0] [1, 8, 5, 7] [1, 1, 1, 1]
    : tensor<1x20x5x7xf32> to tensor<1x8x5x7xf32>
  %t = tensor.extract_slice %x[0, 8, 0, 0] [1, 5, 5, 7] [1, 1, 1, 1]
    : tensor<1x20x5x7xf32> to tensor<1x5x5x7xf32>
  return %s, %t : tensor<1x8x5x7xf32>, tensor<1x5x5x7xf32>
}

// -----

// CHECK-LABEL: @resize
// CHECK: nn.resize {{.*}} scales = array<f64: 2.000000e+00, 3.000000e+00, 1.000000e+00>, sizes = array<i64: 10, 21, 8>
// CHECK-SAME: (tensor<1x2x5x7x8xf32>) -> tensor<1x2x10x21x8xf32>
func.func @resize(%b: tensor<1x2x5x7x8xf32>) -> tensor<1x11x10x21xf32> {
  %e = tensor.empty() : tensor<1x11x5x7xf32>
  %x = linalg.unpack %b inner_dims_pos = [1] inner_tiles = [8] into %e
    : tensor<1x2x5x7x8xf32> -> tensor<1x11x5x7xf32>
  %y = nn.resize %x {mode = #nn.resize_mode<nearest>, coordinates = #nn.coordinates<asymmetric>,
      sizes = array<i64: 10, 21>, scales = array<f64: 2.0, 3.0>}
    : (tensor<1x11x5x7xf32>) -> tensor<1x11x10x21xf32>
  return %y : tensor<1x11x10x21xf32>
}
