// Subnormal weights are set to zero and counted, unless they are used otherwise.
// RUN: kiln-opt %s --cpu-flush-weights --split-input-file | FileCheck %s

// Two of the subnormal numbers are the kernel's alone; the smallest normal one
// stays.
// CHECK: module attributes {kiln.flushed_weights = 2 : i64}
// CHECK-LABEL: @weights
// CHECK-DAG: arith.constant dense<{{\[\[}}1.000000e+00, 0.000000e+00, 1.17549435E-38], [0.000000e+00, -2.000000e+00, 3.000000e+00]]>
// CHECK-DAG: arith.constant dense<{{\[\[}}9.999940e-41, 1.000000e+00, 2.000000e+00], [3.000000e+00, 4.000000e+00, 5.000000e+00]]>
func.func @weights(%x: tensor<5x2xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>, tensor<2x3xf32>) {
  %w = arith.constant dense<[[1.0, 1.0e-40, 0x00800000], [-1.0e-44, -2.0, 3.0]]> : tensor<2x3xf32>
  %shown = arith.constant dense<[[1.0e-40, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  %e = tensor.empty() : tensor<5x3xf32>
  %y = cpu.contract %x, %w into %e attributes {
      sizes = array<i64: 5, 3, 2>, reductions = 1 : i64, rows = 5 : i64, vectors = 1 : i64, lanes = 16 : i64,
      unrolled = 1 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x2xf32>, tensor<2x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  %z = cpu.contract %x, %shown into %e attributes {
      sizes = array<i64: 5, 3, 2>, reductions = 1 : i64, rows = 5 : i64, vectors = 1 : i64, lanes = 16 : i64,
      unrolled = 1 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x2xf32>, tensor<2x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  return %y, %z, %shown : tensor<5x3xf32>, tensor<5x3xf32>, tensor<2x3xf32>
}

// -----

// A net with f64 at its border runs without flushing.
// CHECK-NOT: flushed_weights
// CHECK-LABEL: @doubles
// CHECK: 9.999940e-41
func.func @doubles(%x: tensor<5x2xf32>, %other: tensor<1xf64>) -> tensor<5x3xf32> {
  %w = arith.constant dense<1.0e-40> : tensor<2x3xf32>
  %e = tensor.empty() : tensor<5x3xf32>
  %y = cpu.contract %x, %w into %e attributes {
      sizes = array<i64: 5, 3, 2>, reductions = 1 : i64, rows = 5 : i64, vectors = 1 : i64, lanes = 16 : i64,
      unrolled = 1 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<5x2xf32>, tensor<2x3xf32>, tensor<5x3xf32>) -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}
