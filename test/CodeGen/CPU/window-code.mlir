// What the code of windows must contain: a multiplication and addition in one,
// on the widest registers, and nothing kept on the stack.
// RUN: kiln compile %s --from=layout --emit=asm --mcpu=x86-64-v4 -o - \
// RUN:   | FileCheck %s --check-prefixes=CHECK,V4 --implicit-check-not='{{[yz]}}mm{{[0-9]+}}, {{-?[0-9]*}}(%rsp)'
// RUN: sed 's/16x/8x/g; s/x16xf32/x8xf32/g' %s > %t.v3.mlir
// RUN: kiln compile %t.v3.mlir --from=layout --emit=asm --mcpu=x86-64-v3 -o - \
// RUN:   | FileCheck %s --check-prefixes=CHECK,V3 --implicit-check-not='{{[yz]}}mm{{[0-9]+}}, {{-?[0-9]*}}(%rsp)'

// CHECK-LABEL: kernel_0:
// V4: vmovups {{.*}}%zmm
// V4: vfmadd{{(213|231)}}ps {{.*}}%zmm{{[0-9]+}}, %zmm{{[0-9]+}}, %zmm
// V3: vmovups {{.*}}%ymm
// V3: vfmadd{{(213|231)}}ps {{.*}}%ymm{{[0-9]+}}, %ymm{{[0-9]+}}, %ymm
// CHECK: vmaxps
// CHECK: retq
func.func @net(%x: tensor<1x3x20x20x16xf32> {nn.name = "x"}) -> (tensor<1x3x20x20x16xf32> {nn.name = "y"}) {
  %w = arith.constant dense<0.125> : tensor<3x3x3x16xf32>
  %b = arith.constant dense<0.25> : tensor<3x16xf32>
  %e = tensor.empty() : tensor<1x3x20x20x16xf32>
  %0 = cpu.window multiply_add %x by %w from %b into %e attributes {
      kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 10 : i64, tasks = 1 : i64, maps = []} {
  ^bb0(%sum: f32):
    %zero = arith.constant 0.0 : f32
    %below = arith.cmpf olt, %sum, %zero : f32
    %r = arith.select %below, %zero, %sum : f32
    cpu.yield %r : f32
  } : (tensor<1x3x20x20x16xf32>, tensor<3x3x3x16xf32>, tensor<3x16xf32>, tensor<1x3x20x20x16xf32>)
      -> tensor<1x3x20x20x16xf32>
  return %0 : tensor<1x3x20x20x16xf32>
}
