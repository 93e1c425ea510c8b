// RUN: kiln-opt %s --nn-fold-pipeline --nn-fuse-pipeline --split-input-file | FileCheck %s

// F28: where no layer takes it, it goes into another loop beside it.

// The end of DenseNet: behind a concatenation, before ReLU and global pooling,
// it is computed as the pooling reads its input.
// CHECK: action = "fused"{{.*}}into = "pool"{{.*}}name = "bn"
// CHECK-LABEL: func.func @before_pooling
// CHECK: %[[C:.*]] = tensor.concat
// CHECK: nn.fused {
// CHECK-NEXT: %[[A:.*]] = nn.channel_affine %[[C]]
// CHECK-NEXT: %[[R:.*]] = nn.relu %[[A]]
// CHECK-NEXT: nn.global_average_pool %[[R]]
// CHECK-NEXT: nn.yield
func.func @before_pooling(%x: tensor<1x1x4xf32>, %y: tensor<1x2x4xf32>) -> tensor<1x3x1xf32> {
  %s = arith.constant dense<[5.000000e-01, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[-7.500000e-01, 1.500000e+00, -7.500000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %c = tensor.concat dim(1) %x, %y : (tensor<1x1x4xf32>, tensor<1x2x4xf32>) -> tensor<1x3x4xf32>
  %0 = nn.batch_norm_inference %c, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x4xf32> loc("bn")
  %1 = nn.relu %0 : tensor<1x3x4xf32>
  %2 = nn.global_average_pool %1 : (tensor<1x3x4xf32>) -> tensor<1x3x1xf32> loc("pool")
  return %2 : tensor<1x3x1xf32>
}

// -----

// The same pooling written as ReduceMean: a sum over the positions.
// CHECK: action = "fused"{{.*}}into = "sum"{{.*}}name = "bn"
// CHECK-LABEL: func.func @before_reduction
// CHECK: nn.fused {
// CHECK-NEXT: nn.channel_affine
// CHECK-NEXT: nn.relu
// CHECK-NEXT: linalg.generic {{.*}}"reduction"
func.func @before_reduction(%x: tensor<1x3x4xf32>) -> tensor<1x3xf32> {
  %s = arith.constant dense<[5.000000e-01, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[-7.500000e-01, 1.500000e+00, -7.500000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %zero = arith.constant 0.0 : f32
  %0 = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x4xf32> loc("bn")
  %1 = nn.relu %0 : tensor<1x3x4xf32>
  %e = tensor.empty() : tensor<1x3xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x3xf32>) -> tensor<1x3xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>, affine_map<(a, b, c) -> (a, b)>],
      iterator_types = ["parallel", "parallel", "reduction"]} ins(%1 : tensor<1x3x4xf32>) outs(%f : tensor<1x3xf32>) {
  ^bb0(%p: f32, %q: f32):
    %t = arith.addf %p, %q : f32
    linalg.yield %t : f32
  } -> tensor<1x3xf32> loc("sum")
  return %2 : tensor<1x3xf32>
}

// -----

// Behind an addition of two inputs of the net: finished in its loop. Its result
// has two users, so no prologue can hold it.
// CHECK: action = "fused"{{.*}}into = "add"{{.*}}name = "bn"
// CHECK-LABEL: func.func @behind_addition
// CHECK: nn.fused {
// CHECK: linalg.generic
// CHECK: nn.channel_affine
// CHECK-NEXT: nn.relu
// CHECK-NEXT: nn.yield
#id = affine_map<(a, b, c) -> (a, b, c)>
func.func @behind_addition(%x: tensor<1x3x4xf32>, %y: tensor<1x3x4xf32>) -> (tensor<1x3x4xf32>, tensor<1x3x1xf32>) {
  %s = arith.constant dense<[5.000000e-01, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[-7.500000e-01, 1.500000e+00, -7.500000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %e = tensor.empty() : tensor<1x3x4xf32>
  %a = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %y : tensor<1x3x4xf32>, tensor<1x3x4xf32>) outs(%e : tensor<1x3x4xf32>) {
  ^bb0(%p: f32, %q: f32, %z: f32):
    %t = arith.addf %p, %q : f32
    linalg.yield %t : f32
  } -> tensor<1x3x4xf32> loc("add")
  %0 = nn.batch_norm_inference %a, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x4xf32> loc("bn")
  %1 = nn.relu %0 : tensor<1x3x4xf32>
  %2 = nn.global_max_pool %1 : (tensor<1x3x4xf32>) -> tensor<1x3x1xf32>
  return %1, %2 : tensor<1x3x4xf32>, tensor<1x3x1xf32>
}

// -----

// An input of the net, scaled and shifted, and nothing else: a pass of its own.
// CHECK: action = "kept"{{.*}}name = "bn"
// CHECK-LABEL: func.func @alone
// CHECK-NOT: nn.fused
func.func @alone(%x: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  %s = arith.constant dense<[5.000000e-01, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %o = arith.constant dense<[-2.000000e+00, -2.000000e+00, 2.500000e-01]> : tensor<3xf32>
  %m = arith.constant dense<[-7.500000e-01, 1.500000e+00, -7.500000e-01]> : tensor<3xf32>
  %v = arith.constant dense<[1.600000e+01, 1.600000e+01, 1.600000e+01]> : tensor<3xf32>
  %0 = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 0.0 : f64}
    : (tensor<1x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x4xf32> loc("bn")
  return %0 : tensor<1x3x4xf32>
}
