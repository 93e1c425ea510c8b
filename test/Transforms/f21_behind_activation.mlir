// RUN: kiln-opt %s --nn-fold-pipeline --nn-fuse-pipeline --split-input-file | FileCheck %s

// F21: behind an activation it is not folded into the convolution before that,
// and, with nothing ahead, computed in its loop (F28).

// CHECK: action = "fused"{{.*}}into = "conv"{{.*}}reason = "backward: 'act' (nn.relu) lies behind it
// CHECK-LABEL: func.func @net
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-1.000000e+00, -1.250000e+00]], {{\[\[}}1.000000e+00, 2.500000e-01]], {{\[\[}}-5.000000e-01, -2.000000e+00]]]>
// CHECK: nn.fused {
// CHECK-NEXT: nn.conv %arg0, %[[W]] {
// CHECK-NEXT: nn.relu
// CHECK-NEXT: nn.channel_affine
// CHECK-NEXT: nn.yield
func.func @net(%x: tensor<1x1x4xf32>) -> tensor<1x3x3xf32> {
  %w = arith.constant dense<[[[-1.000000e+00, -1.250000e+00]], [[1.000000e+00, 2.500000e-01]], [[-5.000000e-01, -2.000000e+00]]]> : tensor<3x1x2xf32>
  %s = arith.constant dense<[5.000000e-01, 2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[-7.500000e-01, 1.500000e+00, -7.500000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<3x1x2xf32>) -> tensor<1x3x3xf32> loc("conv")
  %1 = nn.relu %0 : tensor<1x3x3xf32> loc("act")
  %2 = nn.batch_norm_inference %1, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x3xf32> loc("bn")
  return %2 : tensor<1x3x3xf32>
}
