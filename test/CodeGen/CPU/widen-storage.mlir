// RUN: kiln-opt %s -cpu-widen-storage | FileCheck %s

// An operation of the nn dialect gets conversions around it.
// CHECK-LABEL: func.func @linear
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: %[[W:.*]] = arith.constant dense<{{.*}}> : tensor<3x2xf32>
// CHECK: %[[Y:.*]] = nn.linear %{{.*}}, %[[W]] : (tensor<2x2xf32>, tensor<3x2xf32>) -> tensor<2x3xf32>
// CHECK: linalg.generic {{.*}} ins(%[[Y]] : tensor<2x3xf32>) outs(%{{.*}} : tensor<2x3xf16>)
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @linear(%x: tensor<2x2xf16>) -> tensor<2x3xf16> {
  %w = arith.constant dense<[[1.0, -2.0], [0.5, 3.0], [4.0, 0.25]]> : tensor<3x2xf16>
  %0 = nn.linear %x, %w : (tensor<2x2xf16>, tensor<3x2xf16>) -> tensor<2x3xf16>
  return %0 : tensor<2x3xf16>
}

// A body converts by itself, and the accumulator of a sum is f32 to the end.
// CHECK-LABEL: func.func @sum
// CHECK: %[[START:.*]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<2xf32>)
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} ins(%{{.*}} : tensor<2x3xbf16>) outs(%[[START]] : tensor<2xf32>)
// CHECK: ^bb0(%[[A:.*]]: bf16, %[[B:.*]]: f32):
// CHECK-NEXT: %[[WIDE:.*]] = arith.extf %[[A]] : bf16 to f32
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[WIDE]], %[[B]] : f32
// CHECK-NEXT: linalg.yield %[[S]] : f32
// CHECK: linalg.generic {{.*}} ins(%[[SUM]] : tensor<2xf32>) outs(%{{.*}} : tensor<2xbf16>)
func.func @sum(%x: tensor<2x3xbf16>) -> tensor<2xbf16> {
  %zero = arith.constant 0.0 : bf16
  %e = tensor.empty() : tensor<2xbf16>
  %f = linalg.fill ins(%zero : bf16) outs(%e : tensor<2xbf16>) -> tensor<2xbf16>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "reduction"]} ins(%x : tensor<2x3xbf16>) outs(%f : tensor<2xbf16>) {
  ^bb0(%a: bf16, %b: bf16):
    %s = arith.addf %a, %b : bf16
    linalg.yield %s : bf16
  } -> tensor<2xbf16>
  return %0 : tensor<2xbf16>
}

// The inside of a fused region is f32 throughout; it is rounded once, behind.
// CHECK-LABEL: func.func @fused
// CHECK: nn.fused {
// CHECK-NEXT: nn.linear {{.*}} -> tensor<2x3xf32>
// CHECK-NEXT: nn.relu {{.*}} : tensor<2x3xf32>
// CHECK-NEXT: nn.yield {{.*}} : tensor<2x3xf32>
// CHECK: arith.truncf
func.func @fused(%x: tensor<2x2xf16>, %w: tensor<3x2xf16>) -> tensor<2x3xf16> {
  %0 = nn.fused {
    %1 = nn.linear %x, %w : (tensor<2x2xf16>, tensor<3x2xf16>) -> tensor<2x3xf16>
    %2 = nn.relu %1 : tensor<2x3xf16>
    nn.yield %2 : tensor<2x3xf16>
  } : tensor<2x3xf16>
  return %0 : tensor<2x3xf16>
}

// Moving needs no arithmetic, and a cast from f64 rounds once.
// CHECK-LABEL: func.func @moved
// CHECK-NOT: f32
// CHECK: arith.truncf %{{.*}} : f64 to f16
// CHECK-NOT: f32
func.func @moved(%x: tensor<2x3xf16>, %d: tensor<4xf64>) -> (tensor<3x2xf16>, tensor<4xf16>) {
  %e = tensor.empty() : tensor<3x2xf16>
  %0 = linalg.transpose ins(%x : tensor<2x3xf16>) outs(%e : tensor<3x2xf16>) permutation = [1, 0]
  %f = tensor.empty() : tensor<4xf16>
  %1 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]} ins(%d : tensor<4xf64>) outs(%f : tensor<4xf16>) {
  ^bb0(%a: f64, %o: f16):
    %t = arith.truncf %a : f64 to f16
    linalg.yield %t : f16
  } -> tensor<4xf16>
  return %0, %1 : tensor<3x2xf16>, tensor<4xf16>
}
