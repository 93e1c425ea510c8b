// RUN: kiln-opt %s -cpu-remove-empty-tensors -canonicalize | FileCheck %s

// CHECK-LABEL: func.func @parts
// CHECK-SAME: (%{{.*}}: tensor<0x3xf32>, %[[Y:.*]]: tensor<2x3xf32>)
// CHECK-NEXT: return %[[Y]]
func.func @parts(%x: tensor<0x3xf32>, %y: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = nn.relu %x : tensor<0x3xf32>
  %1 = tensor.concat dim(0) %0, %y : (tensor<0x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @output
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<0x3xf32>
// CHECK-NEXT: return %[[EMPTY]]
func.func @output(%x: tensor<0x3xf32>) -> tensor<0x3xf32> {
  %0 = nn.tanh %x : tensor<0x3xf32>
  return %0 : tensor<0x3xf32>
}

// The sum of nothing is what it starts from.
// CHECK-LABEL: func.func @sum
// CHECK: %[[START:.*]] = linalg.fill
// CHECK-NEXT: return %[[START]]
func.func @sum(%x: tensor<2x0xf32>) -> tensor<2xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
      iterator_types = ["parallel", "reduction"]} ins(%x : tensor<2x0xf32>) outs(%f : tensor<2xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// CHECK-LABEL: func.func @padded
// CHECK: linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<2x4xf32>)
// CHECK-NOT: tensor.pad
func.func @padded(%x: tensor<2x0xf32>) -> tensor<2x4xf32> {
  %one = arith.constant 1.0 : f32
  %0 = tensor.pad %x low[0, 1] high[0, 3] {
  ^bb0(%i: index, %j: index):
    tensor.yield %one : f32
  } : tensor<2x0xf32> to tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}
