// RUN: kiln-opt %s --cpu-lower-batch-norms=vector-bits=512 --canonicalize --cse \
// RUN:   --split-input-file | FileCheck %s

// What follows is computed with the result; the statistics are blended with
// the running ones as vectors, the variance first divided by n - 1: 140 / 139.
// CHECK-LABEL: func @residual
// CHECK-SAME: %[[X:.*]]: tensor<4x3x5x7xf32>, %[[SKIP:.*]]: tensor<4x3x5x7xf32>
// CHECK: %[[BN:.*]]:3 = cpu.batch_norm %[[X]] by %{{.*}}, %{{.*}} with %[[SKIP]] into
// CHECK-SAME: lanes = 16 : i64, maps = [#{{.*}}]
// CHECK: ^bb0(%[[NORMAL:.*]]: f32, %[[OTHER:.*]]: f32):
// CHECK-NEXT: %[[SUM:.*]] = arith.addf %[[NORMAL]], %[[OTHER]] : f32
// CHECK-NEXT: %[[BELOW:.*]] = arith.cmpf olt, %[[SUM]]
// CHECK-NEXT: %[[RELU:.*]] = arith.select %[[BELOW]], %{{.*}}, %[[SUM]]
// CHECK-NEXT: cpu.yield %[[RELU]]
// CHECK: linalg.generic {{.*}} ins(%[[BN]]#2 : tensor<3xf64>)
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[BN]]#1, %{{.*}} : tensor<3xf32>, tensor<3xf64>, tensor<f64>)
// CHECK-NOT: nn.
#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
func.func @residual(%x: tensor<4x3x5x7xf32>, %skip: tensor<4x3x5x7xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>,
                    %rm: tensor<3xf32>, %rv: tensor<3xf32>) -> (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>) {
  %0:3 = nn.fused {
    %y, %m, %v = nn.batch_norm_training %x, %s, %o running(%rm, %rv)
      {epsilon = 1.0e-05 : f64, momentum = 0.25 : f64, tracks_statistics, unbiased_variance}
      : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
      -> (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>)
    %e = tensor.empty() : tensor<4x3x5x7xf32>
    %sum = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
        ins(%y, %skip : tensor<4x3x5x7xf32>, tensor<4x3x5x7xf32>) outs(%e : tensor<4x3x5x7xf32>) {
    ^bb0(%a: f32, %b: f32, %out: f32):
      %r = arith.addf %a, %b : f32
      linalg.yield %r : f32
    } -> tensor<4x3x5x7xf32>
    %relu = nn.relu %sum : tensor<4x3x5x7xf32>
    nn.yield %relu, %m, %v : tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>
  } : tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>
  return %0#0, %0#1, %0#2 : tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// Without running statistics they are those of the batch; unused, nothing.
// CHECK-LABEL: func @batch_alone
// CHECK: cpu.batch_norm
// CHECK: cpu.yield
// CHECK-NOT: linalg.generic
// CHECK: return
func.func @batch_alone(%x: tensor<4x3x5xf64>, %s: tensor<3xf64>, %o: tensor<3xf64>) -> tensor<4x3x5xf64> {
  %y, %m, %v = nn.batch_norm_training %x, %s, %o {epsilon = 1.0e-05 : f64}
    : (tensor<4x3x5xf64>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x5xf64>, tensor<3xf64>, tensor<3xf64>)
  return %y : tensor<4x3x5xf64>
}

// -----

// A list of vectors has no planes.
// CHECK-LABEL: func @vectors
// CHECK: nn.batch_norm_training
func.func @vectors(%x: tensor<4x3xf32>, %s: tensor<3xf32>, %o: tensor<3xf32>) -> tensor<4x3xf32> {
  %y, %m, %v = nn.batch_norm_training %x, %s, %o {epsilon = 1.0e-05 : f64}
    : (tensor<4x3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<4x3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %y : tensor<4x3xf32>
}

// -----

// A scale that is computed may be a view with gaps.
// CHECK-LABEL: func @computed_scale
// CHECK: %[[S:.*]] = tensor.extract_slice
// CHECK: %[[COPY:.*]] = linalg.copy ins(%[[S]]
// CHECK: cpu.batch_norm %{{.*}} by %[[COPY]], %{{.*}} into
func.func @computed_scale(%x: tensor<4x3x5xf32>, %s: tensor<6xf32>, %o: tensor<3xf32>) -> tensor<4x3x5xf32> {
  %scale = tensor.extract_slice %s[0] [3] [2] : tensor<6xf32> to tensor<3xf32>
  %y, %m, %v = nn.batch_norm_training %x, %scale, %o {epsilon = 1.0e-05 : f64}
    : (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<4x3x5xf32>, tensor<3xf32>, tensor<3xf32>)
  return %y : tensor<4x3x5xf32>
}
