// RUN: kiln-opt %s -cpu-record-interface -split-input-file -verify-diagnostics | FileCheck %s

// CHECK: module attributes {kiln.interface = {inputs = [{name = "a b", shape = array<i64: 2, 3>, type = f32}], name = "net", outputs = [{name = "", shape = array<i64: 2>, type = i64}]}}
// CHECK: func.func @kiln_main
func.func @net(%x: tensor<2x3xf32> {nn.name = "a b"}) -> tensor<2xi64> {
  %0 = arith.constant dense<[1, 2]> : tensor<2xi64>
  return %0 : tensor<2xi64>
}

// -----

// expected-error @below {{K0203: no kernels for element type 'f8E4M3FN'}}
func.func @eighth(%x: tensor<2x3xf8E4M3FN>) {
  return
}

// -----

// expected-error @below {{K0300: a tensor of unknown shape 'tensor<?x3xf32>'}}
func.func @dynamic(%x: tensor<?x3xf32>) {
  return
}

// -----

// CHECK: kiln.interface = {inputs = [{batched, name = "x", shape = array<i64: 1, 3>, type = f32}, {name = "w", shape = array<i64: 3>, type = f32}], name = "open", outputs = [{batched, name = "", shape = array<i64: 7, 3>, type = f32}]}
func.func @open(%x: tensor<1x3xf32> {nn.batch, nn.name = "x"}, %w: tensor<3xf32> {nn.name = "w"}) -> (tensor<7x3xf32> {nn.batch}) {
  %0 = arith.constant dense<1.0> : tensor<7x3xf32>
  return %0 : tensor<7x3xf32>
}
