// RUN: kiln-opt %s --nn-fold-pipeline -o %t.once
// RUN: kiln-opt %s --nn-fold-pipeline --nn-fold-pipeline -o %t.twice
// RUN: diff %t.once %t.twice
// RUN: FileCheck %s < %t.once
// RUN: not kiln-opt %t.once --nn-set-mode=mode=train -o /dev/null 2>&1 | FileCheck %s --check-prefix=TRAIN
// RUN: kiln-opt %t.once --nn-set-mode=mode=eval -o %t.eval
// RUN: diff %t.once %t.eval

// F25: folding twice is folding once; a folded net has no training mode.

// CHECK: nn.folded
// TRAIN: error: K0401: the net's batch normalisations are folded into its weights
func.func @net(%x: tensor<1x2x5x4xf32>) -> tensor<1x3x5x3xf32> {
  %w = arith.constant dense<[[[[-7.500000e-01, -1.500000e+00]], [[1.500000e+00, 1.250000e+00]]], [[[1.000000e+00, 1.750000e+00]], [[0.000000e+00, -1.250000e+00]]], [[[2.500000e-01, 2.500000e-01]], [[-5.000000e-01, 5.000000e-01]]]]> : tensor<3x2x1x2xf32>
  %s = arith.constant dense<[5.000000e-01, 2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[-7.500000e-01, 1.500000e+00, -7.500000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64} : (tensor<1x2x5x4xf32>, tensor<3x2x1x2xf32>) -> tensor<1x3x5x3xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x5x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x5x3xf32> loc("bn")
  return %1 : tensor<1x3x5x3xf32>
}
