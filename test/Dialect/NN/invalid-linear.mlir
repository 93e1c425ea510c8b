// Linear layer: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// linear-C1
func.func @linear_c1(%x: tensor<2x5xf32>, %w: tensor<3x5x1xf32>) {
  // expected-error@+2 {{(linear-C1) expects an input of rank 1 or more and weights of rank 2; operands: 'tensor<2x5xf32>', 'tensor<3x5x1xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.linear %x, %w : (tensor<2x5xf32>, tensor<3x5x1xf32>) -> tensor<2x3xf32>
  return
}

// -----

// linear-C1-scalar
func.func @linear_c1_scalar(%x: tensor<f32>, %w: tensor<3x5xf32>) {
  // expected-error@+2 {{(linear-C1) expects an input of rank 1 or more and weights of rank 2}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.linear %x, %w : (tensor<f32>, tensor<3x5xf32>) -> tensor<2x3xf32>
  return
}

// -----

// linear-C2
func.func @linear_c2(%x: tensor<2x5xf32>, %w: tensor<3x4xf32>) {
  // expected-error@+2 {{(linear-C2) expects the input's last dimension (5) to be the weights' (4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.linear %x, %w : (tensor<2x5xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
  return
}

// -----

// linear-C3
func.func @linear_c3(%x: tensor<2x5xf32>, %w: tensor<3x5xf32>, %b: tensor<2xf32>) {
  // expected-error@+2 {{(linear-C3) expects a bias of 3 elements, got 2}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.linear %x, %w, %b : (tensor<2x5xf32>, tensor<3x5xf32>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}

// -----

// linear-C4
func.func @linear_c4(%x: tensor<2x5xf32>, %w: tensor<3x5xf64>) {
  // expected-error@+2 {{(linear-C4) expects input, weights and bias of one element type}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.linear %x, %w : (tensor<2x5xf32>, tensor<3x5xf64>) -> tensor<2x3xf32>
  return
}

// -----

// linear-C4-bias
func.func @linear_c4_bias(%x: tensor<2x5xf32>, %w: tensor<3x5xf32>, %b: tensor<3xbf16>) {
  // expected-error@+2 {{(linear-C4) expects input, weights and bias of one element type}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.linear %x, %w, %b : (tensor<2x5xf32>, tensor<3x5xf32>, tensor<3xbf16>) -> tensor<2x3xf32>
  return
}

// -----

// linear-result
func.func @linear_result(%x: tensor<2x5xf32>, %w: tensor<3x5xf32>) {
  // expected-error@+2 {{inferred type(s) 'tensor<2x3xf32>' are incompatible with return type(s) of operation 'tensor<3x2xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.linear %x, %w : (tensor<2x5xf32>, tensor<3x5xf32>) -> tensor<3x2xf32>
  return
}
