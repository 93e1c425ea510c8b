// cpu.conv: a case for each way to break a constraint.
// RUN: kiln-opt %s -split-input-file -verify-diagnostics

func.func @buffer_among_tensors(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: memref<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C1)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, memref<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @element_types(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf64>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C2)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf64>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @lanes_differ(%x: tensor<2x1x9x7x4xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C3)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x4xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @images_differ(%x: tensor<3x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C3)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<3x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @blocks_of_input(%x: tensor<2x2x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C3)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x2x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @plain_channels(%x: tensor<2x6x9x7xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C3)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x6x9x7xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @group_of_part_of_a_block(%x: tensor<2x2x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C3)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 8 : i64, groups = 2 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x2x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @groups_do_not_divide(%x: tensor<2x3x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C3)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 8 : i64, filters = 8 : i64, groups = 3 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x3x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @too_few_weights(%x: tensor<2x1x9x7x8xf32>, %w: tensor<479xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C4)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<479xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @stride_zero(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C5)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 0, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @three_strides(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C5)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @negative_padding(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C5)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: -1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @no_vectors(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C5)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 0 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @map_missing(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C6)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = []} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @map_not_a_sum(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C6)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (v mod 3)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @map_of_four_loops(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C6)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w) -> (b)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @body_type(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C7)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f64, %add: f32):
    cpu.yield %sum : f64
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}

// -----

func.func @unrolled_does_not_divide(%x: tensor<2x1x9x7x8xf32>, %w: tensor<480xf32>, %bias: tensor<16xf32>, %out: tensor<2x2x9x6x8xf32>) {
  // expected-error @below {{(conv-C8)}}
  %0 = cpu.conv %x, %w with %bias into %out attributes {
      channels = 5 : i64, filters = 13 : i64, groups = 1 : i64, kernel = array<i64: 3, 2>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 6 : i64, unrolled = 2 : i64, grid = array<i64: 1, 1>,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<2x1x9x7x8xf32>, tensor<480xf32>, tensor<16xf32>, tensor<2x2x9x6x8xf32>) -> tensor<2x2x9x6x8xf32>
  return
}
