// RUN: kiln-opt %s --nn-raise-channel-affine --split-input-file | FileCheck %s

// s = [2, 3] / sqrt([4, 0.25]) = [1, 6]; t = [1, 0.5] - [3, -2] * s = [-2, 12.5].
// CHECK: nn.fold_ledger = [{{.*}}name = "bn"
// CHECK-LABEL: func.func @batch_norm
// CHECK: %[[Y:.*]] = nn.channel_affine %arg0 {nn.ledger_entries = array<i64: 0>, scale = array<f64: 1.000000e+00, 6.000000e+00>, shift = array<f64: -2.000000e+00, 1.250000e+01>}
// CHECK: return %[[Y]]
func.func @batch_norm(%x: tensor<1x2x3xf32>) -> tensor<1x2x3xf32> {
  %s = arith.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %o = arith.constant dense<[1.0, 0.5]> : tensor<2xf32>
  %m = arith.constant dense<[3.0, -2.0]> : tensor<2xf32>
  %v = arith.constant dense<[4.0, 0.25]> : tensor<2xf32>
  %y = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x3xf32> loc("bn")
  return %y : tensor<1x2x3xf32>
}

// -----

#id = affine_map<(a, b, c) -> (a, b, c)>
#last = affine_map<(a, b, c) -> (c)>

// constant - x, along the last dimension.
// CHECK-LABEL: func.func @constant_first
// CHECK: nn.channel_affine %arg0 {axis = 2 : i64, scale = array<f64: -1.000000e+00, -1.000000e+00>, shift = array<f64: 5.000000e-01, -2.000000e+00>}
func.func @constant_first(%x: tensor<3x4x2xf32>) -> tensor<3x4x2xf32> {
  %c = arith.constant dense<[0.5, -2.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<3x4x2xf32>
  %y = linalg.generic {indexing_maps = [#last, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%c, %x : tensor<2xf32>, tensor<3x4x2xf32>) outs(%e : tensor<3x4x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.subf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<3x4x2xf32>
  return %y : tensor<3x4x2xf32>
}

// -----

#id = affine_map<(a, b) -> (a, b)>
#row = affine_map<(a, b) -> (b)>

// Neither constant / x nor x / 0 is an affine.
// CHECK-LABEL: func.func @division
// CHECK-NOT: nn.channel_affine
// CHECK: return
func.func @division(%x: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
  %c = arith.constant dense<[1.0, 0.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<3x2xf32>
  %y = linalg.generic {indexing_maps = [#row, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c, %x : tensor<2xf32>, tensor<3x2xf32>) outs(%e : tensor<3x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.divf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<3x2xf32>
  %z = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %c : tensor<3x2xf32>, tensor<2xf32>) outs(%e : tensor<3x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.divf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<3x2xf32>
  return %y, %z : tensor<3x2xf32>, tensor<3x2xf32>
}
