// Activations: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// clip-C1
func.func @clip_c1(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(clip-C1) expects bounds that are not NaN, and minimum not above maximum}}
  %y = nn.clip %x {minimum = 1.0 : f64, maximum = 0.5 : f64} : tensor<2x3xf32>
  return
}

// -----

// clip-C1-nan
func.func @clip_c1_nan(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(clip-C1) expects bounds that are not NaN, and minimum not above maximum}}
  %y = nn.clip %x {minimum = 0.0 : f64, maximum = 0x7FF8000000000000 : f64} : tensor<2x3xf32>
  return
}

// -----

// leaky_relu-C1
func.func @leaky_relu_c1(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(leaky_relu-C1) expects a finite alpha}}
  %y = nn.leaky_relu %x {alpha = 0x7FF0000000000000 : f64} : tensor<2x3xf32>
  return
}

// -----

// prelu-C1
func.func @prelu_c1(%x: tensor<3xf32>) {
  // expected-error@+1 {{(prelu-C1) expects an input of rank 2 or more, got 'tensor<3xf32>'}}
  %y = nn.prelu %x, %x : tensor<3xf32>, tensor<3xf32>
  return
}

// -----

// prelu-C2
func.func @prelu_c2(%x: tensor<2x3xf32>, %s: tensor<2xf32>) {
  // expected-error@+1 {{(prelu-C2) expects one slope or 3, got 2}}
  %y = nn.prelu %x, %s : tensor<2x3xf32>, tensor<2xf32>
  return
}

// -----

// prelu-C3
func.func @prelu_c3(%x: tensor<2x3xf32>, %s: tensor<3xf64>) {
  // expected-error@+1 {{(prelu-C3) expects input and slope of one element type, got 'tensor<2x3xf32>' and 'tensor<3xf64>'}}
  %y = nn.prelu %x, %s : tensor<2x3xf32>, tensor<3xf64>
  return
}

// -----

// elu-C1
func.func @elu_c1(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(elu-C1) expects a finite alpha}}
  %y = nn.elu %x {alpha = 0x7FF8000000000000 : f64} : tensor<2x3xf32>
  return
}

// -----

// selu-C1
func.func @selu_c1(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(selu-C1) expects a finite alpha and gamma}}
  %y = nn.selu %x {alpha = 1.0 : f64, gamma = 0x7FF0000000000000 : f64} : tensor<2x3xf32>
  return
}

// -----

// selu-C1-alpha
func.func @selu_c1_alpha(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(selu-C1) expects a finite alpha and gamma}}
  %y = nn.selu %x {alpha = 0x7FF0000000000000 : f64, gamma = 1.0 : f64} : tensor<2x3xf32>
  return
}

// -----

// celu-C1
func.func @celu_c1(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(celu-C1) expects a finite alpha that is not zero}}
  %y = nn.celu %x {alpha = 0.0 : f64} : tensor<2x3xf32>
  return
}

// -----

// celu-C1-nan
func.func @celu_c1_nan(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(celu-C1) expects a finite alpha that is not zero}}
  %y = nn.celu %x {alpha = 0x7FF8000000000000 : f64} : tensor<2x3xf32>
  return
}

// -----

// hard_sigmoid-C1
func.func @hard_sigmoid_c1(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(hard_sigmoid-C1) expects a finite alpha and beta}}
  %y = nn.hard_sigmoid %x {alpha = 0x7FF8000000000000 : f64, beta = 0.5 : f64} : tensor<2x3xf32>
  return
}

// -----

// hard_sigmoid-C1-beta
func.func @hard_sigmoid_c1_beta(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(hard_sigmoid-C1) expects a finite alpha and beta}}
  %y = nn.hard_sigmoid %x {alpha = 0.2 : f64, beta = 0x7FF8000000000000 : f64} : tensor<2x3xf32>
  return
}

// -----

// softmax-C1
func.func @softmax_c1(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(softmax-C1) expects axis in [0, 2), got 2}}
  %y = nn.softmax %x {axis = 2 : i64} : tensor<2x3xf32>
  return
}

// -----

// softmax-C1-negative
func.func @softmax_c1_negative(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(softmax-C1) expects axis in [0, 2), got -1}}
  %y = nn.softmax %x {axis = -1 : i64} : tensor<2x3xf32>
  return
}

// -----

// log_softmax-C1
func.func @log_softmax_c1(%x: tensor<2x3xf32>) {
  // expected-error@+1 {{(log_softmax-C1) expects axis in [0, 2), got -2}}
  %y = nn.log_softmax %x {axis = -2 : i64} : tensor<2x3xf32>
  return
}
