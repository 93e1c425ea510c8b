// RUN: kiln-opt %s -nn-check-statistics -split-input-file -verify-diagnostics
// Bad statistics are refused whether the net is folded or not (F12, F13).

func.func @sound(%x: tensor<1x2x3xf32>, %given: tensor<2xf32>) -> tensor<1x2x3xf32> {
  %scale = arith.constant dense<[-1.5, 0.0]> : tensor<2xf32>
  %offset = arith.constant dense<[0.25, 1.0]> : tensor<2xf32>
  %variance = arith.constant dense<[1.0e-45, 0.0]> : tensor<2xf32>
  %0 = nn.batch_norm_inference %x, %scale, %offset, %given, %variance {epsilon = 1.0e-05 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %0 : tensor<1x2x3xf32>
}

// -----

func.func @negative(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %scale = arith.constant dense<[-1.5, 0.5]> : tensor<2xf32>
  %variance = arith.constant dense<[0.5, -0.25]> : tensor<2xf32>
  // expected-error @below {{K0400: batch normalisation 'nn.batch_norm_inference': the running variance of channel 1 is -0.25}}
  %0 = nn.batch_norm_inference %x, %scale, %scale, %scale, %variance {epsilon = 1.0e-05 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %0 : tensor<1x2x3xf32>
}

// -----

func.func @zero(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %scale = arith.constant dense<[-1.5, 0.5]> : tensor<2xf32>
  %variance = arith.constant dense<[0.0, 0.25]> : tensor<2xf32>
  // expected-error @below {{K0400: batch normalisation 'nn.batch_norm_inference': the running variance plus epsilon of channel 0 is 0}}
  %0 = nn.batch_norm_inference %x, %scale, %scale, %scale, %variance {epsilon = 0.0 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %0 : tensor<1x2x3xf32>
}
