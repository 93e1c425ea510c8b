// RUN: kiln-opt %s -split-input-file -verify-diagnostics

func.func @map_missing(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  // expected-error @below {{(contract-C1)}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}

// -----

func.func @map_rank(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  // expected-error @below {{(contract-C1)}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}

// -----

func.func @rows_zero(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  // expected-error @below {{(contract-C2)}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 0 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}

// -----

func.func @extent_zero(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  // expected-error @below {{(contract-C2)}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 0, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}

// -----

func.func @too_much_unrolled(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  // expected-error @below {{(contract-C2)}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 2 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}

// -----

func.func @no_row_loop(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  // expected-error @below {{(contract-C2)}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 2 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}

// -----

func.func @order_twice(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  // expected-error @below {{(contract-C2)}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 0>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}

// -----

func.func @body_type(%a: tensor<5x7xf32>, %b: tensor<7x19xf32>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  // expected-error @below {{(contract-C3)}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f64):
    cpu.yield %sum : f64
  } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}

// -----

func.func @element_types(%a: tensor<5x7xf32>, %b: tensor<7x19xf64>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  // expected-error @below {{(contract-C4)}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x7xf32>, tensor<7x19xf64>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}

// -----

func.func @mixed(%a: tensor<5x7xf32>, %b: memref<7x19xf32>, %c: tensor<5x19xf32>) -> tensor<5x19xf32> {
  // expected-error @below {{(contract-C5)}}
  %0 = cpu.contract %a, %b into %c attributes {
      sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 3 : i64,
      vectors = 2 : i64, lanes = 8 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x7xf32>, memref<7x19xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}
