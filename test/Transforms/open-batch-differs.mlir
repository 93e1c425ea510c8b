// RUN: kiln-opt %s -split-input-file -nn-open-batch=batch=3 -verify-diagnostics

// What is another net at another batch size.

// Constants that know the batch: of other contents...
func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error@+1 {{arith.constant is a constant that depends on the batch}}
  %c = arith.constant dense<1.0> : tensor<f32>
  return %x : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %c = arith.constant dense<3.0> : tensor<f32>
  return %x : tensor<3x2xf32>
}

// -----

// ...or of another size, with rows of their own.
func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error@+1 {{arith.constant is a constant whose size depends on the batch}}
  %c = arith.constant dense<[0]> : tensor<1xi64>
  return %x : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %c = arith.constant dense<[0, 1, 2]> : tensor<3xi64>
  return %x : tensor<3x2xf32>
}

// -----

// A net that goes on otherwise.
func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error@+1 {{nn.relu stands where nn.tanh is at another batch size}}
  %y = nn.relu %x : tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %y = nn.tanh %x : tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// The same operation on another value.
func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %y = nn.relu %x : tensor<1x2xf32>
  // expected-error@+1 {{nn.tanh takes another operand at another batch size}}
  %z = nn.tanh %y : tensor<1x2xf32>
  return %z : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %y = nn.relu %x : tensor<3x2xf32>
  %z = nn.tanh %x : tensor<3x2xf32>
  return %z : tensor<3x2xf32>
}

// -----

// Other attributes; and a net that is longer.
func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error@+1 {{nn.leaky_relu has other attributes at another batch size}}
  %y = nn.leaky_relu %x {alpha = 0.1 : f64} : tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %y = nn.leaky_relu %x {alpha = 0.3 : f64} : tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error@+1 {{func.return stands where the net goes on otherwise at another batch size}}
  return %x : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %y = nn.relu %x : tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// Convolution over the batch, read as channels.
func.func @net(%x: tensor<1x5xf32>, %w: tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  %e = tensor.expand_shape %x [[0, 1], [2]] output_shape [1, 1, 5] : tensor<1x5xf32> into tensor<1x1x5xf32>
  // expected-error@+1 {{nn.conv has other attributes at another batch size}}
  %y = nn.conv %e, %w {groups = 1 : i64, strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : (tensor<1x1x5xf32>, tensor<1x1x3xf32>) -> tensor<1x1x3xf32>
  return %y : tensor<1x1x3xf32>
}
func.func private @probe(%x: tensor<3x5xf32>, %w: tensor<3x1x3xf32>) -> tensor<1x3x3xf32> {
  %e = tensor.expand_shape %x [[0, 1], [2]] output_shape [1, 3, 5] : tensor<3x5xf32> into tensor<1x3x5xf32>
  %y = nn.conv %e, %w {groups = 3 : i64, strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : (tensor<1x3x5xf32>, tensor<3x1x3xf32>) -> tensor<1x3x3xf32>
  return %y : tensor<1x3x3xf32>
}
