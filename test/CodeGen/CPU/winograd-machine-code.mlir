// What LLVM must make of the products of cpu.winograd: 14 tiles of the block by
// two vectors of channels, 16 by one, and on AVX2 6 by two.
// RUN: split-file %s %t
// RUN: kiln compile %t/shared.mlir --from=layout --emit=asm --mcpu=x86-64-v4 -o %t/shared.s
// RUN: FileCheck %s --check-prefix=SHARED < %t/shared.s
// RUN: FileCheck %s --check-prefix=STACK < %t/shared.s
// RUN: FileCheck %s --check-prefix=PANEL < %t/shared.s
// RUN: kiln compile %t/embedded.mlir --from=layout --emit=asm --mcpu=x86-64-v4 -o %t/embedded.s
// RUN: FileCheck %s --check-prefix=EMBEDDED < %t/embedded.s
// RUN: FileCheck %s --check-prefix=PANEL < %t/embedded.s
// RUN: sed 's/1x4x8x14x16/1x8x8x14x8/g; s/1x2x8x14x16/1x2x8x14x8/g; s/64x32xf32/64x16xf32/g; s/channels = 32/channels = 16/; s/rows = 14/rows = 6/' %t/shared.mlir > %t/v3.mlir
// RUN: kiln compile %t/v3.mlir --from=layout --emit=asm --mcpu=x86-64-v3 -o %t/v3.s
// RUN: FileCheck %s --check-prefix=V3 < %t/v3.s
// RUN: FileCheck %s --check-prefix=STACK < %t/v3.s
// RUN: FileCheck %s --check-prefix=PANEL < %t/v3.s

// From the first broadcast of the loop to its end, nothing goes through the
// stack, where the transforms keep what lies between their passes.
// STACK: vbroadcastss {{.*}}, %{{[yz]}}mm
// STACK-NOT: (%rsp)
// STACK: j{{[a-z]+}} .LBB

// The next panel is asked for, at either end of the loop.
// PANEL: prefetcht1

// One broadcast serves two multiply-adds.
// SHARED: vbroadcastss {{.*}}, %zmm
// SHARED-NOT: {1to16}
// SHARED-COUNT-56: vfmadd231ps %zmm{{[0-9]+}}, %zmm{{[0-9]+}}, %zmm
// SHARED: j{{[a-z]+}} .LBB

// The broadcast is part of the multiply-add.
// EMBEDDED: vfmadd231ps {{.*\(%r[^i].*}}{1to16}, %zmm
// EMBEDDED-NOT: (%rsp)
// EMBEDDED-NOT: vbroadcastss
// EMBEDDED: j{{[a-z]+}} .LBB

// V3: vbroadcastss {{.*}}, %ymm
// V3-COUNT-40: vfmadd231ps %ymm{{[0-9]+}}, %ymm{{[0-9]+}}, %ymm
// V3: j{{[a-z]+}} .LBB

//--- shared.mlir
func.func @net(%x: tensor<1x4x8x14x16xf32>) -> tensor<1x2x8x14x16xf32> {
  %w = arith.constant dense<0.5> : tensor<1x16x1x64x32xf32>
  %e = tensor.empty() : tensor<1x2x8x14x16xf32>
  %y = cpu.winograd %x, %w into %e attributes {output_tile = 2 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 32 : i64, block_tiles = 14 : i64, rows = 14 : i64, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x4x8x14x16xf32>, tensor<1x16x1x64x32xf32>, tensor<1x2x8x14x16xf32>) -> tensor<1x2x8x14x16xf32>
  return %y : tensor<1x2x8x14x16xf32>
}

//--- embedded.mlir
func.func @net(%x: tensor<1x4x16x16x16xf32>) -> tensor<1x2x16x16x16xf32> {
  %w = arith.constant dense<0.5> : tensor<1x36x2x64x16xf32>
  %e = tensor.empty() : tensor<1x2x16x16x16xf32>
  %y = cpu.winograd %x, %w into %e attributes {output_tile = 4 : i64,
      pad_low = array<i64: 1, 1>, out_channels = 32 : i64, block_tiles = 16 : i64, rows = 30 : i64, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x4x16x16x16xf32>, tensor<1x36x2x64x16xf32>, tensor<1x2x16x16x16xf32>) -> tensor<1x2x16x16x16xf32>
  return %y : tensor<1x2x16x16x16xf32>
}
