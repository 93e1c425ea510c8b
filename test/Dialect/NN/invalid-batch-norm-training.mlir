// Batch normalisation by the batch's statistics: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// batch_norm_training-C1
func.func @batch_norm_training_c1(%x: tensor<3xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C1) expects an input of rank 2 or more}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p running(%p, %v) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64}
    : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C2
func.func @batch_norm_training_c2(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<2xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C2) expects parameters of 3 elements, got 2}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p running(%p, %v) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<2xf32>)
  return
}

// -----

// batch_norm_training-C3
func.func @batch_norm_training_c3(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C3) expects a finite epsilon of at least 0}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p running(%p, %v) {epsilon = -0.5 : f64, momentum = 0.1 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C4-mean
func.func @batch_norm_training_c4_mean(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>) {
  // expected-error@+2 {{(batch_norm_training-C4) expects running mean and variance together, and both where statistics are tracked}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = "nn.batch_norm_training"(%x, %p, %p, %p) {
      epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, operandSegmentSizes = array<i32: 1, 1, 1, 1, 0, 0>}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C4-variance
func.func @batch_norm_training_c4_variance(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>) {
  // expected-error@+2 {{(batch_norm_training-C4) expects running mean and variance together, and both where statistics are tracked}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = "nn.batch_norm_training"(%x, %p, %p, %p) {
      epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, operandSegmentSizes = array<i32: 1, 1, 1, 0, 1, 0>}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C4-tracking
func.func @batch_norm_training_c4_tracking(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C4) expects running mean and variance together, and both where statistics are tracked}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p {epsilon = 1.0e-05 : f64, tracks_statistics}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C5-neither
func.func @batch_norm_training_c5_neither(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C5) expects either momentum or the number of batches tracked with running statistics, and neither without}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p running(%p, %v) {epsilon = 1.0e-05 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C5-both
func.func @batch_norm_training_c5_both(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C5) expects either momentum or the number of batches tracked with running statistics, and neither without}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p running(%p, %v, %n) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<i64>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C5-alone
func.func @batch_norm_training_c5_alone(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C5) expects either momentum or the number of batches tracked with running statistics, and neither without}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C6-above
func.func @batch_norm_training_c6_above(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C6) expects momentum in [0, 1]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p running(%p, %v) {epsilon = 1.0e-05 : f64, momentum = 1.5 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C6-nan
func.func @batch_norm_training_c6_nan(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C6) expects momentum in [0, 1]}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p running(%p, %v) {epsilon = 1.0e-05 : f64, momentum = 0x7FF8000000000000 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C7
func.func @batch_norm_training_c7(%x: tensor<1x3x1xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C7) expects more than one element a channel for an unbiased variance}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p running(%p, %v) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, unbiased_variance}
    : (tensor<1x3x1xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<1x3x1xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// batch_norm_training-C7-empty
func.func @batch_norm_training_c7_empty(%x: tensor<0x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf32>, %n: tensor<i64>) {
  // expected-error@+2 {{(batch_norm_training-C7) expects at least one element a channel}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p running(%p, %v) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64}
    : (tensor<0x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<0x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}

// -----

// The new statistics have the running ones' types.
// batch_norm_training-result
func.func @batch_norm_training_result(%x: tensor<2x3x5xf32>, %p: tensor<3xf32>, %v: tensor<3xf64>) {
  // expected-error@+2 {{inferred type(s) 'tensor<2x3x5xf32>', 'tensor<3xf32>', 'tensor<3xf64>' are incompatible with return type(s)}}
  // expected-error@+1 {{failed to infer returned types}}
  %y, %m, %s = nn.batch_norm_training %x, %p, %p running(%p, %v) {epsilon = 1.0e-05 : f64, momentum = 0.0 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf64>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return
}
