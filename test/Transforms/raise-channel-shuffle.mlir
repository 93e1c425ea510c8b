// RUN: kiln-opt %s --nn-raise-channel-shuffle --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @shuffle
// CHECK: %[[Y:.*]] = nn.channel_shuffle %arg0 {groups = 2 : i64} : tensor<1x6x5xf32>
// CHECK-NEXT: return %[[Y]]
func.func @shuffle(%x: tensor<1x6x5xf32>) -> tensor<1x6x5xf32> {
  %e = tensor.empty() : tensor<1x3x2x5xf32>
  %0 = tensor.expand_shape %x [[0], [1, 2], [3]] output_shape [1, 2, 3, 5] : tensor<1x6x5xf32> into tensor<1x2x3x5xf32>
  %1 = linalg.transpose ins(%0 : tensor<1x2x3x5xf32>) outs(%e : tensor<1x3x2x5xf32>) permutation = [0, 2, 1, 3]
  %2 = tensor.collapse_shape %1 [[0], [1, 2], [3]] : tensor<1x3x2x5xf32> into tensor<1x6x5xf32>
  return %2 : tensor<1x6x5xf32>
}

// -----

// Batch and channels swapped: not a shuffle.
// CHECK-LABEL: func.func @batch
// CHECK-NOT: nn.channel_shuffle
// CHECK: linalg.transpose
func.func @batch(%x: tensor<1x6x5xf32>) -> tensor<1x6x5xf32> {
  %e = tensor.empty() : tensor<2x1x3x5xf32>
  %0 = tensor.expand_shape %x [[0], [1, 2], [3]] output_shape [1, 2, 3, 5] : tensor<1x6x5xf32> into tensor<1x2x3x5xf32>
  %1 = linalg.transpose ins(%0 : tensor<1x2x3x5xf32>) outs(%e : tensor<2x1x3x5xf32>) permutation = [1, 0, 2, 3]
  %2 = tensor.collapse_shape %1 [[0, 1, 2], [3]] : tensor<2x1x3x5xf32> into tensor<6x5xf32>
  %3 = tensor.expand_shape %2 [[0, 1], [2]] output_shape [1, 6, 5] : tensor<6x5xf32> into tensor<1x6x5xf32>
  return %3 : tensor<1x6x5xf32>
}
