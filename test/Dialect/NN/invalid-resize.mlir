// Resize: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// resize-C1
func.func @resize_c1(%x: tensor<1x2xf32>) {
  // expected-error@+2 {{(resize-C1) expects an input of rank 3 to 5; operands: 'tensor<1x2xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 2.0>} : (tensor<1x2xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-C2
func.func @resize_c2(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{(resize-C2) expects one size and one scale for each of 2 spatial dimensions, got 2 and 1}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-C3-size
func.func @resize_c3_size(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{(resize-C3) expects sizes of at least 1, at most 2^24, and finite positive scales}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>,
      sizes = array<i64: 6, 0>, scales = array<f64: 2.0, 2.0>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-C3-scale
func.func @resize_c3_scale(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{(resize-C3) expects sizes of at least 1, at most 2^24, and finite positive scales}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 0.0>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-C3-nan
func.func @resize_c3_nan(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{(resize-C3) expects sizes of at least 1, at most 2^24, and finite positive scales}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 0x7FF8000000000000>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-C4
func.func @resize_c4(%x: tensor<1x2x0x5xf32>) {
  // expected-error@+2 {{(resize-C4) expects no spatial dimension of size 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 2.0>} : (tensor<1x2x0x5xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-C5
func.func @resize_c5(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{(resize-C5) expects a finite cubic coefficient}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>, cubic_coefficient = 0x7FF0000000000000 : f64,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 2.0>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-result
func.func @resize_result(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{inferred type(s) 'tensor<1x2x6x10xf32>' are incompatible with return type(s) of operation 'tensor<1x2x6x5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 2.0>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x5xf32>
  return
}

// -----

// resize-C6-missing
func.func @resize_c6_missing(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{(resize-C6) expects a roi with tf_crop_and_resize alone, of two finite entries for each spatial dimension}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<tf_crop_and_resize>,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 2.0>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-C6-short
func.func @resize_c6_short(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{(resize-C6)}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<tf_crop_and_resize>, roi = array<f64: 0.0, 1.0>,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 2.0>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-C6-elsewhere
func.func @resize_c6_elsewhere(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{(resize-C6)}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>, roi = array<f64: 0.0, 0.0, 1.0, 1.0>,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 2.0>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-C7-nearest
func.func @resize_c7_nearest(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{(resize-C7) expects no antialias with nearest}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<nearest>, coordinates = #nn.coordinates<half_pixel>, antialias,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 2.0>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  return
}

// -----

// resize-C7-taps
func.func @resize_c7_taps(%x: tensor<1x2x3x5xf32>) {
  // expected-error@+2 {{(resize-C7) expects antialias filters of at most 2^24 weights for each dimension}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.resize %x {
      mode = #nn.resize_mode<cubic>, coordinates = #nn.coordinates<half_pixel>, antialias,
      sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 1.0e-09>} : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
  return
}
