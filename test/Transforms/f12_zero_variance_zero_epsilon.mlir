// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file --verify-diagnostics

// F12: division by zero is diagnosed, and there is no silent Inf. A scale of 0
// does not excuse it.

func.func @zero(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %s = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %o = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %m = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %v = arith.constant dense<[1.0, 0.0]> : tensor<2xf32>
  // expected-error @below {{K0400: batch normalisation 'nn.batch_norm_inference': the running variance plus epsilon of channel 1 is 0; the layer divides by its root: give an epsilon above 0}}
  %y = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %y : tensor<1x2x3xf32>
}
