// A batch normalisation whose input is in blocks works on blocks; parameters
// and statistics stay vectors of all channels.
// RUN: kiln-opt %s --cpu-block-channels=vector-bits=256 --canonicalize --cse | FileCheck %s

// CHECK: #[[$ALL:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3, d4)>
// CHECK: #[[$GATE:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, 0, 0, d4)>
// CHECK-LABEL: @norm
// CHECK-SAME: %[[X:.*]]: tensor<4x2x5x7x8xf32>, %[[SKIP:.*]]: tensor<4x2x5x7x8xf32>, %[[G:.*]]: tensor<4x11x1x1xf32>
// CHECK: %[[GATE:.*]] = linalg.pack %[[G]]
// CHECK: %[[Y:.*]]:3 = cpu.batch_norm %[[X]] by %{{.*}}, %{{.*}} with %[[SKIP]], %[[GATE]] into
// CHECK-SAME: {blocked, epsilon = 1.000000e-05 : f64, lanes = 8 : i64, maps = [#[[$ALL]], #[[$GATE]]]}
// CHECK: -> (tensor<4x2x5x7x8xf32>, tensor<11xf64>, tensor<11xf64>)
// CHECK: %[[P:.*]] = linalg.unpack %[[Y]]#0
// CHECK: return %[[P]], %[[Y]]#1
#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#gate = affine_map<(n, c, h, w) -> (n, c, 0, 0)>
func.func @norm(%bx: tensor<4x2x5x7x8xf32>, %bskip: tensor<4x2x5x7x8xf32>, %g: tensor<4x11x1x1xf32>, %s: tensor<11xf32>, %o: tensor<11xf32>)
    -> (tensor<4x11x5x7xf32>, tensor<11xf64>) {
  %e = tensor.empty() : tensor<4x11x5x7xf32>
  %x = linalg.unpack %bx inner_dims_pos = [1] inner_tiles = [8] into %e : tensor<4x2x5x7x8xf32> -> tensor<4x11x5x7xf32>
  %skip = linalg.unpack %bskip inner_dims_pos = [1] inner_tiles = [8] into %e : tensor<4x2x5x7x8xf32> -> tensor<4x11x5x7xf32>
  %em = tensor.empty() : tensor<11xf64>
  %ev = tensor.empty() : tensor<11xf64>
  %y, %m, %v = cpu.batch_norm %x by %s, %o with %skip, %g into %e, %em, %ev attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = [#id, #gate]} {
  ^bb0(%n: f32, %a: f32, %b: f32):
    %sum = arith.addf %n, %a : f32
    %r = arith.mulf %sum, %b : f32
    cpu.yield %r : f32
  } : (tensor<4x11x5x7xf32>, tensor<11xf32>, tensor<11xf32>, tensor<4x11x5x7xf32>, tensor<4x11x1x1xf32>,
       tensor<4x11x5x7xf32>, tensor<11xf64>, tensor<11xf64>) -> (tensor<4x11x5x7xf32>, tensor<11xf64>, tensor<11xf64>)
  return %y, %m : tensor<4x11x5x7xf32>, tensor<11xf64>
}
