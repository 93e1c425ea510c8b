// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F24: an empty batch folds as any other; no channels at all are nothing to fold.

// CHECK: action = "folded"
// CHECK-LABEL: func.func @empty_batch
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}{{\[\[}}-9.375000e-02, -1.875000e-01]], {{\[\[}}1.875000e-01, 1.562500e-01]]], {{\[\[}}[5.000000e-01, 8.750000e-01]], {{\[\[}}0.000000e+00, -6.250000e-01]]], {{\[\[}}[1.562500e-02, 1.562500e-02]], {{\[\[}}-3.125000e-02, 3.125000e-02]]]]>
// CHECK: %[[Y:.*]] = nn.conv %arg0, %[[W]]
// CHECK-NEXT: return %[[Y]]
func.func @empty_batch(%x: tensor<0x2x5x4xf32>) -> tensor<0x3x5x3xf32> {
  %w = arith.constant dense<[[[[-7.500000e-01, -1.500000e+00]], [[1.500000e+00, 1.250000e+00]]], [[[1.000000e+00, 1.750000e+00]], [[0.000000e+00, -1.250000e+00]]], [[[2.500000e-01, 2.500000e-01]], [[-5.000000e-01, 5.000000e-01]]]]> : tensor<3x2x1x2xf32>
  %s = arith.constant dense<[5.000000e-01, 2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[-7.500000e-01, 1.500000e+00, -7.500000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64} : (tensor<0x2x5x4xf32>, tensor<3x2x1x2xf32>) -> tensor<0x3x5x3xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<0x3x5x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<0x3x5x3xf32> loc("bn")
  return %1 : tensor<0x3x5x3xf32>
}

// -----

// CHECK: action = "folded"{{.*}}reason = "it has no effect: scale 1 and shift 0, or not used"
// CHECK-LABEL: func.func @no_channels
// CHECK-NEXT: return %arg0
func.func @no_channels(%x: tensor<2x0x4xf32>) -> tensor<2x0x4xf32> {
  %p = arith.constant dense<> : tensor<0xf32>
  %1 = nn.batch_norm_inference %x, %p, %p, %p, %p {epsilon = 0.0 : f64}
    : (tensor<2x0x4xf32>, tensor<0xf32>, tensor<0xf32>, tensor<0xf32>, tensor<0xf32>) -> tensor<2x0x4xf32>
  return %1 : tensor<2x0x4xf32>
}
