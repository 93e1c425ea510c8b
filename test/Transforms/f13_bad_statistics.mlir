// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file --verify-diagnostics

// F13: bad statistics are diagnosed by channel; tiny ones are fine.

func.func @negative(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %s = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %o = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %m = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %v = arith.constant dense<[1.0, -0.5]> : tensor<2xf32>
  // expected-error @below {{the running variance of channel 1 is -0.5; it must be finite and not negative}}
  %y = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 1.0e-5 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %y : tensor<1x2x3xf32>
}

// -----

func.func @nan(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %s = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %o = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %m = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %v = arith.constant dense<[0x7FC00000, 1.0]> : tensor<2xf32>
  // expected-error @below {{the running variance of channel 0 is nan}}
  %y = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 1.0e-5 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %y : tensor<1x2x3xf32>
}

// -----

func.func @infinite(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %s = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %o = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %m = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %v = arith.constant dense<[1.0, 0x7F800000]> : tensor<2xf32>
  // expected-error @below {{the running variance of channel 1 is inf}}
  %y = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 1.0e-5 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %y : tensor<1x2x3xf32>
}

// -----

func.func @scale(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %s = arith.constant dense<[1.0, 0x7F800000]> : tensor<2xf32>
  %o = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %m = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %v = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // expected-error @below {{the scale of channel 1 is inf}}
  %y = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 1.0e-5 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %y : tensor<1x2x3xf32>
}

// -----

func.func @mean(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %s = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %o = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %m = arith.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32>
  %v = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // expected-error @below {{the running mean of channel 1 is nan}}
  %y = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 1.0e-5 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %y : tensor<1x2x3xf32>
}

// -----

// The trained nets hold variances of 6e-45 and 9.8e7.
func.func @denormal(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %s = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %o = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %m = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %v = arith.constant dense<[6.0e-45, 9.8e7]> : tensor<2xf32>
  %y = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 1.0e-5 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32>
  return %y : tensor<1x2x3xf32>
}
