// RUN: kiln-opt %s -split-input-file -nn-open-batch=batch=3 | FileCheck %s

// What keeps images apart. Each net stands there for one image and for three.

// A layer, its parameters shared by all images.
// CHECK-LABEL: func.func @net(%{{.*}}: tensor<1x3x7x5xf32> {nn.batch},
// CHECK-SAME: tensor<4x3x3x3xf32>) -> (tensor<1x4x5x3xf32> {nn.batch})
// CHECK-NOT: @probe
func.func @net(%x: tensor<1x3x7x5xf32>, %w: tensor<4x3x3x3xf32>) -> tensor<1x4x5x3xf32> {
  %y = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>}
      : (tensor<1x3x7x5xf32>, tensor<4x3x3x3xf32>) -> tensor<1x4x5x3xf32>
  %z = nn.softmax %y {axis = 1 : i64} : tensor<1x4x5x3xf32>
  return %z : tensor<1x4x5x3xf32>
}
func.func private @probe(%x: tensor<3x3x7x5xf32>, %w: tensor<4x3x3x3xf32>) -> tensor<3x4x5x3xf32> {
  %y = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>}
      : (tensor<3x3x7x5xf32>, tensor<4x3x3x3xf32>) -> tensor<3x4x5x3xf32>
  %z = nn.softmax %y {axis = 1 : i64} : tensor<3x4x5x3xf32>
  return %z : tensor<3x4x5x3xf32>
}

// -----

// The batch moves to the middle and back.
// CHECK-LABEL: func.func @net(
// CHECK-SAME: -> (tensor<1x2x5xf32> {nn.batch})
func.func @net(%x: tensor<1x2x5xf32>) -> tensor<1x2x5xf32> {
  %e = tensor.empty() : tensor<2x1x5xf32>
  %t = linalg.transpose ins(%x : tensor<1x2x5xf32>) outs(%e : tensor<2x1x5xf32>) permutation = [1, 0, 2]
  %r = nn.relu %t : tensor<2x1x5xf32>
  %f = tensor.empty() : tensor<1x2x5xf32>
  %b = linalg.transpose ins(%r : tensor<2x1x5xf32>) outs(%f : tensor<1x2x5xf32>) permutation = [1, 0, 2]
  return %b : tensor<1x2x5xf32>
}
func.func private @probe(%x: tensor<3x2x5xf32>) -> tensor<3x2x5xf32> {
  %e = tensor.empty() : tensor<2x3x5xf32>
  %t = linalg.transpose ins(%x : tensor<3x2x5xf32>) outs(%e : tensor<2x3x5xf32>) permutation = [1, 0, 2]
  %r = nn.relu %t : tensor<2x3x5xf32>
  %f = tensor.empty() : tensor<3x2x5xf32>
  %b = linalg.transpose ins(%r : tensor<2x3x5xf32>) outs(%f : tensor<3x2x5xf32>) permutation = [1, 0, 2]
  return %b : tensor<3x2x5xf32>
}

// -----

// Rows of an image become rows of the batch; a matrix product takes them.
// CHECK-LABEL: func.func @net(
// CHECK-SAME: tensor<4x5xf32>) -> (tensor<7x5xf32> {nn.batch})
func.func @net(%x: tensor<1x7x4xf32>, %w: tensor<4x5xf32>) -> tensor<7x5xf32> {
  %c = tensor.collapse_shape %x [[0, 1], [2]] : tensor<1x7x4xf32> into tensor<7x4xf32>
  %e = tensor.empty() : tensor<7x5xf32>
  %y = linalg.matmul ins(%c, %w : tensor<7x4xf32>, tensor<4x5xf32>) outs(%e : tensor<7x5xf32>) -> tensor<7x5xf32>
  return %y : tensor<7x5xf32>
}
func.func private @probe(%x: tensor<3x7x4xf32>, %w: tensor<4x5xf32>) -> tensor<21x5xf32> {
  %c = tensor.collapse_shape %x [[0, 1], [2]] : tensor<3x7x4xf32> into tensor<21x4xf32>
  %e = tensor.empty() : tensor<21x5xf32>
  %y = linalg.matmul ins(%c, %w : tensor<21x4xf32>, tensor<4x5xf32>) outs(%e : tensor<21x5xf32>) -> tensor<21x5xf32>
  return %y : tensor<21x5xf32>
}

// -----

// A reduction over an image; a factor that is broadcast, by a constant 0 where
// there are several images and by the loop itself where there is one.
// CHECK-LABEL: func.func @net(
// CHECK-SAME: tensor<1x2xf32>) -> (tensor<1x2xf32> {nn.batch})
#id = affine_map<(n, c, i) -> (n, c, i)>
#sum = affine_map<(n, c, i) -> (n, c)>
func.func @net(%x: tensor<1x2x5xf32>, %b: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x2xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2xf32>) -> tensor<1x2xf32>
  %s = linalg.generic {indexing_maps = [#id, #sum], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x : tensor<1x2x5xf32>) outs(%f : tensor<1x2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %p = arith.addf %a, %o : f32
    linalg.yield %p : f32
  } -> tensor<1x2xf32>
  %g = tensor.empty() : tensor<1x2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (n, c)>,
                                        affine_map<(n, c) -> (n, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%s, %b : tensor<1x2xf32>, tensor<1x2xf32>) outs(%g : tensor<1x2xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %p = arith.mulf %a, %c : f32
    linalg.yield %p : f32
  } -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2x5xf32>, %b: tensor<1x2xf32>) -> tensor<3x2xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x2xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<3x2xf32>) -> tensor<3x2xf32>
  %s = linalg.generic {indexing_maps = [#id, #sum], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x : tensor<3x2x5xf32>) outs(%f : tensor<3x2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %p = arith.addf %a, %o : f32
    linalg.yield %p : f32
  } -> tensor<3x2xf32>
  %g = tensor.empty() : tensor<3x2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (0, c)>,
                                        affine_map<(n, c) -> (n, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%s, %b : tensor<3x2xf32>, tensor<1x2xf32>) outs(%g : tensor<3x2xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %p = arith.mulf %a, %c : f32
    linalg.yield %p : f32
  } -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// Each image picks from itself, by its own numbers.
// CHECK-LABEL: func.func @net(
// CHECK-SAME: -> (tensor<1x2xf32> {nn.batch})
func.func @net(%x: tensor<1x7xf32>, %i: tensor<1x2xi64>) -> tensor<1x2xf32> {
  %e = tensor.empty() : tensor<1x2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (n, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%i : tensor<1x2xi64>) outs(%e : tensor<1x2xf32>) {
  ^bb0(%a: i64, %o: f32):
    %n = linalg.index 0 : index
    %k = arith.index_cast %a : i64 to index
    %v = tensor.extract %x[%n, %k] : tensor<1x7xf32>
    linalg.yield %v : f32
  } -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x7xf32>, %i: tensor<3x2xi64>) -> tensor<3x2xf32> {
  %e = tensor.empty() : tensor<3x2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (n, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%i : tensor<3x2xi64>) outs(%e : tensor<3x2xf32>) {
  ^bb0(%a: i64, %o: f32):
    %n = linalg.index 0 : index
    %k = arith.index_cast %a : i64 to index
    %v = tensor.extract %x[%n, %k] : tensor<3x7xf32>
    linalg.yield %v : f32
  } -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// Slices, pads and concatenations of images; a state of zeros for each; and an
// output that no image has a say in.
// CHECK-LABEL: func.func @net(
// CHECK-SAME: -> (tensor<1x9xf32> {nn.batch}, tensor<5xf32>)
func.func @net(%x: tensor<1x7xf32>, %c: tensor<5xf32>) -> (tensor<1x9xf32>, tensor<5xf32>) {
  %zero = arith.constant 0.0 : f32
  %s = tensor.extract_slice %x[0, 1] [1, 3] [1, 2] : tensor<1x7xf32> to tensor<1x3xf32>
  %p = tensor.pad %s low[0, 1] high[0, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<1x3xf32> to tensor<1x4xf32>
  %state = arith.constant dense<0.0> : tensor<1x5xf32>
  %y = tensor.concat dim(1) %p, %state : (tensor<1x4xf32>, tensor<1x5xf32>) -> tensor<1x9xf32>
  %r = nn.relu %c : tensor<5xf32>
  return %y, %r : tensor<1x9xf32>, tensor<5xf32>
}
func.func private @probe(%x: tensor<3x7xf32>, %c: tensor<5xf32>) -> (tensor<3x9xf32>, tensor<5xf32>) {
  %zero = arith.constant 0.0 : f32
  %s = tensor.extract_slice %x[0, 1] [3, 3] [1, 2] : tensor<3x7xf32> to tensor<3x3xf32>
  %p = tensor.pad %s low[0, 1] high[0, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<3x3xf32> to tensor<3x4xf32>
  %state = arith.constant dense<0.0> : tensor<3x5xf32>
  %y = tensor.concat dim(1) %p, %state : (tensor<3x4xf32>, tensor<3x5xf32>) -> tensor<3x9xf32>
  %r = nn.relu %c : tensor<5xf32>
  return %y, %r : tensor<3x9xf32>, tensor<5xf32>
}
