// RUN: kiln-opt %s -pass-pipeline="builtin.module(func.func(convert-nn-to-linalg))" -split-input-file -verify-diagnostics | FileCheck %s
// Activations, shuffles and pooling become linalg; nothing of nn is left.

// CHECK-LABEL: func.func @net
// CHECK-NOT: nn.
// A NaN is not at least zero, and takes the slope: NaN stays NaN.
// CHECK: %[[SLOPE:.+]] = arith.constant 2.500000e-01
// CHECK: %[[POSITIVE:.+]] = arith.cmpf oge, %[[X:.+]], %{{.+}}
// CHECK: %[[SCALED:.+]] = arith.mulf %[[SLOPE]], %[[X]]
// CHECK: arith.select %[[POSITIVE]], %[[X]], %[[SCALED]]
// CHECK: tensor.expand_shape {{.+}} into tensor<1x2x3x5x7xf32>
// CHECK: linalg.transpose {{.+}} permutation = [0, 2, 1, 3, 4]
// CHECK: arith.addf
// CHECK: %[[COUNT:.+]] = arith.constant 3.500000e+01
// CHECK: arith.divf %{{.+}}, %[[COUNT]]
// CHECK-NOT: nn.
func.func @net(%x: tensor<1x6x5x7xf32>) -> tensor<1x6x1x1xf32> {
  %0 = nn.leaky_relu %x {alpha = 2.5e-01 : f64} : tensor<1x6x5x7xf32>
  %1 = nn.channel_shuffle %0 {groups = 2 : i64} : tensor<1x6x5x7xf32>
  %2 = nn.global_average_pool %1 : (tensor<1x6x5x7xf32>) -> tensor<1x6x1x1xf32>
  return %2 : tensor<1x6x1x1xf32>
}

// -----

// Convolutions are the layout phase's.
func.func @conv(%x: tensor<1x2x9xf32>, %w: tensor<3x2x3xf32>) -> tensor<1x3x7xf32> {
  // expected-error @below {{K0501: no kernel for 'nn.conv'}}
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>,
      pad_low = array<i64: 0>, pad_high = array<i64: 0>}
    : (tensor<1x2x9xf32>, tensor<3x2x3xf32>) -> tensor<1x3x7xf32>
  return %0 : tensor<1x3x7xf32>
}
