// Fused regions: one case for each labelled constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// fused-C1: nothing
func.func @fused_c1_none(%x: tensor<2x5xf32>) {
  // expected-error@+1 {{(fused-C1) expects an operation}}
  %y = nn.fused {
    nn.yield %x : tensor<2x5xf32>
  } : tensor<2x5xf32>
  return
}

// -----

// fused-C1: two roots
func.func @fused_c1_two(%x: tensor<2x5xf32>, %w: tensor<5x5xf32>) {
  // expected-error@+1 {{(fused-C1) expects at most one operation that is not elementwise, got 2}}
  %y = nn.fused {
    %0 = nn.linear %x, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
    %1 = nn.linear %0, %w : (tensor<2x5xf32>, tensor<5x5xf32>) -> tensor<2x5xf32>
    nn.yield %1 : tensor<2x5xf32>
  } : tensor<2x5xf32>
  return
}

// -----

// fused-C2: softmax reads other positions
func.func @fused_c2(%x: tensor<2x5xf32>, %w: tensor<3x5xf32>) {
  // expected-error@+1 {{(fused-C2) expects elementwise operations around the root, got 'nn.softmax'}}
  %y = nn.fused {
    %0 = nn.linear %x, %w : (tensor<2x5xf32>, tensor<3x5xf32>) -> tensor<2x3xf32>
    %1 = nn.softmax %0 {axis = 1 : i64} : tensor<2x3xf32>
    nn.yield %1 : tensor<2x3xf32>
  } : tensor<2x3xf32>
  return
}

// -----

// fused-C2: a transposition is a linalg.generic with parallel loops, yet not
// elementwise
func.func @fused_c2_transposed(%x: tensor<3x5xf32>, %w: tensor<3x5xf32>, %e: tensor<3x3xf32>) {
  // expected-error@+1 {{(fused-C2) expects elementwise operations around the root, got 'linalg.generic'}}
  %y = nn.fused {
    %0 = nn.linear %x, %w : (tensor<3x5xf32>, tensor<3x5xf32>) -> tensor<3x3xf32>
    %1 = linalg.generic {
        indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>, affine_map<(d0, d1) -> (d0, d1)>],
        iterator_types = ["parallel", "parallel"]}
        ins(%0 : tensor<3x3xf32>) outs(%e : tensor<3x3xf32>) {
    ^bb0(%i: f32, %o: f32):
      linalg.yield %i : f32
    } -> tensor<3x3xf32>
    nn.yield %1 : tensor<3x3xf32>
  } : tensor<3x3xf32>
  return
}

// -----

// fused-C2: a body that asks for its index
func.func @fused_c2_index(%x: tensor<2x5xf64>, %w: tensor<3x5xf64>) {
  // expected-error@+1 {{(fused-C2) expects elementwise operations around the root, got 'linalg.generic'}}
  %y = nn.fused {
    %0 = nn.linear %x, %w : (tensor<2x5xf64>, tensor<3x5xf64>) -> tensor<2x3xf64>
    %1 = linalg.generic {
        indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>],
        iterator_types = ["parallel", "parallel"]}
        outs(%0 : tensor<2x3xf64>) {
    ^bb0(%o: f64):
      %i = linalg.index 1 : index
      %n = arith.index_cast %i : index to i64
      %f = arith.sitofp %n : i64 to f64
      linalg.yield %f : f64
    } -> tensor<2x3xf64>
    nn.yield %1 : tensor<2x3xf64>
  } : tensor<2x3xf64>
  return
}

// -----

// fused-C3: another type is yielded
func.func @fused_c3(%x: tensor<2x5xf32>, %w: tensor<3x5xf32>) {
  // expected-error@+1 {{(fused-C3) expects nn.yield of one value of the result's type}}
  %y = nn.fused {
    %0 = nn.linear %x, %w : (tensor<2x5xf32>, tensor<3x5xf32>) -> tensor<2x3xf32>
    nn.yield %0 : tensor<2x3xf32>
  } : tensor<3x2xf32>
  return
}

// -----

// fused-C3: nothing is yielded
func.func @fused_c3_missing(%x: tensor<2x5xf32>, %w: tensor<3x5xf32>) {
  %y = nn.fused {
    // expected-error@+1 {{block with no terminator}}
    %0 = nn.linear %x, %w : (tensor<2x5xf32>, tensor<3x5xf32>) -> tensor<2x3xf32>
  } : tensor<2x3xf32>
  return
}

// -----

func.func @yield_outside(%x: tensor<2x5xf32>) {
  // expected-error@+1 {{'nn.yield' op expects parent op 'nn.fused'}}
  nn.yield %x : tensor<2x5xf32>
}

// -----

// fused-C3: the root's statistics are not yielded
func.func @fused_c3_statistics(%x: tensor<4x3x5xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>) {
  // expected-error@+1 {{(fused-C3) expects nn.yield of one value of the result's type, and of all further results of the root}}
  %y = nn.fused {
    %n, %m, %v = nn.batch_norm_training %x, %s, %o {epsilon = 1.0e-05 : f64}
      : (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
    nn.yield %n : tensor<4x3x5xf32>
  } : tensor<4x3x5xf32>
  return
}
