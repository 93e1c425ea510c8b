// Batch normalisation by running statistics: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// batch_norm_inference-C1
func.func @batch_norm_inference_c1(%x: tensor<3xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>) {
  // expected-error@+2 {{(batch_norm_inference-C1) expects an input of rank 2 or more; operands: 'tensor<3xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.batch_norm_inference %x, %p, %p, %p, %v {epsilon = 1.0e-05 : f64}
    : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

// batch_norm_inference-C2
func.func @batch_norm_inference_c2(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<4xf32>) {
  // expected-error@+2 {{(batch_norm_inference-C2) expects parameters of 3 elements, got 4}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.batch_norm_inference %x, %p, %p, %p, %v {epsilon = 1.0e-05 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4xf32>) -> tensor<2x3x5xf32>
  return
}

// -----

// batch_norm_inference-C3-negative
func.func @batch_norm_inference_c3_negative(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>) {
  // expected-error@+2 {{(batch_norm_inference-C3) expects a finite epsilon of at least 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.batch_norm_inference %x, %p, %p, %p, %v {epsilon = -1.0e-05 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x5xf32>
  return
}

// -----

// batch_norm_inference-C3-nan
func.func @batch_norm_inference_c3_nan(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>) {
  // expected-error@+2 {{(batch_norm_inference-C3) expects a finite epsilon of at least 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.batch_norm_inference %x, %p, %p, %p, %v {epsilon = 0x7FF8000000000000 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x5xf32>
  return
}
