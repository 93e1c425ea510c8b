// Convolution: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// Two dimensions are no image.
// conv-C1
func.func @conv_c1(%x: tensor<1x4xf32>, %w: tensor<6x4xf32>) {
  // expected-error@+2 {{(conv-C1) expects input and weights of one rank from 3 to 5, got 2 and 2; operands: 'tensor<1x4xf32>', 'tensor<6x4xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4xf32>, tensor<6x4xf32>) -> tensor<1x6xf32>
  return
}

// -----

// conv-C1-ranks
func.func @conv_c1_ranks(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3xf32>) {
  // expected-error@+2 {{(conv-C1) expects input and weights of one rank from 3 to 5, got 4 and 3}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C2
func.func @conv_c2(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{(conv-C2) expects one stride, dilation, low and high padding for each of 2 spatial dimensions}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C3-stride
func.func @conv_c3_stride(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{(conv-C3) expects strides and dilations of at least 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 0>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C3-dilation
func.func @conv_c3_dilation(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{(conv-C3) expects strides and dilations of at least 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: -1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C3-padding
func.func @conv_c3_padding(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{(conv-C3) expects strides and dilations of at least 1 and padding of at least 0, all below 2^31}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, -1>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// A sum that would overflow 64 bits.
// conv-C3-huge
func.func @conv_c3_huge(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{(conv-C3) expects strides and dilations of at least 1 and padding of at least 0, all below 2^31}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 9223372036854775807, 0>, pad_high = array<i64: 9223372036854775807, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C4-zero
func.func @conv_c4_zero(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{(conv-C4) expects groups (0) to be at least 1, below 2^31, and to divide the input's channels}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 0 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C4-inputs
func.func @conv_c4_inputs(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{(conv-C4) expects groups (3) to be at least 1, below 2^31, and to divide the input's channels; operands: 'tensor<1x4x9x7xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 3 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C4-outputs
func.func @conv_c4_outputs(%x: tensor<1x4x9x7xf32>, %w: tensor<6x1x3x3xf32>) {
  // expected-error@+2 {{(conv-C4) expects groups (4) to divide the weights' output channels (6)}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 4 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x1x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C5
func.func @conv_c5(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{(conv-C5) expects weights with 2 input channels a group, got 4}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 2 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C6
func.func @conv_c6(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>, %b: tensor<4xf32>) {
  // expected-error@+2 {{(conv-C6) expects a bias of 6 elements, got 4}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w, %b {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>, tensor<4xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C7-empty
func.func @conv_c7_empty(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x0x3xf32>) {
  // expected-error@+2 {{(conv-C7) expects kernel dimensions of at least 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x0x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C7-fits
func.func @conv_c7_fits(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{(conv-C7) expects the dilated kernel (9) to fit into the padded input (8) along spatial dimension 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 4>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 1>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C7-huge
func.func @conv_c7_huge(%x: tensor<1x4x9223372036854775807x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{(conv-C7) expects spatial dimensions below 2^31}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<1x4x9223372036854775807x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C8
func.func @conv_c8(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf16>) {
  // expected-error@+2 {{(conv-C8) expects input, weights and bias of one element type}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf16>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// conv-C8-bias
func.func @conv_c8_bias(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>, %b: tensor<6xf64>) {
  // expected-error@+2 {{(conv-C8) expects input, weights and bias of one element type}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w, %b {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>, tensor<6xf64>) -> tensor<1x6x7x5xf32>
  return
}

// -----

// The inferred type is the result's; both are shown.
// conv-result
func.func @conv_result(%x: tensor<1x4x9x7xf32>, %w: tensor<6x4x3x3xf32>) {
  // expected-error@+2 {{'nn.conv' op inferred type(s) 'tensor<1x6x7x5xf32>' are incompatible with return type(s) of operation 'tensor<1x6x7x6xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.conv %x, %w {
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x4x9x7xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x7x6xf32>
  return
}
