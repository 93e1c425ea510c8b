// RUN: kiln-opt %s --nn-fold-constants --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @movement
// CHECK-DAG: %[[T:.*]] = arith.constant dense<{{\[\[}}1.000000e+00, 4.000000e+00], [2.000000e+00, 5.000000e+00], [3.000000e+00, 6.000000e+00]]>
// CHECK-DAG: %[[S:.*]] = arith.constant dense<{{\[\[}}3.000000e+00], [6.000000e+00]]>
// CHECK-DAG: %[[C:.*]] = arith.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 3.000000e+00], [4.000000e+00, 5.000000e+00, 6.000000e+00, 6.000000e+00]]>
// CHECK: return %[[T]], %[[S]], %[[C]]
func.func @movement() -> (tensor<3x2xf32>, tensor<2x1xf32>, tensor<2x4xf32>) {
  %w = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]> : tensor<6xf32>
  %0 = tensor.expand_shape %w [[0, 1]] output_shape [2, 3] : tensor<6xf32> into tensor<2x3xf32>
  %e = tensor.empty() : tensor<3x2xf32>
  %1 = linalg.transpose ins(%0 : tensor<2x3xf32>) outs(%e : tensor<3x2xf32>) permutation = [1, 0]
  %2 = tensor.extract_slice %0[0, 2] [2, 1] [1, 1] : tensor<2x3xf32> to tensor<2x1xf32>
  %3 = tensor.concat dim(1) %0, %2 : (tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  return %1, %2, %3 : tensor<3x2xf32>, tensor<2x1xf32>, tensor<2x4xf32>
}

// -----

#id = affine_map<(a, b) -> (a, b)>
#row = affine_map<(a, b) -> (b)>

// sqrt(x) / y, broadcast over rows: [2, 3] and [4, 6] by [-2, 4].
// CHECK-LABEL: func.func @arithmetic
// CHECK-NEXT: %[[Y:.*]] = arith.constant dense<{{\[\[}}-1.000000e+00, 7.500000e-01], [-2.000000e+00, 1.500000e+00]]> : tensor<2x2xf32>
// CHECK-NEXT: return %[[Y]]
func.func @arithmetic() -> tensor<2x2xf32> {
  %x = arith.constant dense<[[4.0, 9.0], [16.0, 36.0]]> : tensor<2x2xf32>
  %y = arith.constant dense<[-2.0, 4.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<2x2xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %y : tensor<2x2xf32>, tensor<2xf32>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = math.sqrt %a : f32
    %q = arith.divf %s, %b : f32
    linalg.yield %q : f32
  } -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// -----

#scalar = affine_map<(a, b) -> ()>
#id = affine_map<(a, b) -> (a, b)>

// Spreading a scalar over a megabyte is no gain.
// CHECK-LABEL: func.func @growth
// CHECK: linalg.generic
func.func @growth() -> tensor<512x512xf32> {
  %x = arith.constant dense<2.0> : tensor<f32>
  %e = tensor.empty() : tensor<512x512xf32>
  %0 = linalg.generic {indexing_maps = [#scalar, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<f32>) outs(%e : tensor<512x512xf32>) {
  ^bb0(%a: f32, %o: f32):
    %n = arith.negf %a : f32
    linalg.yield %n : f32
  } -> tensor<512x512xf32>
  return %0 : tensor<512x512xf32>
}
