// Two convolutions, the second by Winograd's algorithm.
func.func @net(%x: tensor<1x40x31x29xf32> {nn.name = "x"}) -> (tensor<1x56x31x29xf32> {nn.name = "y"}) {
  %v = arith.constant dense<0.25> : tensor<72x40x1x1xf32>
  %w = arith.constant dense<0.5> : tensor<56x72x3x3xf32>
  %0 = nn.conv %x, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
      : (tensor<1x40x31x29xf32>, tensor<72x40x1x1xf32>) -> tensor<1x72x31x29xf32> loc("first")
  %1 = nn.conv %0, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>, groups = 1 : i64}
      : (tensor<1x72x31x29xf32>, tensor<56x72x3x3xf32>) -> tensor<1x56x31x29xf32> loc("second")
  return %1 : tensor<1x56x31x29xf32>
}
