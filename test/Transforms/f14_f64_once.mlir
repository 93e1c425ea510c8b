// RUN: kiln-opt %s --nn-fold-pipeline --split-input-file | FileCheck %s

// F14: epsilon 1e-5, arithmetic in f64, one rounding. With a mean of 1000 a chain
// in f32 gives -1.90234375 for the bias. Expected: 60 decimal digits, rounded once to
// f32; the difference that the last operations make is then exact.

// CHECK-LABEL: func.func @net
// CHECK-DAG: arith.constant dense<{{\[\[\[}}2.20260{{[0-9]*}}, 7.34202{{[0-9]*}}]]]>
// CHECK-DAG: arith.constant dense<-1.9020{{[0-9]*}}> : tensor<1xf32>
func.func @net(%x: tensor<1x1x4xf32>) -> tensor<1x1x3xf32> {
  %w = arith.constant dense<[[[0x3DCCCCCD, 0x3EAAAAAB]]]> : tensor<1x1x2xf32>
  %b = arith.constant dense<[0x447A0000]> : tensor<1xf32>
  %s = arith.constant dense<[0x3F333333]> : tensor<1xf32>
  %o = arith.constant dense<[0x3E99999A]> : tensor<1xf32>
  %m = arith.constant dense<[0x447A0666]> : tensor<1xf32>
  %v = arith.constant dense<[0x3A83126F]> : tensor<1xf32>
  %0 = nn.conv %x, %w, %b {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64} : (tensor<1x1x4xf32>, tensor<1x1x2xf32>, tensor<1xf32>) -> tensor<1x1x3xf32>
  %1 = nn.batch_norm_inference %0, %s, %o, %m, %v {epsilon = 1.0e-05 : f64}
    : (tensor<1x1x3xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<1x1x3xf32>
  return %1 : tensor<1x1x3xf32>
}
