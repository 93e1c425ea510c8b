// RUN: kiln-opt %s --nn-fold-pipeline --nn-fuse-pipeline --split-input-file | FileCheck %s

// F20: on [N, C] the channel is the feature of the linear layer; on [N, C, L] it
// is not, even where C = L. Expected: W * s[:, None] and t, by NumPy.

// CHECK: action = "folded"{{.*}}into = "fc"
// CHECK-LABEL: func.func @features
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}-1.093750e-01, -9.375000e-02], [2.187500e-01, -9.375000e-02], [-1.312500e+00, -1.500000e+00]]>
// CHECK-DAG: %[[B:.*]] = arith.constant dense<[4.531250e-01, 1.093750e+00, -6.250000e-01]>
// CHECK: %[[Y:.*]] = nn.linear %arg0, %[[W]], %[[B]]
// CHECK-NEXT: return %[[Y]]
func.func @features(%x: tensor<5x2xf32>) -> tensor<5x3xf32> {
  %w = arith.constant dense<[[-1.750000e+00, -1.500000e+00], [-1.750000e+00, 7.500000e-01], [-1.750000e+00, -2.000000e+00]]> : tensor<3x2xf32>
  %s = arith.constant dense<[2.500000e-01, -5.000000e-01, 1.500000e+00]> : tensor<3xf32>
  %o = arith.constant dense<[5.000000e-01, 1.250000e+00, -2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[7.500000e-01, -1.250000e+00, 5.000000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 4.000000e+00]> : tensor<3xf32>
  %0 = nn.linear %x, %w : (tensor<5x2xf32>, tensor<3x2xf32>) -> tensor<5x3xf32> loc("fc")
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<5x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<5x3xf32> loc("bn")
  return %1 : tensor<5x3xf32>
}

// -----

// CHECK: action = "fused"{{.*}}into = "fc"{{.*}}reason = "backward: its channels lie along dimension 1, those of 'fc' (nn.linear) along dimension 2
// CHECK-LABEL: func.func @not_features
// CHECK-DAG: %[[W:.*]] = arith.constant dense<{{\[\[}}-1.750000e+00, -1.500000e+00], [-1.750000e+00, 7.500000e-01], [-1.750000e+00, -2.000000e+00]]>
// CHECK: nn.fused
// CHECK: nn.linear %arg0, %[[W]] :
// CHECK: nn.channel_affine
func.func @not_features(%x: tensor<5x3x2xf32>) -> tensor<5x3x3xf32> {
  %w = arith.constant dense<[[-1.750000e+00, -1.500000e+00], [-1.750000e+00, 7.500000e-01], [-1.750000e+00, -2.000000e+00]]> : tensor<3x2xf32>
  %s = arith.constant dense<[2.500000e-01, -5.000000e-01, 1.500000e+00]> : tensor<3xf32>
  %o = arith.constant dense<[5.000000e-01, 1.250000e+00, -2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[7.500000e-01, -1.250000e+00, 5.000000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 4.000000e+00]> : tensor<3xf32>
  %0 = nn.linear %x, %w : (tensor<5x3x2xf32>, tensor<3x2xf32>) -> tensor<5x3x3xf32> loc("fc")
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<5x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<5x3x3xf32> loc("bn")
  return %1 : tensor<5x3x3xf32>
}
