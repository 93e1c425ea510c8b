// PyTorch's BatchNorm1d: what its parameters mean on nn.batch_norm_training.
// REQUIRES: kiln
// RUN: split-file %s %t
// RUN: kiln run %t/expected.mlir --output=y=@%t/y.npy --output=mean=@%t/mean.npy --output=variance=@%t/variance.npy
// RUN: kiln run %t/batch.mlir --interpret --rtol=1e-13 --atol=1e-13 --expected-output=y=@%t/y.npy --expected-output=mean=@%t/mean.npy --expected-output=variance=@%t/variance.npy
// RUN: kiln run %t/batch.mlir --rtol=1e-13 --atol=1e-13 --expected-output=y=@%t/y.npy --expected-output=mean=@%t/mean.npy --expected-output=variance=@%t/variance.npy
// RUN: kiln run %t/untracked.mlir --mode=eval --rtol=1e-13 --atol=1e-13 --expected-output=y=@%t/y.npy
// RUN: kiln run %t/expected-eval.mlir --output=y=@%t/eval.npy
// RUN: kiln run %t/eval.mlir --mode=eval --rtol=1e-13 --atol=1e-13 --expected-output=y=@%t/eval.npy
// RUN: kiln run %t/expected-cumulative.mlir --output=mean=@%t/cmean.npy --output=variance=@%t/cvariance.npy
// RUN: kiln run %t/cumulative.mlir --rtol=1e-13 --atol=1e-13 --expected-output=mean=@%t/cmean.npy --expected-output=variance=@%t/cvariance.npy
// The check can fail: the biased variance is another number.
// RUN: not kiln run %t/biased.mlir --rtol=1e-13 --atol=1e-13 --expected-output=variance=@%t/variance.npy

// Computed with torch 1.13.1 from
//   b = torch.nn.BatchNorm1d(2, eps=0.5, momentum=0.25).double()
//   b.weight[:], b.bias[:] = (1.5, -0.5), (0.25, 2)
//   b.running_mean[:], b.running_var[:] = (10, -20), (3, 5)
//   y = b.train()(x); b.running_mean, b.running_var
// By hand: channel 0 has mean 2 and squares that sum to 70, channel 1 mean 11
// and 30, of 9 elements each. Momentum is the weight of the new batch:
// 0.75 * 10 + 0.25 * 2 = 8. Normalised is by 70 / 9, but the running variance
// takes 70 / 8: 0.75 * 3 + 0.25 * 8.75 = 4.4375.

//--- expected.mlir
func.func @expected() -> (tensor<3x2x3xf64> {nn.name = "y"}, tensor<2xf64> {nn.name = "mean"}, tensor<2xf64> {nn.name = "variance"}) {
  %y = arith.constant dense<[
    [[-0.271356001727143, 1.292712003454286, -1.835424006908572], [2.2553769592276245, 1.744623040772375, 2.7661308776828735]],
    [[2.856780008635715, -0.792712003454286, 1.814068005181429], [1.2338691223171259, 2.510753918455249, 1.4892460815447506]],
    [[0.771356001727143, -1.314068005181429, -0.271356001727143], [1.9999999999999996, 2.2553769592276245, 1.744623040772375]]]> : tensor<3x2x3xf64>
  %mean = arith.constant dense<[8.0, -12.25]> : tensor<2xf64>
  %variance = arith.constant dense<[4.4375, 4.6875]> : tensor<2xf64>
  return %y, %mean, %variance : tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>
}

//--- batch.mlir
func.func @net() -> (tensor<3x2x3xf64> {nn.name = "y"}, tensor<2xf64> {nn.name = "mean"}, tensor<2xf64> {nn.name = "variance"}) {
  %x = arith.constant dense<[
    [[1.0, 4.0, -2.0], [10.0, 12.0, 8.0]],
    [[7.0, 0.0, 5.0], [14.0, 9.0, 13.0]],
    [[3.0, -1.0, 1.0], [11.0, 10.0, 12.0]]]> : tensor<3x2x3xf64>
  %scale = arith.constant dense<[1.5, -0.5]> : tensor<2xf64>
  %offset = arith.constant dense<[0.25, 2.0]> : tensor<2xf64>
  %rm = arith.constant dense<[10.0, -20.0]> : tensor<2xf64>
  %rv = arith.constant dense<[3.0, 5.0]> : tensor<2xf64>
  %y, %m, %v = nn.batch_norm_training %x, %scale, %offset running(%rm, %rv)
    {epsilon = 0.5 : f64, momentum = 0.25 : f64, tracks_statistics, unbiased_variance}
    : (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>)
  return %y, %m, %v : tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>
}

//--- biased.mlir
func.func @net() -> (tensor<3x2x3xf64> {nn.name = "y"}, tensor<2xf64> {nn.name = "mean"}, tensor<2xf64> {nn.name = "variance"}) {
  %x = arith.constant dense<[
    [[1.0, 4.0, -2.0], [10.0, 12.0, 8.0]],
    [[7.0, 0.0, 5.0], [14.0, 9.0, 13.0]],
    [[3.0, -1.0, 1.0], [11.0, 10.0, 12.0]]]> : tensor<3x2x3xf64>
  %scale = arith.constant dense<[1.5, -0.5]> : tensor<2xf64>
  %offset = arith.constant dense<[0.25, 2.0]> : tensor<2xf64>
  %rm = arith.constant dense<[10.0, -20.0]> : tensor<2xf64>
  %rv = arith.constant dense<[3.0, 5.0]> : tensor<2xf64>
  %y, %m, %v = nn.batch_norm_training %x, %scale, %offset running(%rm, %rv)
    {epsilon = 0.5 : f64, momentum = 0.25 : f64, tracks_statistics}
    : (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>)
  return %y, %m, %v : tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>
}

// track_running_stats=False: no buffers, the batch's statistics in eval mode,
// too (torch: b.eval()(x) equals y).
//--- untracked.mlir
func.func @net() -> (tensor<3x2x3xf64> {nn.name = "y"}) {
  %x = arith.constant dense<[
    [[1.0, 4.0, -2.0], [10.0, 12.0, 8.0]],
    [[7.0, 0.0, 5.0], [14.0, 9.0, 13.0]],
    [[3.0, -1.0, 1.0], [11.0, 10.0, 12.0]]]> : tensor<3x2x3xf64>
  %scale = arith.constant dense<[1.5, -0.5]> : tensor<2xf64>
  %offset = arith.constant dense<[0.25, 2.0]> : tensor<2xf64>
  %y, %m, %v = nn.batch_norm_training %x, %scale, %offset {epsilon = 0.5 : f64}
    : (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>) -> (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>)
  return %y : tensor<3x2x3xf64>
}

// After the step: b.eval()(x), by the statistics (8, -12.25), (4.4375, 4.6875).
//--- expected-eval.mlir
func.func @expected() -> (tensor<3x2x3xf64> {nn.name = "y"}) {
  %y = arith.constant dense<[
    [[-4.475369183889301, -2.4502109622224575, -6.500527405556143], [-2.8845095695412204, -3.3235666094999816, -2.445452529582459]],
    [[-0.4250527405556144, -5.150421924444915, -1.7751582216668431], [-3.7626236494587433, -2.6649810495618396, -3.5430951294793624]],
    [[-3.1252637027780716, -5.825474665000529, -4.475369183889301], [-3.1040380895206012, -2.8845095695412204, -3.3235666094999816]]]> : tensor<3x2x3xf64>
  return %y : tensor<3x2x3xf64>
}

//--- eval.mlir
func.func @net() -> (tensor<3x2x3xf64> {nn.name = "y"}) {
  %x = arith.constant dense<[
    [[1.0, 4.0, -2.0], [10.0, 12.0, 8.0]],
    [[7.0, 0.0, 5.0], [14.0, 9.0, 13.0]],
    [[3.0, -1.0, 1.0], [11.0, 10.0, 12.0]]]> : tensor<3x2x3xf64>
  %scale = arith.constant dense<[1.5, -0.5]> : tensor<2xf64>
  %offset = arith.constant dense<[0.25, 2.0]> : tensor<2xf64>
  %rm = arith.constant dense<[8.0, -12.25]> : tensor<2xf64>
  %rv = arith.constant dense<[4.4375, 4.6875]> : tensor<2xf64>
  %y, %m, %v = nn.batch_norm_training %x, %scale, %offset running(%rm, %rv)
    {epsilon = 0.5 : f64, momentum = 0.25 : f64, tracks_statistics, unbiased_variance}
    : (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> (tensor<3x2x3xf64>, tensor<2xf64>, tensor<2xf64>)
  return %y : tensor<3x2x3xf64>
}

// momentum=None: every batch weighs the same. The batch above was the first
// (mean 2, 11; variance 8.75, 3.75); the second has 6 elements a channel, means
// 11 / 6 and 11 / 6: (2 + 11 / 6) / 2 = 1.9166.
//--- expected-cumulative.mlir
func.func @expected() -> (tensor<2xf64> {nn.name = "mean"}, tensor<2xf64> {nn.name = "variance"}) {
  %mean = arith.constant dense<[1.9166666666666665, 6.416666666666667]> : tensor<2xf64>
  %variance = arith.constant dense<[14.058333333333334, 4.558333333333334]> : tensor<2xf64>
  return %mean, %variance : tensor<2xf64>, tensor<2xf64>
}

//--- cumulative.mlir
func.func @net() -> (tensor<2xf64> {nn.name = "mean"}, tensor<2xf64> {nn.name = "variance"}) {
  %x = arith.constant dense<[[[2.0, 0.0, -3.0], [1.0, 5.0, 4.0]], [[6.0, -2.0, 8.0], [-1.0, 0.0, 2.0]]]> : tensor<2x2x3xf64>
  %scale = arith.constant dense<[1.5, -0.5]> : tensor<2xf64>
  %offset = arith.constant dense<[0.25, 2.0]> : tensor<2xf64>
  %rm = arith.constant dense<[2.0, 11.0]> : tensor<2xf64>
  %rv = arith.constant dense<[8.75, 3.75]> : tensor<2xf64>
  %tracked = arith.constant dense<1> : tensor<i64>
  %y, %m, %v = nn.batch_norm_training %x, %scale, %offset running(%rm, %rv, %tracked)
    {epsilon = 0.5 : f64, tracks_statistics, unbiased_variance}
    : (tensor<2x2x3xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<i64>) -> (tensor<2x2x3xf64>, tensor<2xf64>, tensor<2xf64>)
  return %m, %v : tensor<2xf64>, tensor<2xf64>
}
