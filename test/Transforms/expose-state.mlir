// RUN: kiln-opt %s -nn-expose-state -split-input-file | FileCheck %s

// The second layer has the same name; the third does not track, the fourth's
// statistics are inputs already.
// CHECK-LABEL: func.func @net
// CHECK-SAME: %[[X:.*]]: tensor<2x3x5xf32>, %[[GM:.*]]: tensor<3xf32>, %[[GV:.*]]: tensor<3xf32>,
// CHECK-SAME: %[[M1:.*]]: tensor<3xf32> {nn.name = "bn.running_mean"}, %[[V1:.*]]: tensor<3xf32> {nn.name = "bn.running_var"},
// CHECK-SAME: %[[M2:.*]]: tensor<3xf64> {nn.name = "bn.running_mean_1"}, %[[V2:.*]]: tensor<3xf64> {nn.name = "bn.running_var_1"},
// CHECK-SAME: %[[N2:.*]]: tensor<i64> {nn.name = "bn.num_batches_tracked"})
// CHECK-SAME: -> (tensor<2x3x5xf32>, tensor<3xf32> {nn.name = "bn.running_mean"}, tensor<3xf32> {nn.name = "bn.running_var"},
// CHECK-SAME: tensor<3xf64> {nn.name = "bn.running_mean_1"}, tensor<3xf64> {nn.name = "bn.running_var_1"}, tensor<i64> {nn.name = "bn.num_batches_tracked"})
// CHECK: %[[Y1:.*]], %[[NM1:.*]], %[[NV1:.*]] = nn.batch_norm_training %[[X]], %{{.*}}, %{{.*}} running(%[[M1]], %[[V1]])
// CHECK: %[[NEXT:.*]] = linalg.generic {{.*}} ins(%[[N2]] : tensor<i64>)
// CHECK: %[[Y2:.*]], %[[NM2:.*]], %[[NV2:.*]] = nn.batch_norm_training %[[Y1]], %{{.*}}, %{{.*}} running(%[[M2]], %[[V2]], %[[N2]])
// CHECK: nn.batch_norm_training %[[Y2]], %{{.*}}, %{{.*}} running(%cst{{.*}}, %cst
// CHECK: %[[Y:.*]], %{{.*}}, %{{.*}} = nn.batch_norm_training %{{.*}}, %{{.*}}, %{{.*}} running(%[[GM]], %[[GV]])
// CHECK: return %[[Y]], %[[NM1]], %[[NV1]], %[[NM2]], %[[NV2]], %[[NEXT]]
func.func @net(%x: tensor<2x3x5xf32>, %gm: tensor<3xf32>, %gv: tensor<3xf32>) -> tensor<2x3x5xf32> {
  %s = arith.constant dense<[1.5, -0.5, 2.0]> : tensor<3xf32>
  %m = arith.constant dense<[0.5, -1.0, 2.0]> : tensor<3xf32>
  %v = arith.constant dense<[1.0, 0.25, 3.0]> : tensor<3xf32>
  %m64 = arith.constant dense<[0.5, -1.0, 2.0]> : tensor<3xf64>
  %v64 = arith.constant dense<[1.0, 0.25, 3.0]> : tensor<3xf64>
  %n = arith.constant dense<4> : tensor<i64>
  %y1, %nm1, %nv1 = nn.batch_norm_training %x, %s, %s running(%m, %v) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, tracks_statistics}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>) loc("bn")
  %y2, %nm2, %nv2 = nn.batch_norm_training %y1, %s, %s running(%m64, %v64, %n) {epsilon = 1.0e-05 : f64, tracks_statistics}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf64>, tensor<3xf64>, tensor<i64>) -> (tensor<2x3x5xf32>, tensor<3xf64>, tensor<3xf64>) loc("bn")
  %y3, %nm3, %nv3 = nn.batch_norm_training %y2, %s, %s running(%m, %v) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  %y4, %nm4, %nv4 = nn.batch_norm_training %y3, %s, %s running(%gm, %gv) {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, tracks_statistics}
    : (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return %y4 : tensor<2x3x5xf32>
}
