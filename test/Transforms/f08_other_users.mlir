// RUN: kiln-opt %s --nn-fold-pipeline --nn-fuse-pipeline --split-input-file | FileCheck %s

// F8: the convolution's result is an output of the net, too: it is not folded
// into, and not duplicated.

// CHECK: action = "kept"{{.*}}name = "bn", reason = "backward: the result of 'conv' (nn.conv) has other users or is an output of the net; forward: it is an output of the net"
// CHECK-LABEL: func.func @output
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}[-1.500000e+00, 1.500000e+00]], {{\[\[}}-2.500000e-01, 1.500000e+00]], {{\[\[}}1.250000e+00, 2.000000e+00]]]>
// CHECK: %[[Y:.*]] = nn.conv %arg0, %[[W]] {
// CHECK: %[[Z:.*]] = nn.channel_affine %[[Y]]
// CHECK: return %[[Z]], %[[Y]]
func.func @output(%x: tensor<1x1x4xf32>) -> (tensor<1x3x3xf32>, tensor<1x3x3xf32>) {
  %w = arith.constant dense<[[[-1.500000e+00, 1.500000e+00]], [[-2.500000e-01, 1.500000e+00]], [[1.250000e+00, 2.000000e+00]]]> : tensor<3x1x2xf32>
  %s = arith.constant dense<[-1.000000e+00, -1.000000e+00, -2.000000e+00]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, 2.500000e-01, 1.000000e+00]> : tensor<3xf32>
  %m = arith.constant dense<[1.000000e+00, 1.250000e+00, 5.000000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.000000e+00, 1.600000e+01, 1.000000e+00]> : tensor<3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<3x1x2xf32>) -> tensor<1x3x3xf32> loc("conv")
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x3xf32> loc("bn")
  return %1, %0 : tensor<1x3x3xf32>, tensor<1x3x3xf32>
}
