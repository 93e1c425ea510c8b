// Loops that are too large for LLVM to unroll say so: it looks for no gain in them.
// RUN: kiln compile %s --from=layout --emit=llvm --mcpu=x86-64-v4 -o - | FileCheck %s

// CHECK-LABEL: define {{.*}}@kernel_0(
// CHECK-NOT: define
// CHECK: br i1 {{.*}}, !llvm.loop ![[LOOP:[0-9]+]]
// CHECK: ret void
// CHECK: ![[LOOP]] = distinct !{![[LOOP]], ![[KEEP:[0-9]+]]}
// CHECK: ![[KEEP]] = !{!"llvm.loop.unroll.disable"}
func.func @net(%x: tensor<1x3x20x40x16xf32> {nn.name = "x"}) -> (tensor<1x3x20x40x16xf32> {nn.name = "y"}) {
  %w = arith.constant dense<0.125> : tensor<3x5x5x16xf32>
  %b = arith.constant dense<0.25> : tensor<3x16xf32>
  %e = tensor.empty() : tensor<1x3x20x40x16xf32>
  %0 = cpu.window multiply_add %x by %w from %b into %e attributes {
      kernel = array<i64: 5, 5>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 2, 2>, columns = 40 : i64, tasks = 1 : i64, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<1x3x20x40x16xf32>, tensor<3x5x5x16xf32>, tensor<3x16xf32>, tensor<1x3x20x40x16xf32>)
      -> tensor<1x3x20x40x16xf32>
  return %0 : tensor<1x3x20x40x16xf32>
}
