// Parsing what was printed gives the same, in the pretty and the generic form.
// RUN: kiln-opt %s | kiln-opt | FileCheck %s
// RUN: kiln-opt %s --mlir-print-op-generic | kiln-opt | FileCheck %s

// CHECK-LABEL: func.func @inference
func.func @inference(%x: tensor<1x3x5x7xf16>, %p: tensor<3xf16>, %s: tensor<3xf32>) -> tensor<1x3x5x7xf16> {
  // CHECK: nn.batch_norm_inference %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} {epsilon = 1.000000e-05 : f64} : (tensor<1x3x5x7xf16>, tensor<3xf16>, tensor<3xf16>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x5x7xf16>
  %y = nn.batch_norm_inference %x, %p, %p, %s, %s {epsilon = 1.0e-05 : f64}
    : (tensor<1x3x5x7xf16>, tensor<3xf16>, tensor<3xf16>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x5x7xf16>
  return %y : tensor<1x3x5x7xf16>
}

// The statistics have the running ones' types: here two.
// CHECK-LABEL: func.func @momentum
func.func @momentum(%x: tensor<4x3x5x7xf32>, %p: tensor<3xf32>, %v: tensor<3xf64>) -> tensor<4x3x5x7xf32> {
  // CHECK: nn.batch_norm_training %{{.*}}, %{{.*}}, %{{.*}} running(%{{.*}}, %{{.*}}) {epsilon = 1.000000e-05 : f64, momentum = 1.000000e-01 : f64, tracks_statistics, unbiased_variance} : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf64>) -> (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf64>)
  %y, %mean, %variance = nn.batch_norm_training %x, %p, %p
      running(%p, %v) {epsilon = 1.0e-05 : f64, momentum = 1.0e-01 : f64,
      tracks_statistics, unbiased_variance}
    : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf64>)
    -> (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf64>)
  return %y : tensor<4x3x5x7xf32>
}

// CHECK-LABEL: func.func @cumulative
func.func @cumulative(%x: tensor<4x3xf32>, %p: tensor<3xf32>, %n: tensor<i64>) -> tensor<4x3xf32> {
  // CHECK: nn.batch_norm_training %{{.*}}, %{{.*}}, %{{.*}} running(%{{.*}}, %{{.*}}, %{{.*}}) {epsilon = 0.000000e+00 : f64}
  %y, %mean, %variance = nn.batch_norm_training %x, %p, %p running(%p, %p, %n) {epsilon = 0.0 : f64}
    : (tensor<4x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<i64>)
    -> (tensor<4x3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %y : tensor<4x3xf32>
}

// Without running statistics the batch's come back, biased even for one element
// a channel.
// CHECK-LABEL: func.func @untracked
func.func @untracked(%x: tensor<1x3x1xf32>, %p: tensor<3xf64>) -> tensor<1x3x1xf32> {
  // CHECK: nn.batch_norm_training %{{.*}}, %{{.*}}, %{{.*}} {epsilon = 1.000000e-03 : f64} : (tensor<1x3x1xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<1x3x1xf32>, tensor<3xf64>, tensor<3xf64>)
  %y, %mean, %variance = nn.batch_norm_training %x, %p, %p {epsilon = 1.0e-03 : f64}
    : (tensor<1x3x1xf32>, tensor<3xf64>, tensor<3xf64>) -> (tensor<1x3x1xf32>, tensor<3xf64>, tensor<3xf64>)
  return %y : tensor<1x3x1xf32>
}

// CHECK-LABEL: func.func @channel_affine
func.func @channel_affine(%x: tensor<2x3xf32>, %z: tensor<?x2x?xf32>) -> (tensor<2x3xf32>, tensor<?x2x?xf32>) {
  // CHECK: nn.channel_affine %{{.*}} {axis = 0 : i64, scale = array<f64: -5.000000e-01, 2.000000e+00>, shift = array<f64: 2.500000e-01, 0.000000e+00>} : tensor<2x3xf32>
  %0 = nn.channel_affine %x {axis = 0 : i64, scale = array<f64: -0.5, 2.0>, shift = array<f64: 0.25, 0.0>} : tensor<2x3xf32>
  // CHECK: nn.channel_affine %{{.*}} {scale = array<f64: 1.000000e-01, 3.000000e+00>, shift = array<f64: 1.000000e+00, -1.000000e+00>} : tensor<?x2x?xf32>
  %1 = nn.channel_affine %z {scale = array<f64: 0.1, 3.0>, shift = array<f64: 1.0, -1.0>} : tensor<?x2x?xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<?x2x?xf32>
}
