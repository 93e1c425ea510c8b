// What LLVM must make of a convolution's inner loop: one line of 28 positions by
// one vector of channels, and two vectors by 13 positions.
// RUN: split-file %s %t
// RUN: kiln compile %t/embedded.mlir --from=layout --emit=asm --mcpu=x86-64-v4 -o - | FileCheck %s --check-prefix=EMBEDDED
// RUN: kiln compile %t/shared.mlir --from=layout --emit=asm --mcpu=x86-64-v4 -o - | FileCheck %s --check-prefix=SHARED

// RUN: sed 's/1x2x1x13x16/1x4x1x6x8/g; s/1x4x1x13x16/1x8x1x6x8/g; s/rows = 13/rows = 6/; s/unrolled = 4/unrolled = 2/' %t/shared.mlir > %t/v3.mlir
// RUN: kiln compile %t/v3.mlir --from=layout --emit=asm --mcpu=x86-64-v3 -o - | FileCheck %s --check-prefix=V3 --implicit-check-not='{{[yz]}}mm{{[0-9]+}}, {{-?[0-9]*}}(%rsp)'

// The broadcast is part of the multiply-add, the next panel is asked for, and
// nothing in the loop goes through the stack.
// EMBEDDED: prefetcht1
// EMBEDDED-NOT: (%rsp)
// EMBEDDED-NOT: vbroadcastss
// EMBEDDED-COUNT-56: vfmadd231ps {{.*}}{1to16}, %zmm
// EMBEDDED-NOT: (%rsp)
// EMBEDDED: j{{[a-z]+}} .LBB

// One broadcast for two multiply-adds of registers.
// SHARED: prefetcht1
// SHARED-NOT: (%rsp)
// SHARED-NOT: {1to16}
// SHARED-COUNT-13: vbroadcastss
// SHARED-NOT: (%rsp)
// SHARED-NOT: {1to16}
// SHARED: j{{[a-z]+}} .LBB

// Two vectors by six positions on 16 registers.
// V3: vbroadcastss {{.*}}, %ymm
// V3-COUNT-20: vfmadd231ps %ymm{{[0-9]+}}, %ymm{{[0-9]+}}, %ymm
// V3: prefetcht1
// V3: j{{[a-z]+}} .LBB

//--- embedded.mlir
func.func @net(%x: tensor<1x2x1x28x16xf32>) -> tensor<1x2x1x28x16xf32> {
  %w = arith.constant dense<0.5> : tensor<1024xf32>
  %e = tensor.empty() : tensor<1x2x1x28x16xf32>
  %y = cpu.conv %x, %w into %e attributes {
      channels = 32 : i64, filters = 32 : i64, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, vectors = 1 : i64, rows = 28 : i64,
      columns = 1 : i64, unrolled = 4 : i64, grid = array<i64: 1, 1>, channels_outside, prefetch, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x1x28x16xf32>, tensor<1024xf32>, tensor<1x2x1x28x16xf32>) -> tensor<1x2x1x28x16xf32>
  return %y : tensor<1x2x1x28x16xf32>
}

//--- shared.mlir
func.func @net(%x: tensor<1x2x1x13x16xf32>) -> tensor<1x4x1x13x16xf32> {
  %w = arith.constant dense<0.5> : tensor<2048xf32>
  %e = tensor.empty() : tensor<1x4x1x13x16xf32>
  %y = cpu.conv %x, %w into %e attributes {
      channels = 32 : i64, filters = 64 : i64, kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, vectors = 2 : i64, rows = 13 : i64,
      columns = 1 : i64, unrolled = 4 : i64, grid = array<i64: 1, 1>, channels_outside, prefetch, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x2x1x13x16xf32>, tensor<2048xf32>, tensor<1x4x1x13x16xf32>) -> tensor<1x4x1x13x16xf32>
  return %y : tensor<1x4x1x13x16xf32>
}
