// Concatenations of which each continues another are slices of one tensor.
// RUN: kiln-opt %s --cpu-grow-concats --split-input-file | FileCheck %s

// The first is written as a part of another one's parts.
// CHECK-LABEL: @dense
// CHECK-SAME: %[[X:.*]]: tensor<1x3x5xf32>, %[[Y:.*]]: tensor<1x2x5xf32>
// CHECK: %[[E:.*]] = tensor.empty() : tensor<1x15x5xf32>
// CHECK: %[[T0:.*]] = tensor.insert_slice %[[X]] into %[[E]][0, 0, 0] [1, 3, 5]
// CHECK: %[[T1:.*]] = tensor.insert_slice %[[Y]] into %[[T0]][0, 3, 0] [1, 2, 5]
// CHECK: %[[C1:.*]] = tensor.extract_slice %[[T1]][0, 0, 0] [1, 5, 5]
// CHECK: %[[Z:.*]] = nn.relu %[[C1]]
// CHECK: %[[T2:.*]] = tensor.insert_slice %[[Z]] into %[[T1]][0, 5, 0] [1, 5, 5]
// CHECK: %[[C2:.*]] = tensor.extract_slice %[[T2]][0, 0, 0] [1, 10, 5]
// CHECK: %[[W:.*]] = nn.tanh %[[C1]]
// CHECK: %[[T3:.*]] = tensor.insert_slice %[[W]] into %[[T2]][0, 10, 0] [1, 5, 5]
// CHECK: return %[[C2]], %[[T3]]
func.func @dense(%x: tensor<1x3x5xf32>, %y: tensor<1x2x5xf32>) -> (tensor<1x10x5xf32>, tensor<1x15x5xf32>) {
  %1 = tensor.concat dim(1) %x, %y
    : (tensor<1x3x5xf32>, tensor<1x2x5xf32>) -> tensor<1x5x5xf32>
  %z = nn.relu %1 : tensor<1x5x5xf32>
  %2 = tensor.concat dim(1) %1, %z
    : (tensor<1x5x5xf32>, tensor<1x5x5xf32>) -> tensor<1x10x5xf32>
  %w = nn.tanh %1 : tensor<1x5x5xf32>
  %3 = tensor.concat dim(1) %x, %y, %z, %w
    : (tensor<1x3x5xf32>, tensor<1x2x5xf32>, tensor<1x5x5xf32>, tensor<1x5x5xf32>) -> tensor<1x15x5xf32>
  return %2, %3 : tensor<1x10x5xf32>, tensor<1x15x5xf32>
}

// -----

// Not the same first parts, and not the same dimension.
// CHECK-LABEL: @others
// CHECK-NOT: tensor.insert_slice
// CHECK-COUNT-3: tensor.concat
// CHECK-NOT: tensor.insert_slice
func.func @others(%x: tensor<1x3x5xf32>, %y: tensor<1x2x5xf32>) -> (tensor<1x5x5xf32>, tensor<1x8x5xf32>, tensor<1x3x15xf32>) {
  %1 = tensor.concat dim(1) %x, %y
    : (tensor<1x3x5xf32>, tensor<1x2x5xf32>) -> tensor<1x5x5xf32>
  %2 = tensor.concat dim(1) %y, %x, %x
    : (tensor<1x2x5xf32>, tensor<1x3x5xf32>, tensor<1x3x5xf32>) -> tensor<1x8x5xf32>
  %3 = tensor.concat dim(2) %x, %x, %x
    : (tensor<1x3x5xf32>, tensor<1x3x5xf32>, tensor<1x3x5xf32>) -> tensor<1x3x15xf32>
  return %1, %2, %3 : tensor<1x5x5xf32>, tensor<1x8x5xf32>, tensor<1x3x15xf32>
}
