// RUN: kiln-opt %s -nn-check-statistics -split-input-file -verify-diagnostics
// Statistics that a net can have, and a trained one hardly does, are warned of.

// One warning for all layers; the third is trained, the fourth does not track.
func.func @fresh(%x: tensor<2x2x3xf32>) -> tensor<2x2x3xf32> {
  %scale = arith.constant dense<[-1.5, 0.5]> : tensor<2xf32>
  %zero = arith.constant dense<0.0> : tensor<2xf32>
  %one = arith.constant dense<1.0> : tensor<2xf32>
  %scale2 = arith.constant dense<[0.5, 1.0]> : tensor<2xf32>
  // expected-warning @below {{K0403: 2 of 3 batch normalisations ('nn.batch_norm_inference', 'nn.batch_norm_training'): the running statistics are 0 and 1}}
  %0 = nn.batch_norm_inference %x, %scale, %scale, %zero, %one {epsilon = 1.0e-05 : f64}
    : (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x3xf32>
  %1, %m, %v = nn.batch_norm_training %0, %scale, %scale running(%zero, %one) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, tracks_statistics}
    : (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>)
  %2 = nn.batch_norm_inference %1, %scale, %scale, %zero, %scale2 {epsilon = 1.0e-05 : f64}
    : (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<2x2x3xf32>
  %3, %m2, %v2 = nn.batch_norm_training %2, %scale, %scale running(%zero, %one) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64}
    : (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2x2x3xf32>, tensor<2xf32>, tensor<2xf32>)
  return %3 : tensor<2x2x3xf32>
}

// -----

func.func @zero(%x: tensor<1x3x3xf32>) -> tensor<1x3x3xf32> {
  %scale = arith.constant dense<[-1.5, 0.5, 2.0]> : tensor<3xf32>
  %variance = arith.constant dense<[0.25, 0.0, 0.0]> : tensor<3xf32>
  // expected-warning @below {{K0403: batch normalisation 'nn.batch_norm_inference': the running variance is 0 in 2 of 3 channels (the first is channel 1)}}
  %0 = nn.batch_norm_inference %x, %scale, %scale, %scale, %variance {epsilon = 1.0e-05 : f64}
    : (tensor<1x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x3xf32>
  return %0 : tensor<1x3x3xf32>
}

// -----

// In training mode nothing divides by it yet.
func.func @negative(%x: tensor<2x3x3xf32>) -> tensor<2x3x3xf32> {
  %scale = arith.constant dense<[-1.5, 0.5, 2.0]> : tensor<3xf32>
  %variance = arith.constant dense<[0.25, -0.5, 1.0]> : tensor<3xf32>
  // expected-warning @below {{K0403: batch normalisation 'nn.batch_norm_training': the running variance is negative or not a number in 1 of 3 channels (the first is channel 1); eval mode would refuse the net}}
  %0, %m, %v = nn.batch_norm_training %x, %scale, %scale running(%scale, %variance) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, tracks_statistics}
    : (tensor<2x3x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %0 : tensor<2x3x3xf32>
}
