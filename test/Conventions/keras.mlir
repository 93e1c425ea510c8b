// Keras and TensorFlow: momentum is the weight of the old value, so that the
// operation takes one minus it; the plain kernel averages the biased variance,
// the fused one the unbiased.
// REQUIRES: kiln
// RUN: split-file %s %t
// RUN: kiln run %t/expected.mlir --output=mean=@%t/mean.npy --output=biased=@%t/biased.npy --output=fused=@%t/fused.npy
// RUN: kiln run %t/plain.mlir --interpret --rtol=1e-13 --expected-output=mean=@%t/mean.npy --expected-output=variance=@%t/biased.npy
// RUN: kiln run %t/plain.mlir --rtol=1e-13 --expected-output=mean=@%t/mean.npy --expected-output=variance=@%t/biased.npy
// RUN: kiln run %t/fused.mlir --rtol=1e-13 --expected-output=mean=@%t/mean.npy --expected-output=variance=@%t/fused.npy
// RUN: not kiln run %t/plain.mlir --rtol=1e-13 --expected-output=variance=@%t/fused.npy

// momentum = 0.99, by hand. Channel 0 has mean 2 and squares that sum to 70,
// channel 1 mean 11 and 30, of 9 elements each:
//   mean      0.99 * 10 + 0.01 * 2 = 9.92,     0.99 * -20 + 0.01 * 11 = -19.69
//   plain     0.99 * 3 + 0.01 * 70 / 9,        0.99 * 5 + 0.01 * 30 / 9
//   fused     0.99 * 3 + 0.01 * 70 / 8,        0.99 * 5 + 0.01 * 30 / 8

//--- expected.mlir
func.func @expected() -> (tensor<2xf64> {nn.name = "mean"}, tensor<2xf64> {nn.name = "biased"}, tensor<2xf64> {nn.name = "fused"}) {
  %mean = arith.constant dense<[9.92, -19.69]> : tensor<2xf64>
  %biased = arith.constant dense<[3.0477777777777777, 4.9833333333333333]> : tensor<2xf64>
  %fused = arith.constant dense<[3.0575, 4.9875]> : tensor<2xf64>
  return %mean, %biased, %fused : tensor<2xf64>, tensor<2xf64>, tensor<2xf64>
}

//--- plain.mlir
func.func @net() -> (tensor<2xf64> {nn.name = "mean"}, tensor<2xf64> {nn.name = "variance"}) {
  %x = arith.constant dense<[
    [[1.0, 4.0, -2.0], [10.0, 12.0, 8.0]],
    [[7.0, 0.0, 5.0], [14.0, 9.0, 13.0]],
    [[3.0, -1.0, 1.0], [11.0, 10.0, 12.0]]]> : tensor<3x2x3xf64>
  %scale = arith.constant dense<[1.5, -0.5]> : tensor<2xf64>
  %offset = arith.constant dense<[0.25, 2.0]> : tensor<2xf64>
  %rm = arith.constant dense<[10.0, -20.0]> : tensor<2xf64>
  %rv = arith.constant dense<[3.0, 5.0]> : tensor<2xf64>
  %y, %m, %v = nn.batch_norm_training %x, %scale, %offset running(%rm, %rv)
    {epsilon = 1.0e-3 : f64, momentum = 0.01 : f64, tracks_statistics}
    : (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>)
  return %m, %v : tensor<2xf64>, tensor<2xf64>
}

//--- fused.mlir
func.func @net() -> (tensor<2xf64> {nn.name = "mean"}, tensor<2xf64> {nn.name = "variance"}) {
  %x = arith.constant dense<[
    [[1.0, 4.0, -2.0], [10.0, 12.0, 8.0]],
    [[7.0, 0.0, 5.0], [14.0, 9.0, 13.0]],
    [[3.0, -1.0, 1.0], [11.0, 10.0, 12.0]]]> : tensor<3x2x3xf64>
  %scale = arith.constant dense<[1.5, -0.5]> : tensor<2xf64>
  %offset = arith.constant dense<[0.25, 2.0]> : tensor<2xf64>
  %rm = arith.constant dense<[10.0, -20.0]> : tensor<2xf64>
  %rv = arith.constant dense<[3.0, 5.0]> : tensor<2xf64>
  %y, %m, %v = nn.batch_norm_training %x, %scale, %offset running(%rm, %rv)
    {epsilon = 1.0e-3 : f64, momentum = 0.01 : f64, tracks_statistics, unbiased_variance}
    : (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>)
  return %m, %v : tensor<2xf64>, tensor<2xf64>
}
