// What LLVM must make of a contraction's inner loop: multiply-adds on the widest
// registers, one broadcast for two of them, nothing kept on the stack.
// RUN: kiln compile %s --from=layout --emit=asm --mcpu=x86-64-v4 -o - | FileCheck %s \
// RUN:   --implicit-check-not='{{[yz]}}mm{{[0-9]+}}, {{-?[0-9]*}}(%rsp)'

// CHECK-LABEL: kernel_0:
// CHECK: .LBB{{.*}}:
// CHECK-NOT: (%rsp)
// CHECK: vbroadcastss {{.*}}, %zmm
// CHECK-COUNT-12: vfmadd231ps {{.*}}%zmm{{[0-9]+}}, %zmm{{[0-9]+}}, %zmm
// CHECK-NOT: (%rsp)
// CHECK: j{{[a-z]+}} .LBB
func.func @net(%a: tensor<6x70xf32>) -> tensor<6x32xf32> {
  %b = arith.constant dense<0.5> : tensor<70x32xf32>
  %e = tensor.empty() : tensor<6x32xf32>
  %c = cpu.contract %a, %b into %e attributes {
      sizes = array<i64: 6, 32, 70>, reductions = 1 : i64, rows = 6 : i64,
      vectors = 2 : i64, lanes = 16 : i64, unrolled = 0 : i64, order = array<i64: 0, 1>,
      maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
              affine_map<(m, n, k) -> (m, n)>]} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (tensor<6x70xf32>, tensor<70x32xf32>, tensor<6x32xf32>) -> tensor<6x32xf32>
  return %c : tensor<6x32xf32>
}
