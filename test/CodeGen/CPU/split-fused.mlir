// RUN: kiln-opt %s -cpu-split-fused -split-input-file | FileCheck %s

// What reads another element type leaves the region, with all that follows it;
// what calls a mathematical function stays.
// CHECK-LABEL: func.func @type_leaves
// CHECK: %[[FUSED:.*]] = nn.fused {
// CHECK: nn.conv
// CHECK: nn.tanh
// CHECK-NEXT: nn.yield
// CHECK: %[[SCALED:.*]] = linalg.generic {{.*}} ins(%[[FUSED]], %{{.*}} :
// CHECK: %[[CLIP:.*]] = nn.clip %[[SCALED]]
// CHECK: return %[[CLIP]]
#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
func.func @type_leaves(%x: tensor<1x2x9xf32>, %w: tensor<3x2x3xf32>, %d: tensor<1x3x7xf64>) -> tensor<1x3x7xf32> {
  %0 = nn.fused {
    %c = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>,
        pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64}
      : (tensor<1x2x9xf32>, tensor<3x2x3xf32>) -> tensor<1x3x7xf32>
    %1 = nn.tanh %c : tensor<1x3x7xf32>
    %e = tensor.empty() : tensor<1x3x7xf32>
    %3 = linalg.generic {indexing_maps = [#id, #id, #id],
        iterator_types = ["parallel", "parallel", "parallel"]}
        ins(%1, %d : tensor<1x3x7xf32>, tensor<1x3x7xf64>) outs(%e : tensor<1x3x7xf32>) {
    ^bb0(%a: f32, %b: f64, %o: f32):
      %t = arith.truncf %b : f64 to f32
      %m = arith.mulf %a, %t : f32
      linalg.yield %m : f32
    } -> tensor<1x3x7xf32>
    %4 = nn.clip %3 {minimum = -0.5 : f64, maximum = 0.5 : f64} : tensor<1x3x7xf32>
    nn.yield %4 : tensor<1x3x7xf32>
  } : tensor<1x3x7xf32>
  return %0 : tensor<1x3x7xf32>
}

// -----

// Both generics need the convolution's result, and the second one the relu too:
// one value may leave, the convolution's alone.
// CHECK-LABEL: func.func @one_value_leaves
// CHECK-NOT: nn.fused
// CHECK: %[[CONV:.*]] = nn.conv
// CHECK: %[[RELU:.*]] = nn.relu %[[CONV]]
// CHECK: %[[SCALED:.*]] = linalg.generic {{.*}} ins(%[[CONV]],
// CHECK: linalg.generic {{.*}} ins(%[[RELU]], %[[SCALED]]
#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
func.func @one_value_leaves(%x: tensor<1x2x9xf32>, %w: tensor<3x2x3xf32>, %d: tensor<1x3x7xf64>) -> tensor<1x3x7xf32> {
  %0 = nn.fused {
    %1 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>,
        pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64}
      : (tensor<1x2x9xf32>, tensor<3x2x3xf32>) -> tensor<1x3x7xf32>
    %r = nn.relu %1 : tensor<1x3x7xf32>
    %e = tensor.empty() : tensor<1x3x7xf32>
    %s = linalg.generic {indexing_maps = [#id, #id, #id],
        iterator_types = ["parallel", "parallel", "parallel"]}
        ins(%1, %d : tensor<1x3x7xf32>, tensor<1x3x7xf64>) outs(%e : tensor<1x3x7xf32>) {
    ^bb0(%a: f32, %b: f64, %o: f32):
      %t = arith.truncf %b : f64 to f32
      %m = arith.mulf %a, %t : f32
      linalg.yield %m : f32
    } -> tensor<1x3x7xf32>
    %2 = linalg.generic {indexing_maps = [#id, #id, #id],
        iterator_types = ["parallel", "parallel", "parallel"]}
        ins(%r, %s : tensor<1x3x7xf32>, tensor<1x3x7xf32>) outs(%e : tensor<1x3x7xf32>) {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %m = arith.mulf %a, %b : f32
      linalg.yield %m : f32
    } -> tensor<1x3x7xf32>
    nn.yield %2 : tensor<1x3x7xf32>
  } : tensor<1x3x7xf32>
  return %0 : tensor<1x3x7xf32>
}

// -----

// The prologue stays, as far as one kernel can compute it while it reads: an
// affine along the channels, an activation. What comes before it leaves.
// CHECK-LABEL: func.func @prologue_stays
// CHECK: %[[LINES:.*]] = nn.channel_affine {{.*}}axis = 2
// CHECK: nn.fused {
// CHECK-NEXT: %[[AFFINE:.*]] = nn.channel_affine %[[LINES]]
// CHECK-NEXT: %[[RELU:.*]] = nn.relu %[[AFFINE]]
// CHECK-NEXT: %[[CONV:.*]] = nn.conv %[[RELU]]
// CHECK-NEXT: nn.yield %[[CONV]]
func.func @prologue_stays(%x: tensor<1x2x3xf32>, %w: tensor<5x2x2xf32>) -> tensor<1x5x2xf32> {
  %0 = nn.fused {
    %l = nn.channel_affine %x {scale = array<f64: 0.5, -2.0, 3.0>, shift = array<f64: 1.0, 0.0, 2.0>, axis = 2 : i64} : tensor<1x2x3xf32>
    %a = nn.channel_affine %l {scale = array<f64: 0.5, -2.0>, shift = array<f64: 1.0, 3.0>, axis = 1 : i64} : tensor<1x2x3xf32>
    %p = nn.relu %a : tensor<1x2x3xf32>
    %1 = nn.conv %p, %w {strides = array<i64: 1>, dilations = array<i64: 1>,
        pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64}
      : (tensor<1x2x3xf32>, tensor<5x2x2xf32>) -> tensor<1x5x2xf32>
    nn.yield %1 : tensor<1x5x2xf32>
  } : tensor<1x5x2xf32>
  return %0 : tensor<1x5x2xf32>
}

// -----

// A pooling becomes a reduction, into which upstream's fusion draws what makes
// its input: nothing is left to hold together.
// CHECK-LABEL: func.func @pooling_dissolves
// CHECK-NOT: nn.fused
// CHECK: %[[AFFINE:.*]] = nn.channel_affine
// CHECK: nn.global_average_pool %[[AFFINE]]
func.func @pooling_dissolves(%x: tensor<1x2x9xf32>) -> tensor<1x2x1xf32> {
  %0 = nn.fused {
    %a = nn.channel_affine %x {scale = array<f64: 0.5, -2.0>, shift = array<f64: 1.0, 3.0>, axis = 1 : i64} : tensor<1x2x9xf32>
    %1 = nn.global_average_pool %a : (tensor<1x2x9xf32>) -> tensor<1x2x1xf32>
    nn.yield %1 : tensor<1x2x1xf32>
  } : tensor<1x2x1xf32>
  return %0 : tensor<1x2x1xf32>
}
