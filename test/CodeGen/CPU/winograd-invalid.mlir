// RUN: kiln-opt %s -split-input-file -verify-diagnostics

func.func @input_blocks(%x: tensor<1x3x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %y: tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32> {
  // expected-error @below {{(winograd-C1) expects one batch size}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x3x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32>
  return %0 : tensor<1x2x7x9x8xf32>
}

// -----

func.func @lanes(%x: tensor<1x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %y: tensor<1x2x7x9x4xf32>) -> tensor<1x2x7x9x4xf32> {
  // expected-error @below {{(winograd-C1) expects one batch size}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<1x2x7x9x4xf32>) -> tensor<1x2x7x9x4xf32>
  return %0 : tensor<1x2x7x9x4xf32>
}

// -----

func.func @parts(%x: tensor<1x2x7x9x8xf32>, %w: tensor<2x36x1x11x16xf32>, %y: tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32> {
  // expected-error @below {{(winograd-C1) expects weights of 1 parts of 2 blocks for the 2 of out, got 2}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<2x36x1x11x16xf32>, tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32>
  return %0 : tensor<1x2x7x9x8xf32>
}

// -----

func.func @real_channels(%x: tensor<1x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %y: tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32> {
  // expected-error @below {{(winograd-C1) expects out_channels to end in the last block}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 8 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32>
  return %0 : tensor<1x2x7x9x8xf32>
}

// -----

func.func @positions(%x: tensor<1x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %y: tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32> {
  // expected-error @below {{(winograd-C2)}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 2 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32>
  return %0 : tensor<1x2x7x9x8xf32>
}

// -----

func.func @tile_of_three(%x: tensor<1x2x7x9x8xf32>, %w: tensor<1x25x1x11x16xf32>, %y: tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32> {
  // expected-error @below {{(winograd-C2)}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 3 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<1x25x1x11x16xf32>, tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32>
  return %0 : tensor<1x2x7x9x8xf32>
}

// -----

func.func @padding(%x: tensor<1x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %y: tensor<1x2x7x10x8xf32>) -> tensor<1x2x7x10x8xf32> {
  // expected-error @below {{(winograd-C3) expects 0 to 2 zeros at either end of a dimension, got 3 and 0}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 3>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<1x2x7x10x8xf32>) -> tensor<1x2x7x10x8xf32>
  return %0 : tensor<1x2x7x10x8xf32>
}

// -----

func.func @padding_after(%x: tensor<1x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %y: tensor<1x2x8x9x8xf32>) -> tensor<1x2x8x9x8xf32> {
  // expected-error @below {{(winograd-C3) expects 0 to 2 zeros at either end of a dimension, got 0 and 3}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 0, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<1x2x8x9x8xf32>) -> tensor<1x2x8x9x8xf32>
  return %0 : tensor<1x2x8x9x8xf32>
}

// -----

func.func @no_rows(%x: tensor<1x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %y: tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32> {
  // expected-error @below {{(winograd-C4)}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 0 : i64,
      maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32>
  return %0 : tensor<1x2x7x9x8xf32>
}

// -----

func.func @maps(%x: tensor<1x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %y: tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32> {
  // expected-error @below {{(winograd-C5)}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (v)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32>
  return %0 : tensor<1x2x7x9x8xf32>
}

// -----

func.func @body(%x: tensor<1x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %y: tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32> {
  // expected-error @below {{(winograd-C6)}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = []} {
  ^bb0(%sum: f32, %other: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32>
  return %0 : tensor<1x2x7x9x8xf32>
}

// -----

func.func @lanes_apart(%x: tensor<1x2x7x9x8xf32>, %w: tensor<1x36x1x11x16xf32>, %e: tensor<16x2xf32>, %y: tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32> {
  // expected-error @below {{(winograd-C5) expects neighbouring lanes of extra 0}}
  %0 = cpu.winograd %x, %w with %e into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v, 0)>]} {
  ^bb0(%sum: f32, %add: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<16x2xf32>, tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32>
  return %0 : tensor<1x2x7x9x8xf32>
}

// -----

func.func @halves(%x: tensor<1x2x7x9x8xf16>, %w: tensor<1x36x1x11x16xf16>, %y: tensor<1x2x7x9x8xf16>) -> tensor<1x2x7x9x8xf16> {
  // expected-error @below {{(winograd-C7) expects elements of f32}}
  %0 = cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 13 : i64, block_tiles = 6 : i64, rows = 3 : i64,
      maps = []} {
  ^bb0(%sum: f16):
    cpu.yield %sum : f16
  } : (tensor<1x2x7x9x8xf16>, tensor<1x36x1x11x16xf16>, tensor<1x2x7x9x8xf16>) -> tensor<1x2x7x9x8xf16>
  return %0 : tensor<1x2x7x9x8xf16>
}
