// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F6: an absent bias is created, a present one scaled, too. Values by hand:
// s = scale / sqrt(variance) = [-0.5, 2, 0.75], t = offset - mean * s.

// CHECK: module attributes {nn.fold_ledger = [{action = "folded"{{.*}}direction = "backward", into = "conv"{{.*}}name = "bn", reason = ""}], nn.folded}
// CHECK-LABEL: func.func @present
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[\[}}-5.000000e-01, -1.000000e+00]], {{\[\[}}6.000000e+00, -8.000000e+00]], {{\[\[}}3.750000e+00, 4.500000e+00]]]> : tensor<3x1x2xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[5.000000e-01, -7.500000e-01, 3.125000e+00]> : tensor<3xf32>
// CHECK: %[[Y:.*]] = nn.conv %{{.*}}, %[[W]], %[[B]] {
// CHECK-NEXT: return %[[Y]]
func.func @present(%x: tensor<2x1x5xf32>) -> tensor<2x3x4xf32> {
  %w = arith.constant dense<[[[1.0, 2.0]], [[3.0, -4.0]], [[5.0, 6.0]]]> : tensor<3x1x2xf32>
  %b = arith.constant dense<[1.5, -2.0, 3.5]> : tensor<3xf32>
  %scale = arith.constant dense<[-1.0, 3.0, 3.0]> : tensor<3xf32>
  %offset = arith.constant dense<[0.25, 3.75, -0.25]> : tensor<3xf32>
  %mean = arith.constant dense<[2.0, 0.25, -1.0]> : tensor<3xf32>
  %variance = arith.constant dense<[4.0, 2.25, 16.0]> : tensor<3xf32>
  %0 = nn.conv %x, %w, %b {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64}
    : (tensor<2x1x5xf32>, tensor<3x1x2xf32>, tensor<3xf32>) -> tensor<2x3x4xf32> loc("conv")
  %1 = nn.batch_norm_inference %0, %scale, %offset, %mean, %variance {epsilon = 0.0 : f64}
    : (tensor<2x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4xf32> loc("bn")
  return %1 : tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: func.func @absent
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[1.250000e+00, 3.250000e+00, 5.000000e-01]> : tensor<3xf32>
// CHECK: nn.conv %{{.*}}, %{{.*}}, %[[B]] {
func.func @absent(%x: tensor<2x1x5xf32>) -> tensor<2x3x4xf32> {
  %w = arith.constant dense<[[[1.0, 2.0]], [[3.0, -4.0]], [[5.0, 6.0]]]> : tensor<3x1x2xf32>
  %scale = arith.constant dense<[-1.0, 3.0, 3.0]> : tensor<3xf32>
  %offset = arith.constant dense<[0.25, 3.75, -0.25]> : tensor<3xf32>
  %mean = arith.constant dense<[2.0, 0.25, -1.0]> : tensor<3xf32>
  %variance = arith.constant dense<[4.0, 2.25, 16.0]> : tensor<3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64}
    : (tensor<2x1x5xf32>, tensor<3x1x2xf32>) -> tensor<2x3x4xf32>
  %1 = nn.batch_norm_inference %0, %scale, %offset, %mean, %variance {epsilon = 0.0 : f64}
    : (tensor<2x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4xf32>
  return %1 : tensor<2x3x4xf32>
}
