// Channel affine: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// channel_affine-C1
func.func @channel_affine_c1(%x: tensor<2x?xf32>) {
  // expected-error@+1 {{(channel_affine-C1) expects axis (1) to be a static dimension of 'tensor<2x?xf32>'}}
  %y = nn.channel_affine %x {scale = array<f64: 1.0>, shift = array<f64: 0.0>} : tensor<2x?xf32>
  return
}

// -----

// channel_affine-C1-range
func.func @channel_affine_c1_range(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(channel_affine-C1) expects axis (2) to be a static dimension of 'tensor<2x3xf32>'}}
  %y = nn.channel_affine %x {axis = 2 : i64, scale = array<f64: 1.0>, shift = array<f64: 0.0>} : tensor<2x3xf32>
  return
}

// -----

// channel_affine-C1-negative
func.func @channel_affine_c1_negative(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(channel_affine-C1) expects axis (-1) to be a static dimension of}}
  %y = nn.channel_affine %x {axis = -1 : i64, scale = array<f64: 1.0>, shift = array<f64: 0.0>} : tensor<2x3xf32>
  return
}

// -----

// channel_affine-C2
func.func @channel_affine_c2(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(channel_affine-C2) expects 3 scales and shifts, got 3 and 2}}
  %y = nn.channel_affine %x {scale = array<f64: 1.0, 2.0, 3.0>, shift = array<f64: 0.0, 1.0>} : tensor<2x3xf32>
  return
}

// -----

// channel_affine-C2-axis
func.func @channel_affine_c2_axis(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(channel_affine-C2) expects 2 scales and shifts, got 3 and 3}}
  %y = nn.channel_affine %x {axis = 0 : i64, scale = array<f64: 1.0, 2.0, 3.0>, shift = array<f64: 0.0, 1.0, 2.0>} : tensor<2x3xf32>
  return
}

// -----

// channel_affine-C3
func.func @channel_affine_c3(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(channel_affine-C3) expects finite scales and shifts}}
  %y = nn.channel_affine %x {scale = array<f64: 1.0, 0x7FF0000000000000, 3.0>, shift = array<f64: 0.0, 1.0, 2.0>} : tensor<2x3xf32>
  return
}

// -----

// channel_affine-C3-shift
func.func @channel_affine_c3_shift(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(channel_affine-C3) expects finite scales and shifts}}
  %y = nn.channel_affine %x {scale = array<f64: 1.0, 2.0, 3.0>, shift = array<f64: 0.0, 0x7FF8000000000000, 2.0>} : tensor<2x3xf32>
  return
}
