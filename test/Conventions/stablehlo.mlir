// StableHLO's batch_norm_training and batch_norm_inference in terms of nn.
// REQUIRES: kiln
// RUN: split-file %s %t
// RUN: kiln run %t/expected.mlir --output=y=@%t/y.npy --output=mean=@%t/mean.npy --output=variance=@%t/variance.npy
// RUN: kiln run %t/training.mlir --interpret --rtol=1e-13 --atol=1e-13 --expected-output=y=@%t/y.npy --expected-output=mean=@%t/mean.npy --expected-output=variance=@%t/variance.npy
// RUN: kiln run %t/training.mlir --rtol=1e-13 --atol=1e-13 --expected-output=y=@%t/y.npy --expected-output=mean=@%t/mean.npy --expected-output=variance=@%t/variance.npy
// RUN: kiln run %t/inference.mlir --rtol=1e-13 --atol=1e-13 --expected-output=y=@%t/y.npy
// RUN: kiln run %t/last.mlir --rtol=1e-13 --atol=1e-13 --expected-output=y=@%t/y.npy
// RUN: kiln run %t/affine.mlir --rtol=1e-13 --atol=1e-13 --expected-output=z=@%t/y.npy

// batch_norm_training (x, scale, offset) {epsilon = 1.0e-3 : f32, feature_index = 1}
// returns the result and the batch's mean and biased variance; it updates
// nothing. By hand: means 2 and 11, variances 70 / 9 and 30 / 9 of 9 elements;
// the result computed in numpy with epsilon as f32 has it, 0.00100000004749745.

//--- expected.mlir
func.func @expected() -> (tensor<3x2x3xf64> {nn.name = "y"}, tensor<2xf64> {nn.name = "mean"}, tensor<2xf64> {nn.name = "variance"}) {
  %y = arith.constant dense<[
    [[-0.2878183012764184, 1.3256366025528368, -1.9012732051056735], [2.273820208799328, 1.726179791200672, 2.821460626397984]],
    [[2.939091506382092, -0.8256366025528368, 1.8634549038292552], [1.1785393736020162, 2.547640417598656, 1.452359582401344]],
    [[0.7878183012764184, -1.3634549038292552, -0.2878183012764184], [2.0, 2.273820208799328, 1.726179791200672]]]> : tensor<3x2x3xf64>
  %mean = arith.constant dense<[2.0, 11.0]> : tensor<2xf64>
  %variance = arith.constant dense<[7.7777777777777777, 3.3333333333333333]> : tensor<2xf64>
  return %y, %mean, %variance : tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>
}

// Without running statistics the operation returns the batch's own.
//--- training.mlir
func.func @net() -> (tensor<3x2x3xf64> {nn.name = "y"}, tensor<2xf64> {nn.name = "mean"}, tensor<2xf64> {nn.name = "variance"}) {
  %x = arith.constant dense<[
    [[1.0, 4.0, -2.0], [10.0, 12.0, 8.0]],
    [[7.0, 0.0, 5.0], [14.0, 9.0, 13.0]],
    [[3.0, -1.0, 1.0], [11.0, 10.0, 12.0]]]> : tensor<3x2x3xf64>
  %scale = arith.constant dense<[1.5, -0.5]> : tensor<2xf64>
  %offset = arith.constant dense<[0.25, 2.0]> : tensor<2xf64>
  %y, %m, %v = nn.batch_norm_training %x, %scale, %offset {epsilon = 0.0010000000474974513 : f64}
    : (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>) -> (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>)
  return %y, %m, %v : tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>
}

// The same order of operands: operand, scale, offset, mean, variance.
//--- inference.mlir
func.func @net() -> (tensor<3x2x3xf64> {nn.name = "y"}) {
  %x = arith.constant dense<[
    [[1.0, 4.0, -2.0], [10.0, 12.0, 8.0]],
    [[7.0, 0.0, 5.0], [14.0, 9.0, 13.0]],
    [[3.0, -1.0, 1.0], [11.0, 10.0, 12.0]]]> : tensor<3x2x3xf64>
  %scale = arith.constant dense<[1.5, -0.5]> : tensor<2xf64>
  %offset = arith.constant dense<[0.25, 2.0]> : tensor<2xf64>
  %mean = arith.constant dense<[2.0, 11.0]> : tensor<2xf64>
  %variance = arith.constant dense<[7.7777777777777777, 3.3333333333333333]> : tensor<2xf64>
  %y = nn.batch_norm_inference %x, %scale, %offset, %mean, %variance {epsilon = 0.0010000000474974513 : f64}
    : (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> tensor<3x2x3xf64>
  return %y : tensor<3x2x3xf64>
}

// feature_index = 2: the features are moved to dimension 1 and back.
//--- last.mlir
func.func @net() -> (tensor<3x2x3xf64> {nn.name = "y"}) {
  %x = arith.constant dense<[
    [[1.0, 4.0, -2.0], [10.0, 12.0, 8.0]],
    [[7.0, 0.0, 5.0], [14.0, 9.0, 13.0]],
    [[3.0, -1.0, 1.0], [11.0, 10.0, 12.0]]]> : tensor<3x2x3xf64>
  %scale = arith.constant dense<[1.5, -0.5]> : tensor<2xf64>
  %offset = arith.constant dense<[0.25, 2.0]> : tensor<2xf64>
  %e0 = tensor.empty() : tensor<3x3x2xf64>
  %features_last = linalg.transpose ins(%x : tensor<3x2x3xf64>) outs(%e0 : tensor<3x3x2xf64>) permutation = [0, 2, 1]
  %e1 = tensor.empty() : tensor<3x2x3xf64>
  %moved = linalg.transpose ins(%features_last : tensor<3x3x2xf64>) outs(%e1 : tensor<3x2x3xf64>) permutation = [0, 2, 1]
  %y, %m, %v = nn.batch_norm_training %moved, %scale, %offset {epsilon = 0.0010000000474974513 : f64}
    : (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>) -> (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>)
  return %y : tensor<3x2x3xf64>
}

// batch_norm_inference as an affine along axis = feature_index = 2: scale /
// sqrt(variance + epsilon) and offset - mean times that.
//--- affine.mlir
func.func @net() -> (tensor<3x2x3xf64> {nn.name = "z"}) {
  %x = arith.constant dense<[
    [[1.0, 4.0, -2.0], [10.0, 12.0, 8.0]],
    [[7.0, 0.0, 5.0], [14.0, 9.0, 13.0]],
    [[3.0, -1.0, 1.0], [11.0, 10.0, 12.0]]]> : tensor<3x2x3xf64>
  %e0 = tensor.empty() : tensor<3x3x2xf64>
  %features_last = linalg.transpose ins(%x : tensor<3x2x3xf64>) outs(%e0 : tensor<3x3x2xf64>) permutation = [0, 2, 1]
  %y = nn.channel_affine %features_last {axis = 2 : i64, scale = array<f64: 0.5378183012764184, -0.27382020879932795>, shift = array<f64: -0.8256366025528368, 5.012022296792607>} : tensor<3x3x2xf64>
  %e1 = tensor.empty() : tensor<3x2x3xf64>
  %z = linalg.transpose ins(%y : tensor<3x3x2xf64>) outs(%e1 : tensor<3x2x3xf64>) permutation = [0, 2, 1]
  return %z : tensor<3x2x3xf64>
}
