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
