// Folds, and beside each what must stay.
// RUN: kiln-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @relu
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
func.func @relu(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK: %[[R:.*]] = nn.relu %[[X]]
  // CHECK: %[[S:.*]] = nn.sigmoid %[[X]]
  // CHECK: return %[[R]], %[[S]], %[[R]]
  %0 = nn.relu %x : tensor<2x3xf32>
  %1 = nn.relu %0 : tensor<2x3xf32>
  %2 = nn.sigmoid %x : tensor<2x3xf32>
  %3 = nn.relu %2 : tensor<2x3xf32>
  // 0 is in no clip's way here.
  %4 = nn.clip %1 {minimum = 0xFFF0000000000000 : f64, maximum = 0x7FF0000000000000 : f64} : tensor<2x3xf32>
  return %1, %3, %4 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func.func @relu_stays
func.func @relu_stays(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK: nn.tanh
  // CHECK: nn.relu
  %0 = nn.tanh %x : tensor<2x3xf32>
  %1 = nn.relu %0 : tensor<2x3xf32>
  // CHECK: nn.clip
  // CHECK: nn.relu
  %2 = nn.clip %x {minimum = -0.5 : f64, maximum = 6.0 : f64} : tensor<2x3xf32>
  %3 = nn.relu %2 : tensor<2x3xf32>
  return %1, %3 : tensor<2x3xf32>, tensor<2x3xf32>
}

// The inner range lies within the outer one.
// CHECK-LABEL: func.func @clip
func.func @clip(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK: %[[C:.*]] = nn.clip %{{.*}} {maximum = 4.000000e+00 : f64, minimum = 1.000000e+00 : f64}
  // CHECK-NOT: nn.relu
  // CHECK: %[[D:.*]] = nn.clip %[[C]] {maximum = 3.000000e+00 : f64
  // CHECK: return %[[C]], %[[D]]
  %0 = nn.clip %x {minimum = 1.0 : f64, maximum = 4.0 : f64} : tensor<2x3xf32>
  %1 = nn.clip %0 {minimum = 0.0 : f64, maximum = 4.0 : f64} : tensor<2x3xf32>
  %2 = nn.relu %1 : tensor<2x3xf32>
  %3 = nn.clip %2 {minimum = 0.0 : f64, maximum = 3.0 : f64} : tensor<2x3xf32>
  return %2, %3 : tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func.func @leaky_relu
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
func.func @leaky_relu(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  // An infinite input times 0 is NaN: slope 0 is not relu.
  // CHECK: %[[L:.*]] = nn.leaky_relu %[[X]] {alpha = 0.0
  // CHECK: return %[[X]], %[[L]]
  %0 = nn.leaky_relu %x {alpha = 1.0 : f64} : tensor<2x3xf32>
  %1 = nn.leaky_relu %x {alpha = 0.0 : f64} : tensor<2x3xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func.func @channel_affine
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
func.func @channel_affine(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK: %[[A:.*]] = nn.channel_affine %[[X]] {scale = array<f64: 1.000000e+00, 1.000000e+00, -1.000000e+00>
  // CHECK: return %[[X]], %[[A]]
  %0 = nn.channel_affine %x {scale = array<f64: 1.0, 1.0, 1.0>, shift = array<f64: 0.0, -0.0, 0.0>} : tensor<2x3xf32>
  %1 = nn.channel_affine %x {scale = array<f64: 1.0, 1.0, -1.0>, shift = array<f64: 0.0, 0.0, 0.0>} : tensor<2x3xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<2x3xf32>
}

// CHECK-LABEL: func.func @channel_shuffle
// CHECK-SAME: %[[X:.*]]: tensor<1x12x5xf32>
func.func @channel_shuffle(%x: tensor<1x12x5xf32>)
    -> (tensor<1x12x5xf32>, tensor<1x12x5xf32>, tensor<1x12x5xf32>, tensor<1x12x5xf32>) {
  // CHECK: %[[S:.*]] = nn.channel_shuffle %[[X]] {groups = 3 : i64}
  // CHECK: %[[T:.*]] = nn.channel_shuffle %[[S]] {groups = 3 : i64}
  // CHECK: return %[[X]], %[[X]], %[[X]], %[[T]]
  %0 = nn.channel_shuffle %x {groups = 1 : i64} : tensor<1x12x5xf32>
  %1 = nn.channel_shuffle %x {groups = 12 : i64} : tensor<1x12x5xf32>
  %2 = nn.channel_shuffle %x {groups = 3 : i64} : tensor<1x12x5xf32>
  %3 = nn.channel_shuffle %2 {groups = 4 : i64} : tensor<1x12x5xf32>
  %4 = nn.channel_shuffle %2 {groups = 3 : i64} : tensor<1x12x5xf32>
  return %0, %1, %3, %4 : tensor<1x12x5xf32>, tensor<1x12x5xf32>, tensor<1x12x5xf32>, tensor<1x12x5xf32>
}
