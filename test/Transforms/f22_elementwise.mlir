// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F22: multiplying by, adding, dividing by and subtracting constants that are a
// scalar, [C, 1] or [1, C, 1]. Expected by NumPy on dyadic numbers:
// W * (m / d), a / d - 0.5.

// CHECK-LABEL: func.func @per_channel
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-5.000000e-01, 2.500000e-01]], {{\[\[}}-1.250000e+00, 1.750000e+00]], {{\[\[}}5.000000e-01, -1.500000e+00]]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[-3.750000e-01, 1.500000e+00, 5.000000e-01]>
// CHECK: %[[Y:.*]] = nn.conv %arg0, %[[W]], %[[B]]
// CHECK-NEXT: return %[[Y]]
func.func @per_channel(%x: tensor<1x1x4xf32>) -> tensor<1x3x3xf32> {
  %w = arith.constant dense<[[[-1.000000e+00, 5.000000e-01]], [[1.250000e+00, -1.750000e+00]], [[-2.500000e-01, 7.500000e-01]]]> : tensor<3x1x2xf32>
  %m = arith.constant dense<[[2.000000e+00], [-5.000000e-01], [4.000000e+00]]> : tensor<3x1xf32>
  %a = arith.constant dense<[[[5.000000e-01], [1.000000e+00], [-2.000000e+00]]]> : tensor<1x3x1xf32>
  %d = arith.constant dense<[[4.000000e+00], [5.000000e-01], [-2.000000e+00]]> : tensor<3x1xf32>
  %h = arith.constant dense<0.5> : tensor<f32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<3x1x2xf32>) -> tensor<1x3x3xf32> loc("conv")
  %e1 = tensor.empty() : tensor<1x3x3xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (b, 0)>, affine_map<(a, b, c) -> (a, b, c)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%0, %m : tensor<1x3x3xf32>, tensor<3x1xf32>) outs(%e1 : tensor<1x3x3xf32>) {
  ^bb0(%l: f32, %r: f32, %q: f32):
    %z = arith.mulf %l, %r : f32
    linalg.yield %z : f32
  } -> tensor<1x3x3xf32>
  %e2 = tensor.empty() : tensor<1x3x3xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (0, b, 0)>, affine_map<(a, b, c) -> (a, b, c)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%1, %a : tensor<1x3x3xf32>, tensor<1x3x1xf32>) outs(%e2 : tensor<1x3x3xf32>) {
  ^bb0(%l: f32, %r: f32, %q: f32):
    %z = arith.addf %l, %r : f32
    linalg.yield %z : f32
  } -> tensor<1x3x3xf32>
  %e3 = tensor.empty() : tensor<1x3x3xf32>
  %3 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (b, 0)>, affine_map<(a, b, c) -> (a, b, c)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%2, %d : tensor<1x3x3xf32>, tensor<3x1xf32>) outs(%e3 : tensor<1x3x3xf32>) {
  ^bb0(%l: f32, %r: f32, %q: f32):
    %z = arith.divf %l, %r : f32
    linalg.yield %z : f32
  } -> tensor<1x3x3xf32>
  %e4 = tensor.empty() : tensor<1x3x3xf32>
  %4 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> ()>, affine_map<(a, b, c) -> (a, b, c)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%3, %h : tensor<1x3x3xf32>, tensor<f32>) outs(%e4 : tensor<1x3x3xf32>) {
  ^bb0(%l: f32, %r: f32, %q: f32):
    %z = arith.subf %l, %r : f32
    linalg.yield %z : f32
  } -> tensor<1x3x3xf32>
  return %4 : tensor<1x3x3xf32>
}

// -----

// C == W: the map says that it varies along the width, and so it stays.
// CHECK-LABEL: func.func @width
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-1.000000e+00, 5.000000e-01]], {{\[\[}}1.250000e+00, -1.750000e+00]], {{\[\[}}-2.500000e-01, 7.500000e-01]]]>
// CHECK: %[[Y:.*]] = nn.conv %arg0, %[[W]] {
// CHECK: nn.channel_affine %[[Y]] {axis = 2 : i64
func.func @width(%x: tensor<1x1x4xf32>) -> tensor<1x3x3xf32> {
  %w = arith.constant dense<[[[-1.000000e+00, 5.000000e-01]], [[1.250000e+00, -1.750000e+00]], [[-2.500000e-01, 7.500000e-01]]]> : tensor<3x1x2xf32>
  %m = arith.constant dense<[2.000000e+00, -5.000000e-01, 4.000000e+00]> : tensor<3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<3x1x2xf32>) -> tensor<1x3x3xf32> loc("conv")
  %e1 = tensor.empty() : tensor<1x3x3xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (c)>, affine_map<(a, b, c) -> (a, b, c)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%0, %m : tensor<1x3x3xf32>, tensor<3xf32>) outs(%e1 : tensor<1x3x3xf32>) {
  ^bb0(%l: f32, %r: f32, %q: f32):
    %z = arith.mulf %l, %r : f32
    linalg.yield %z : f32
  } -> tensor<1x3x3xf32>
  return %1 : tensor<1x3x3xf32>
}

// -----

// CHECK-LABEL: func.func @per_pixel
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-1.000000e+00, 5.000000e-01]], {{\[\[}}1.250000e+00, -1.750000e+00]], {{\[\[}}-2.500000e-01, 7.500000e-01]]]>
// CHECK: %[[Y:.*]] = nn.conv %arg0, %[[W]] {
// CHECK: linalg.generic {{.*}}ins(%[[Y]], %
func.func @per_pixel(%x: tensor<1x1x4xf32>) -> tensor<1x3x3xf32> {
  %w = arith.constant dense<[[[-1.000000e+00, 5.000000e-01]], [[1.250000e+00, -1.750000e+00]], [[-2.500000e-01, 7.500000e-01]]]> : tensor<3x1x2xf32>
  %m = arith.constant dense<[[-2.000000e+00, 5.000000e-01, 1.750000e+00], [1.500000e+00, 7.500000e-01, 1.250000e+00], [-5.000000e-01, -7.500000e-01, -1.750000e+00]]> : tensor<3x3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<3x1x2xf32>) -> tensor<1x3x3xf32> loc("conv")
  %e1 = tensor.empty() : tensor<1x3x3xf32>
  %1 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (b, c)>, affine_map<(a, b, c) -> (a, b, c)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%0, %m : tensor<1x3x3xf32>, tensor<3x3xf32>) outs(%e1 : tensor<1x3x3xf32>) {
  ^bb0(%l: f32, %r: f32, %q: f32):
    %z = arith.mulf %l, %r : f32
    linalg.yield %z : f32
  } -> tensor<1x3x3xf32>
  return %1 : tensor<1x3x3xf32>
}
