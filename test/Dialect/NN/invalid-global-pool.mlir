// Global pooling: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// global_average_pool-C1
func.func @global_average_pool_c1(%x: tensor<1x3xf32>) {
  // expected-error@+2 {{(global_average_pool-C1) expects an input of rank 3 or more; operands: 'tensor<1x3xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.global_average_pool %x : (tensor<1x3xf32>) -> tensor<1x3x1xf32>
  return
}

// -----

// global_average_pool-C2
func.func @global_average_pool_c2(%x: tensor<1x3x0xf32>) {
  // expected-error@+2 {{(global_average_pool-C2) expects no spatial dimension of size 0; operands: 'tensor<1x3x0xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.global_average_pool %x : (tensor<1x3x0xf32>) -> tensor<1x3x1xf32>
  return
}

// -----

// global_max_pool-C1
func.func @global_max_pool_c1(%x: tensor<1x3xf32>) {
  // expected-error@+2 {{(global_max_pool-C1) expects an input of rank 3 or more; operands: 'tensor<1x3xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.global_max_pool %x : (tensor<1x3xf32>) -> tensor<1x3x1xf32>
  return
}

// -----

// global_max_pool-C2
func.func @global_max_pool_c2(%x: tensor<1x3x0xf32>) {
  // expected-error@+2 {{(global_max_pool-C2) expects no spatial dimension of size 0; operands: 'tensor<1x3x0xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %y = nn.global_max_pool %x : (tensor<1x3x0xf32>) -> tensor<1x3x1xf32>
  return
}
