// Which register tile a convolution gets.
// RUN: split-file %s %t
// RUN: kiln-opt %t/strided.mlir --cpu-block-channels='vector-bits=256 registers=16' | FileCheck %s --check-prefix=AVX2
// RUN: kiln-opt %t/winograd.mlir --cpu-block-channels='vector-bits=512 registers=32 l2-bytes=1048576' | FileCheck %s --check-prefix=LARGE
// RUN: kiln-opt %t/winograd.mlir --cpu-block-channels='vector-bits=512 registers=32 l2-bytes=262144' | FileCheck %s --check-prefix=SMALL

// With 16 registers a broadcast takes one of them and a load each: vectors of
// weights share it. A tile of one vector by 14 positions would spill.
// AVX2: cpu.conv
// AVX2-SAME: vectors = {{[2-9]}} : i64

// Fewer tiles to a block where the second cache is small.
// LARGE: cpu.winograd
// LARGE-SAME: block_tiles = 28 : i64
// SMALL: cpu.winograd
// SMALL-SAME: block_tiles = 14 : i64

//--- strided.mlir
func.func @net(%x: tensor<1x96x14x14xf32>) -> tensor<1x160x7x7xf32> {
  %w = arith.constant dense<0.5> : tensor<160x96x1x1xf32>
  %y = nn.conv %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
      : (tensor<1x96x14x14xf32>, tensor<160x96x1x1xf32>) -> tensor<1x160x7x7xf32>
  return %y : tensor<1x160x7x7xf32>
}

//--- winograd.mlir
func.func @net(%x: tensor<1x72x28x28xf32>) -> tensor<1x56x28x28xf32> {
  %w = arith.constant dense<0.5> : tensor<56x72x3x3xf32>
  %y = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>, groups = 1 : i64}
      : (tensor<1x72x28x28xf32>, tensor<56x72x3x3xf32>) -> tensor<1x56x28x28xf32>
  return %y : tensor<1x56x28x28xf32>
}
