// RUN: kiln-opt %s -cpu-layout-pipeline='vector-bits=256 registers=16' -cpu-kernels-pipeline | FileCheck %s

// Bare pointers: input, two outputs, arena. Nothing is allocated or copied by
// calls; the same value returned twice is written twice.
// CHECK: module attributes {kiln.arena_bytes = {{[0-9]+}} : i64, kiln.constant_chunks = array<i64: 0, 540>, kiln.constants = {{.*}}, kiln.interface = {{.*}}, kiln.scratch_bytes = 0 : i64, {{.*}}}
// CHECK-NOT: @malloc
// CHECK-NOT: @memrefCopy
// CHECK: llvm.mlir.global external constant @kiln_constants()
// CHECK: llvm.func internal @kernel_0({{.*}}llvm.noalias
// CHECK: llvm.intr.fmuladd({{.*}}) : (vector<8xf32>, vector<8xf32>, vector<8xf32>) -> vector<8xf32>
// CHECK: llvm.func @kiln_main(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr)
// CHECK-NOT: @malloc
// CHECK-NOT: @memrefCopy
func.func @net(%x: tensor<1x3x9x11xf32>) -> (tensor<1x5x7x9xf32>, tensor<1x5x7x9xf32>) {
  %w = arith.constant dense<0.5> : tensor<5x3x3x3xf32>
  %0 = nn.conv %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, groups = 1 : i64}
    : (tensor<1x3x9x11xf32>, tensor<5x3x3x3xf32>) -> tensor<1x5x7x9xf32>
  %1 = nn.sigmoid %0 : tensor<1x5x7x9xf32>
  return %1, %1 : tensor<1x5x7x9xf32>, tensor<1x5x7x9xf32>
}
