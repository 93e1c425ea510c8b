// Prologues of cpu.contract: one case for each way to break a constraint.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// contract-C1: the map of an extra starts from the operand's dimensions
func.func @c1(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %s: tensor<7xf32>, %c: tensor<5x19xf32>) {
  // expected-error@+1 {{(contract-C1) expects map 2 to go from 2 loops to 1 dimensions}}
  %0 = cpu.contract %a, %b after %s into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 5 : i64, vectors = 1 : i64,
      lanes = 16 : i64, unrolled = 0 : i64, order = array<i64: 1, 0>, transformed = 1 : i64,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (k)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } prologue {
  ^bb0(%e: f32, %scale: f32):
    cpu.yield %e : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<7xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return
}

// -----

// contract-C6: an argument for each extra
func.func @c6_arguments(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %s: tensor<7xf32>, %c: tensor<5x19xf32>) {
  // expected-error@+1 {{(contract-C6) expects a prologue from an element of the operand and of each extra}}
  %0 = cpu.contract %a, %b after %s into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 5 : i64, vectors = 1 : i64,
      lanes = 16 : i64, unrolled = 0 : i64, order = array<i64: 1, 0>, transformed = 1 : i64,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(k, n) -> (k)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } prologue {
  ^bb0(%e: f32):
    cpu.yield %e : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<7xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return
}

// -----

// contract-C6: extras of no prologue
func.func @c6_none(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %s: tensor<7xf32>, %c: tensor<5x19xf32>) {
  // expected-error@+1 {{(contract-C6) expects a prologue for its extras}}
  %0 = cpu.contract %a, %b after %s into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 5 : i64, vectors = 1 : i64,
      lanes = 16 : i64, unrolled = 0 : i64, order = array<i64: 1, 0>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, k) -> (k)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<7xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return
}

// -----

// contract-C6: what a tile reads of a packed operand is no block
func.func @c6_map(%a: tensor<5x7xf32>, %b: tensor<2x7x16xf32>, %c: tensor<5x19xf32>) {
  // expected-error@+1 {{(contract-C6) expects the map of the operand that the prologue transforms to hold sums}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 5 : i64, vectors = 1 : i64,
      lanes = 16 : i64, unrolled = 0 : i64, order = array<i64: 1, 0>, transformed = 1 : i64,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n floordiv 16, k, n mod 16)>,
              affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } prologue {
  ^bb0(%e: f32):
    cpu.yield %e : f32
  } : (tensor<5x7xf32>, tensor<2x7x16xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return
}
