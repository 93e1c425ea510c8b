// One case for each way to break a constraint of cpu.batch_norm.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// batch_norm-C1: one shape
func.func @c1_shape(%x: tensor<4x3x5x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x5x9xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C1) expects input and out of one shape}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x5x9xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x5x9xf32>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C1: planes
func.func @c1_rank(%x: tensor<4x3xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C1) expects input and out of one shape}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3xf32>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C1: nothing to normalise
func.func @c1_empty(%x: tensor<4x3x0x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x0x7xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C1) expects input and out of one shape}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x0x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x0x7xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x0x7xf32>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C1: blocks of lanes
func.func @c1_lanes(%x: tensor<4x1x5x7x16xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x1x5x7x16xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C1) expects input and out of one shape}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      blocked, epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, b, h, w, v) -> (0, b)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x1x5x7x16xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x1x5x7x16xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x1x5x7x16xf32>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C2: a scale for each channel
func.func @c2_scale(%x: tensor<4x3x5x7xf32>, %s: tensor<5xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x5x7xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C2) expects scale, offset, mean and variance}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x5x7xf32>, tensor<5xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C2: a variance for each channel
func.func @c2_variance(%x: tensor<4x3x5x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x5x7xf32>, %m: tensor<3xf64>, %v: tensor<5xf64>) {
  // expected-error@+1 {{(batch_norm-C2) expects scale, offset, mean and variance}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<5xf64>) -> (tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<5xf64>)
  return
}

// -----

// batch_norm-C2: channels fill the blocks
func.func @c2_blocks(%x: tensor<4x2x5x7x8xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x2x5x7x8xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C2) expects scale, offset, mean and variance}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      blocked, epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, b, h, w, v) -> (0, b)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x2x5x7x8xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x2x5x7x8xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x2x5x7x8xf32>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C3: statistics in f64
func.func @c3_mean(%x: tensor<4x3x5x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x5x7xf32>, %m: tensor<3xf32>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C3) expects input and out of one type}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf64>) -> (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C3: no halves
func.func @c3_half(%x: tensor<4x3x5x7xf16>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x5x7xf16>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C3) expects input and out of one type}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x5x7xf16>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x5x7xf16>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x5x7xf16>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C4: a finite epsilon
func.func @c4_epsilon(%x: tensor<4x3x5x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x5x7xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C4) expects a finite epsilon}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = -1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C4: vectors
func.func @c4_lanes(%x: tensor<4x3x5x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x5x7xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C4) expects a finite epsilon}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 0 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C5: a map from the dimensions
func.func @c5_map(%x: tensor<4x3x5x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x5x7xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C5) expects for each extra a map}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C6: an element of each extra
func.func @c6_body(%x: tensor<4x3x5x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x5x7xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C6) expects a body}}
  %0:3 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C7: a result for each destination
func.func @c7_results(%x: tensor<4x3x5x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>, %e: tensor<2x3xf32>, %y: tensor<4x3x5x7xf32>, %m: tensor<3xf64>, %v: tensor<3xf64>) {
  // expected-error@+1 {{(batch_norm-C7) expects static tensors}}
  %0:2 = cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>, tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x5x7xf32>, tensor<3xf64>)
  return
}

// -----

// batch_norm-C7: parameters side by side
func.func @c7_gaps(%x: memref<4x3x5x7xf32>, %s: memref<3xf32, strided<[2]>>, %o: memref<3xf32>, %e: memref<2x3xf32>, %y: memref<4x3x5x7xf32>, %m: memref<3xf64>, %v: memref<3xf64>) {
  // expected-error@+1 {{(batch_norm-C7) expects memrefs with static strides}}
  cpu.batch_norm %x by %s, %o with %e into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [affine_map<(n, c, h, w) -> (0, c)>]} {
  ^bb0(%n: f32, %z: f32):
    cpu.yield %n : f32
  } : (memref<4x3x5x7xf32>, memref<3xf32, strided<[2]>>, memref<3xf32>, memref<2x3xf32>, memref<4x3x5x7xf32>, memref<3xf64>, memref<3xf64>) -> ()
  return
}
