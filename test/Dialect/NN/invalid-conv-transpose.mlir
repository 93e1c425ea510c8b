// Transposed convolution: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// conv_transpose-C1
func.func @conv_transpose_c1(%x: tensor<1x4x5x5xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C1) expects input and weights of one rank from 3 to 5, got 4 and 3}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x4x5x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C2
func.func @conv_transpose_c2(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C2) expects one stride, dilation, low and high padding for each of 1 spatial dimensions}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1, 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C2-output-padding
func.func @conv_transpose_c2_output_padding(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C2) expects one output padding for each of 1 spatial dimensions}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64>, groups = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C3
func.func @conv_transpose_c3(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C3) expects strides and dilations of at least 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 0>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C3-output-padding
func.func @conv_transpose_c3_output_padding(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C3) expects output padding of at least 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: -1>, groups = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C4
func.func @conv_transpose_c4(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C4) expects groups (3) to be at least 1, below 2^31, and to divide the input's channels}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 3 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C4-huge
func.func @conv_transpose_c4_huge(%x: tensor<1x?x5xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C4) expects groups (9223372036854775807)}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 9223372036854775807 : i64}
    : (tensor<1x?x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C5
func.func @conv_transpose_c5(%x: tensor<1x4x5xf32>, %w: tensor<3x4x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C5) expects weights with 4 input channels, got 3; operands: 'tensor<1x4x5xf32>', 'tensor<3x4x2xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<3x4x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C5-huge
func.func @conv_transpose_c5_huge(%x: tensor<1x4x5xf32>, %w: tensor<4x9223372036854775807x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C5) expects weights with fewer than 2^31 columns}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 2 : i64}
    : (tensor<1x4x5xf32>, tensor<4x9223372036854775807x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// The bias has O elements, here two groups of three.
// conv_transpose-C6
func.func @conv_transpose_c6(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf32>, %b: tensor<3xf32>) {
  // expected-error@+2 {{(conv_transpose-C6) expects a bias of 6 elements, got 3}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w, %b {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 2 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf32>, tensor<3xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C7-empty
func.func @conv_transpose_c7_empty(%x: tensor<1x4x5xf32>, %w: tensor<4x3x0xf32>) {
  // expected-error@+2 {{(conv_transpose-C7) expects kernel dimensions of at least 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x0xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C7-negative
func.func @conv_transpose_c7_negative(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C7) expects a result that is not negative and below 2^31 along spatial dimension 0, got -2}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 7>,
      pad_high = array<i64: 5>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C7-huge
func.func @conv_transpose_c7_huge(%x: tensor<1x4x9223372036854775807xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C7) expects spatial dimensions below 2^31}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x4x9223372036854775807xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C7-stride
func.func @conv_transpose_c7_stride(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{(conv_transpose-C7) expects a result that is not negative and below 2^31 along spatial dimension 0, got 8589934590}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2147483647>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-C8
func.func @conv_transpose_c8(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf64>) {
  // expected-error@+2 {{(conv_transpose-C8) expects input, weights and bias of one element type}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf64>) -> tensor<1x3x10xf32>
  return
}

// -----

// conv_transpose-result
func.func @conv_transpose_result(%x: tensor<1x4x5xf32>, %w: tensor<4x3x2xf32>) {
  // expected-error@+2 {{inferred type(s) 'tensor<1x3x10xf32>' are incompatible with return type(s) of operation 'tensor<1x3x9xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv_transpose %x, %w {
      strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 0>,
      pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
    : (tensor<1x4x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x9xf32>
  return
}
