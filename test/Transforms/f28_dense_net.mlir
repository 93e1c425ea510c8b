// RUN: kiln-opt %s --nn-fold-pipeline --nn-fuse-pipeline --split-input-file | FileCheck %s

// F28: DenseNet. Behind a concatenation that others use, before ReLU and a
// convolution: a prologue of that convolution, no pass over memory.

// CHECK: action = "fused"{{.*}}into = "conv"{{.*}}name = "bn"
// CHECK-LABEL: func.func @net
// CHECK: %[[C:.*]] = tensor.concat
// CHECK: nn.fused {
// CHECK-NEXT: %[[A:.*]] = nn.channel_affine %[[C]]
// CHECK-NEXT: %[[R:.*]] = nn.relu %[[A]]
// CHECK-NEXT: nn.conv %[[R]]
// CHECK-NEXT: nn.yield
func.func @net(%x: tensor<1x1x4xf32>, %y: tensor<1x2x4xf32>) -> (tensor<1x2x3xf32>, tensor<1x3x4xf32>) {
  %w = arith.constant dense<[[[-1.500000e+00, -1.750000e+00], [-7.500000e-01, 5.000000e-01], [-1.500000e+00, 1.250000e+00]], [[-7.500000e-01, -7.500000e-01], [7.500000e-01, 1.500000e+00], [-2.500000e-01, 1.250000e+00]]]> : tensor<2x3x2xf32>
  %s = arith.constant dense<[5.000000e-01, 2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[-7.500000e-01, 1.500000e+00, -7.500000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %c = tensor.concat dim(1) %x, %y : (tensor<1x1x4xf32>, tensor<1x2x4xf32>) -> tensor<1x3x4xf32>
  %0 = nn.batch_norm_inference %c, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x4xf32> loc("bn")
  %1 = nn.relu %0 : tensor<1x3x4xf32>
  %2 = nn.conv %1, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x3x4xf32>, tensor<2x3x2xf32>) -> tensor<1x2x3xf32> loc("conv")
  return %2, %c : tensor<1x2x3xf32>, tensor<1x3x4xf32>
}
