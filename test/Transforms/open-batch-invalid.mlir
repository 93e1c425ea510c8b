// RUN: kiln-opt %s -split-input-file -nn-open-batch=batch=3 -verify-diagnostics

// What lets images meet.

// Normalisation by the statistics of the batch.
func.func @net(%x: tensor<1x2x5xf32>, %s: tensor<2xf32>) -> tensor<1x2x5xf32> {
  // expected-error@+1 {{K0302: the batch cannot stay open: nn.batch_norm_training normalises by the statistics of the whole batch; --mode=eval uses those of the file; give --shapes a number for the batch}}
  %y, %m, %v = nn.batch_norm_training %x, %s, %s {epsilon = 1.0e-05 : f64}
      : (tensor<1x2x5xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2x5xf32>, tensor<2xf32>, tensor<2xf32>)
  return %y : tensor<1x2x5xf32>
}
func.func private @probe(%x: tensor<3x2x5xf32>, %s: tensor<2xf32>) -> tensor<3x2x5xf32> {
  %y, %m, %v = nn.batch_norm_training %x, %s, %s {epsilon = 1.0e-05 : f64}
      : (tensor<3x2x5xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<3x2x5xf32>, tensor<2xf32>, tensor<2xf32>)
  return %y : tensor<3x2x5xf32>
}

// -----

// Softmax along the batch.
func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error@+1 {{K0302: the batch cannot stay open: nn.softmax works along the batch (axis 0)}}
  %y = nn.softmax %x {axis = 0 : i64} : tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %y = nn.softmax %x {axis = 0 : i64} : tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// A sum over the batch.
func.func @net(%x: tensor<1x2xf32>) -> tensor<2xf32> {
  %zero = arith.constant dense<0.0> : tensor<2xf32>
  // expected-error@+1 {{K0302: the batch cannot stay open: linalg.generic reduces over the batch}}
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (c)>],
                       iterator_types = ["reduction", "parallel"]}
      ins(%x : tensor<1x2xf32>) outs(%zero : tensor<2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %p = arith.addf %a, %o : f32
    linalg.yield %p : f32
  } -> tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<2xf32> {
  %zero = arith.constant dense<0.0> : tensor<2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (c)>],
                       iterator_types = ["reduction", "parallel"]}
      ins(%x : tensor<3x2xf32>) outs(%zero : tensor<2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %p = arith.addf %a, %o : f32
    linalg.yield %p : f32
  } -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// The first image is added to all: it is no slice of the whole batch.
func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // expected-error@+1 {{K0302: the batch cannot stay open: tensor.extract_slice takes some images out of the batch}}
  %f = tensor.extract_slice %x[0, 0] [1, 2] [1, 1] : tensor<1x2xf32> to tensor<1x2xf32>
  %e = tensor.empty() : tensor<1x2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (n, c)>,
                                        affine_map<(n, c) -> (n, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%x, %f : tensor<1x2xf32>, tensor<1x2xf32>) outs(%e : tensor<1x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.addf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %f = tensor.extract_slice %x[0, 0] [1, 2] [1, 1] : tensor<3x2xf32> to tensor<1x2xf32>
  %e = tensor.empty() : tensor<3x2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (0, c)>,
                                        affine_map<(n, c) -> (n, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%x, %f : tensor<3x2xf32>, tensor<1x2xf32>) outs(%e : tensor<3x2xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %p = arith.addf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// The same by a constant 0 in the map.
func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %e = tensor.empty() : tensor<1x2xf32>
  // expected-error@+1 {{K0302: the batch cannot stay open: linalg.generic does not walk over the images one by one}}
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (n, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<1x2xf32>) outs(%e : tensor<1x2xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %e = tensor.empty() : tensor<3x2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (0, c)>, affine_map<(n, c) -> (n, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<3x2xf32>) outs(%e : tensor<3x2xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// The place in the batch is data.
func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %e = tensor.empty() : tensor<1x2xf32>
  // expected-error@+1 {{K0302: the batch cannot stay open: linalg.generic treats each image by its place in the batch}}
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (n, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<1x2xf32>) outs(%e : tensor<1x2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %n = linalg.index 0 : index
    %i = arith.index_cast %n : index to i32
    %s = arith.sitofp %i : i32 to f32
    %p = arith.addf %a, %s : f32
    linalg.yield %p : f32
  } -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %e = tensor.empty() : tensor<3x2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>, affine_map<(n, c) -> (n, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<3x2xf32>) outs(%e : tensor<3x2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %n = linalg.index 0 : index
    %i = arith.index_cast %n : index to i32
    %s = arith.sitofp %i : i32 to f32
    %p = arith.addf %a, %s : f32
    linalg.yield %p : f32
  } -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// An image picks from another one.
func.func @net(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %e = tensor.empty() : tensor<1x2xf32>
  %zero = arith.constant 0 : index
  // expected-error@+1 {{K0302: the batch cannot stay open: linalg.generic reads other images of the batch}}
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>], iterator_types = ["parallel", "parallel"]}
      outs(%e : tensor<1x2xf32>) {
  ^bb0(%o: f32):
    %c = linalg.index 1 : index
    %v = tensor.extract %x[%zero, %c] : tensor<1x2xf32>
    linalg.yield %v : f32
  } -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %e = tensor.empty() : tensor<3x2xf32>
  %zero = arith.constant 0 : index
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n, c)>], iterator_types = ["parallel", "parallel"]}
      outs(%e : tensor<3x2xf32>) {
  ^bb0(%o: f32):
    %c = linalg.index 1 : index
    %v = tensor.extract %x[%zero, %c] : tensor<3x2xf32>
    linalg.yield %v : f32
  } -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// -----

// [N, 2] read as [2, N]: a transpose without a transpose.
func.func @net(%x: tensor<1x2xf32>) -> tensor<2x1xf32> {
  %f = tensor.collapse_shape %x [[0, 1]] : tensor<1x2xf32> into tensor<2xf32>
  %e = tensor.expand_shape %f [[0, 1]] output_shape [2, 1] : tensor<2xf32> into tensor<2x1xf32>
  // expected-error@+1 {{K0302: the batch cannot stay open: nn.relu takes a reshape of tensor<3x2xf32> to tensor<2x3xf32> that does not keep images whole}}
  %y = nn.relu %e : tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<2x3xf32> {
  %f = tensor.collapse_shape %x [[0, 1]] : tensor<3x2xf32> into tensor<6xf32>
  %e = tensor.expand_shape %f [[0, 1]] output_shape [2, 3] : tensor<6xf32> into tensor<2x3xf32>
  %y = nn.relu %e : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// An output whose batch is not in dimension 0.
func.func @net(%x: tensor<1x2xf32>) -> tensor<2x1xf32> {
  %e = tensor.empty() : tensor<2x1xf32>
  %t = linalg.transpose ins(%x : tensor<1x2xf32>) outs(%e : tensor<2x1xf32>) permutation = [1, 0]
  // expected-error@+1 {{K0302: the batch cannot stay open: func.return gives an output with the batch in dimension 1, not 0}}
  return %t : tensor<2x1xf32>
}
func.func private @probe(%x: tensor<3x2xf32>) -> tensor<2x3xf32> {
  %e = tensor.empty() : tensor<2x3xf32>
  %t = linalg.transpose ins(%x : tensor<3x2xf32>) outs(%e : tensor<2x3xf32>) permutation = [1, 0]
  return %t : tensor<2x3xf32>
}

// -----

// Weights that are images themselves.
func.func @net(%x: tensor<1x2x5xf32>, %w: tensor<1x2x3xf32>) -> tensor<1x1x3xf32> {
  // expected-error@+1 {{nn.conv takes weights or parameters that differ between images}}
  %y = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : (tensor<1x2x5xf32>, tensor<1x2x3xf32>) -> tensor<1x1x3xf32>
  return %y : tensor<1x1x3xf32>
}
func.func private @probe(%x: tensor<3x2x5xf32>, %w: tensor<3x2x3xf32>) -> tensor<3x3x3xf32> {
  %y = nn.conv %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : (tensor<3x2x5xf32>, tensor<3x2x3xf32>) -> tensor<3x3x3xf32>
  return %y : tensor<3x3x3xf32>
}

// -----

// A shared tensor read at the image's place: even images get one row, odd ones
// the other.
func.func @net(%w: tensor<2x2xf32>, %x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %e = tensor.empty() : tensor<1x2xf32>
  // expected-error@+1 {{K0302: the batch cannot stay open: linalg.generic treats each image by its place in the batch}}
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n mod 2, c)>, affine_map<(n, c) -> (n, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<2x2xf32>) outs(%e : tensor<1x2xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}
func.func private @probe(%w: tensor<2x2xf32>, %x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %e = tensor.empty() : tensor<3x2xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, c) -> (n mod 2, c)>, affine_map<(n, c) -> (n, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<2x2xf32>) outs(%e : tensor<3x2xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}
