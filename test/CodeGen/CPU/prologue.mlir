// RUN: kiln-opt %s -cpu-lower-contractions='vector-bits=512 registers=32' -split-input-file | FileCheck %s

// A 1x1 convolution reads its input in place: the prologue becomes the
// kernel's, the loops of the input lie outside, so that each element goes
// through once.
// CHECK: #[[CHANNEL:.*]] = affine_map<(d0, d1, d2) -> (d1)>
// CHECK-LABEL: func.func @pointwise
// CHECK-SAME: (%[[X:.*]]: tensor<1x7x5x13xf32>
// CHECK-NOT: linalg.generic
// CHECK: %[[FLAT:.*]] = tensor.collapse_shape %[[X]]
// CHECK: cpu.contract %{{.*}}, %[[FLAT]] after %{{.*}}, %{{.*}} into
// CHECK-SAME: #[[CHANNEL]], #[[CHANNEL]]
// CHECK-SAME: order = array<i64: 0, 1, 3, 2>
// CHECK-SAME: transformed = 1
// CHECK: ^bb0(%[[SUM:.*]]: f32):
// CHECK-NEXT: cpu.yield %[[SUM]]
// CHECK: prologue {
// CHECK-NEXT: ^bb0(%[[E:.*]]: f32, %[[SCALE:.*]]: f32, %[[SHIFT:.*]]: f32):
// CHECK: %[[A:.*]] = math.fma %[[E]], %[[SCALE]], %[[SHIFT]]
// CHECK: %[[R:.*]] = arith.select
// CHECK: cpu.yield %[[R]]
func.func @pointwise(%x: tensor<1x7x5x13xf32>) -> tensor<1x300x5x13xf32> {
  %w = arith.constant dense<0.5> : tensor<300x7x1x1xf32>
  %0 = nn.fused {
    %a = nn.channel_affine %x {scale = array<f64: 0.5, -2.0, 1.0, 3.0, -1.0, 2.0, 4.0>,
        shift = array<f64: 1.0, 3.0, -1.0, 0.0, 2.0, 5.0, 1.0>, axis = 1 : i64} : tensor<1x7x5x13xf32>
    %r = nn.relu %a : tensor<1x7x5x13xf32>
    %1 = nn.conv %r, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
        pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
      : (tensor<1x7x5x13xf32>, tensor<300x7x1x1xf32>) -> tensor<1x300x5x13xf32>
    nn.yield %1 : tensor<1x300x5x13xf32>
  } : tensor<1x300x5x13xf32>
  return %0 : tensor<1x300x5x13xf32>
}

// -----

// A padded convolution's input is copied into zeros: the copy goes through the
// prologue, the zeros do not (the shift would make them 1).
// CHECK-LABEL: func.func @padded
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x9x67xf32>
// CHECK: %[[ZEROS:.*]] = linalg.fill {{.*}} -> tensor<1x2x11x69xf32>
// CHECK: %[[PART:.*]] = tensor.extract_slice %[[X]]
// CHECK: %[[DONE:.*]] = linalg.generic {{.*}} ins(%[[PART]], %{{.*}}, %{{.*}} : tensor<1x2x9x67xf32>, tensor<2xf32>, tensor<2xf32>)
// CHECK: math.fma
// CHECK: %[[IN:.*]] = tensor.insert_slice %[[DONE]] into %[[ZEROS]][0, 0, 1, 1]
// CHECK: cpu.contract %{{.*}}, %[[IN]] into
// CHECK-NOT: prologue {
func.func @padded(%x: tensor<1x2x9x67xf32>) -> tensor<1x5x9x67xf32> {
  %w = arith.constant dense<0.5> : tensor<5x2x3x3xf32>
  %0 = nn.fused {
    %a = nn.channel_affine %x {scale = array<f64: 0.5, -2.0>, shift = array<f64: 1.0, 1.0>, axis = 1 : i64} : tensor<1x2x9x67xf32>
    %r = nn.relu %a : tensor<1x2x9x67xf32>
    %1 = nn.conv %r, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
        pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>, groups = 1 : i64}
      : (tensor<1x2x9x67xf32>, tensor<5x2x3x3xf32>) -> tensor<1x5x9x67xf32>
    nn.yield %1 : tensor<1x5x9x67xf32>
  } : tensor<1x5x9x67xf32>
  return %0 : tensor<1x5x9x67xf32>
}

// -----

// A linear layer's features are its last dimension.
// CHECK: #[[FEATURE:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @linear
// CHECK: cpu.contract %arg0, %{{.*}} after %{{.*}}, %{{.*}} into
// CHECK-SAME: #[[FEATURE]]
// CHECK-SAME: order = array<i64: 0, 1>
// CHECK: prologue {
func.func @linear(%x: tensor<5x3xf32>) -> tensor<5x19xf32> {
  %w = arith.constant dense<0.5> : tensor<19x3xf32>
  %0 = nn.fused {
    %a = nn.channel_affine %x {scale = array<f64: 0.5, -2.0, 3.0>, shift = array<f64: 1.0, 0.0, 2.0>, axis = 1 : i64} : tensor<5x3xf32>
    %r = nn.relu %a : tensor<5x3xf32>
    %1 = nn.linear %r, %w : (tensor<5x3xf32>, tensor<19x3xf32>) -> tensor<5x19xf32>
    nn.yield %1 : tensor<5x19xf32>
  } : tensor<5x19xf32>
  return %0 : tensor<5x19xf32>
}
