// Average pooling: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// average_pool-C1
func.func @average_pool_c1(%x: tensor<1x3xf32>) {
  // expected-error@+2 {{(average_pool-C1) expects an input of rank 3 to 5, got 2; operands: 'tensor<1x3xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.average_pool %x {
      kernel = array<i64: 3>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (tensor<1x3xf32>) -> tensor<1x3xf32>
  return
}

// -----

// average_pool-C2
func.func @average_pool_c2(%x: tensor<1x3x9xf32>) {
  // expected-error@+2 {{(average_pool-C2) expects one kernel size, stride, dilation, low and high padding for each of 1 spatial dimensions}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.average_pool %x {
      kernel = array<i64: 3, 3>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (tensor<1x3x9xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

// average_pool-C3-kernel
func.func @average_pool_c3_kernel(%x: tensor<1x3x9xf32>) {
  // expected-error@+2 {{(average_pool-C3) expects kernel, strides and dilations of at least 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.average_pool %x {
      kernel = array<i64: 0>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (tensor<1x3x9xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

// average_pool-C3-stride
func.func @average_pool_c3_stride(%x: tensor<1x3x9xf32>) {
  // expected-error@+2 {{(average_pool-C3) expects kernel, strides and dilations of at least 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.average_pool %x {
      kernel = array<i64: 3>, strides = array<i64: 0>, dilations = array<i64: 1>,
      pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (tensor<1x3x9xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

// average_pool-C3-padding
func.func @average_pool_c3_padding(%x: tensor<1x3x9xf32>) {
  // expected-error@+2 {{(average_pool-C3) expects kernel, strides and dilations of at least 1 and padding of at least 0, all below 2^31}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.average_pool %x {
      kernel = array<i64: 3>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 1>, pad_high = array<i64: -1>} : (tensor<1x3x9xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

// average_pool-C3-huge
func.func @average_pool_c3_huge(%x: tensor<1x3x9xf32>) {
  // expected-error@+2 {{(average_pool-C3) expects kernel, strides and dilations of at least 1 and padding of at least 0, all below 2^31}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.average_pool %x {
      kernel = array<i64: 9223372036854775807>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (tensor<1x3x9xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

// average_pool-C4-padding
func.func @average_pool_c4_padding(%x: tensor<1x3x9xf32>) {
  // expected-error@+2 {{(average_pool-C4) expects padding smaller than the dilated kernel (3) along spatial dimension 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.average_pool %x {
      kernel = array<i64: 3>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 3>, pad_high = array<i64: 1>} : (tensor<1x3x9xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

// The taps at -1 and 1 miss the one element.
// average_pool-C4-dilation
func.func @average_pool_c4_dilation(%x: tensor<1x3x1xf32>) {
  // expected-error@+2 {{(average_pool-C4) expects a dilation (2) of at most the input's size (1) along padded spatial dimension 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.average_pool %x {
      kernel = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 2>,
      pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (tensor<1x3x1xf32>) -> tensor<1x3x1xf32>
  return
}

// -----

// average_pool-C5
func.func @average_pool_c5(%x: tensor<1x3x9xf32>) {
  // expected-error@+2 {{(average_pool-C5) expects the dilated kernel (11) to fit into the padded input along spatial dimension 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.average_pool %x {
      kernel = array<i64: 3>, strides = array<i64: 2>, dilations = array<i64: 5>,
      pad_low = array<i64: 0>, pad_high = array<i64: 1>} : (tensor<1x3x9xf32>) -> tensor<1x3x5xf32>
  return
}

// -----

// average_pool-C5-huge
func.func @average_pool_c5_huge(%x: tensor<1x3x9223372036854775807xf32>) {
  // expected-error@+2 {{(average_pool-C5) expects the dilated kernel (3) to fit into the padded input along spatial dimension 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.average_pool %x {
      kernel = array<i64: 3>, strides = array<i64: 2>, dilations = array<i64: 1>,
      pad_low = array<i64: 1>, pad_high = array<i64: 1>} : (tensor<1x3x9223372036854775807xf32>) -> tensor<1x3x5xf32>
  return
}
