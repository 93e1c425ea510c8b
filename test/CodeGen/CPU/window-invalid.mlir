// One case for each way to break a constraint of cpu.window.
// RUN: kiln-opt %s -verify-diagnostics -split-input-file

// window-C1: as many blocks in both
func.func @c1_blocks(%x: tensor<1x3x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C1) expects input and out of five extents}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x3x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C1: blocked tensors
func.func @c1_rank(%x: tensor<1x32x9x7xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C1) expects input and out of five extents}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x32x9x7xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C2: two entries
func.func @c2_entries(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C2) expects two entries}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C2: a tile of at least one column
func.func @c2_columns(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C2) expects kernel, strides, dilations, columns}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 0 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C2: padding of at least 0
func.func @c2_padding(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C2) expects kernel, strides, dilations, columns}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, -1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C3: weights of the kernel
func.func @c3_shape(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x2x3x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C3) expects weights [CB, KH, KW, V]}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x2x3x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C3: a start for each channel
func.func @c3_start(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<32xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C3) expects weights [CB, KH, KW, V]}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<32xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C3: a maximum has no weights
func.func @c3_maximum(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C3) expects weights [CB, KH, KW, V]}}
  %0 = cpu.window maximum %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C4: one element type
func.func @c4(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf64>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C4) expects one floating-point element type}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf64>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C5: maps from five loops
func.func @c5_loops(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C5) expects for each extra a map from 5 loops}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w) -> (b * 16)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C5: no divisions
func.func @c5_linear(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C5) expects for each extra a map from 5 loops}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (v floordiv 2)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C5: lanes side by side
func.func @c5_lanes(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C5) expects the lanes of extra 0 side by side}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b + v * 2)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C6: an argument of each extra
func.func @c6(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C6) expects a body}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f64):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
  return
}

// -----

// window-C7: a result of the type of out
func.func @c7(%x: tensor<1x2x9x7x16xf32>, %w: tensor<2x3x2x16xf32>, %b: tensor<2x16xf32>, %e: tensor<32xf32>, %y: tensor<1x2x5x7x16xf32>) {
  // expected-error@+1 {{(window-C7) expects static tensors and a result}}
  %0 = cpu.window multiply_add %x by %w from %b with %e into %y attributes {
      kernel = array<i64: 3, 2>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 16 + v)>]} {
  ^bb0(%sum: f32, %extra: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x9x7x16xf32>, tensor<2x3x2x16xf32>, tensor<2x16xf32>, tensor<32xf32>,
       tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf64>
  return
}

// -----

// window-C7: lanes side by side in memory
func.func @c7_strides(%x: memref<2x3x9x7x8xf32>, %y: memref<2x3x4x3x8xf32, strided<[2304, 768, 192, 64, 2]>>) {
  // expected-error@+1 {{(window-C7) expects memrefs with static strides and lanes side by side}}
  cpu.window maximum %x into %y attributes {
      kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, columns = 3 : i64, tasks = 1 : i64, maps = []} {
  ^bb0(%max: f32):
    cpu.yield %max : f32
  } : (memref<2x3x9x7x8xf32>, memref<2x3x4x3x8xf32, strided<[2304, 768, 192, 64, 2]>>) -> ()
  return
}
