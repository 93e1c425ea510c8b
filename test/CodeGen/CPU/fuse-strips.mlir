// Chains of kernels run strip by strip, with what lies between in scratch memory.
// RUN: kiln-opt %s --cpu-fuse-strips=cache-bytes=16000 --split-input-file | FileCheck %s

// Nine rows in three strips. The first reads a row of padding above it, the
// others none, and the last ends at the border: each has code of its own.
// CHECK-LABEL: @kiln_main
// CHECK-SAME: %[[X:.*]]: memref<1x2x9x7x8xf32>, %{{.*}}, %{{.*}}, %[[Y:.*]]: memref<1x2x9x7x8xf32>
// CHECK-NOT: memref.alloc()
// CHECK: scf.parallel (%{{.*}}) = (%c0) to (%c3)
// CHECK: %[[BYTES:.*]] = memref.alloca() {alignment = 64 : i64} : memref<1344xi8>
// CHECK: scf.if
// CHECK: %[[IN:.*]] = memref.subview %[[X]][0, 0, 0, 0, 0] [1, 2, 4, 7, 8]
// CHECK: %[[OUT:.*]] = memref.view %[[BYTES]]{{.*}} to memref<1x2x3x7x8xf32>
// CHECK: cpu.window multiply_add %[[IN]] by %{{.*}} into %[[OUT]] {{.*}} pad_low = array<i64: 1, 1>
// CHECK: %[[AGAIN:.*]] = memref.view %[[BYTES]]
// CHECK: %[[PART:.*]] = memref.subview %[[Y]][0, 0, 0, 0, 0] [1, 2, 3, 7, 8]
// CHECK: cpu.conv %[[AGAIN]], %{{.*}} into %[[PART]]
// CHECK: } else {
// CHECK: scf.if
// CHECK: memref.subview %[[X]][0, 0, 2, 0, 0] [1, 2, 5, 7, 8]
// CHECK: cpu.window {{.*}} pad_low = array<i64: 0, 1>
// CHECK: memref.subview %[[Y]][0, 0, 3, 0, 0] [1, 2, 3, 7, 8]
// CHECK: } else {
// CHECK: memref.subview %[[X]][0, 0, 5, 0, 0] [1, 2, 4, 7, 8]
// CHECK: cpu.window {{.*}} pad_low = array<i64: 0, 1>
// CHECK: memref.subview %[[Y]][0, 0, 6, 0, 0] [1, 2, 3, 7, 8]
// CHECK: cpu.cost = {executed = {{[0-9]+}} : i64, nominal = 50400 : i64}
func.func @kiln_main(%x: memref<1x2x9x7x8xf32>, %w: memref<2x3x3x8xf32>, %v: memref<256xf32>, %y: memref<1x2x9x7x8xf32>) {
  %0 = memref.alloc() : memref<1x2x9x7x8xf32>
  cpu.window multiply_add %x by %w into %0 attributes {
      kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x2x9x7x8xf32>, memref<2x3x3x8xf32>, memref<1x2x9x7x8xf32>) -> ()
  cpu.conv %0, %v into %y attributes {
      channels = 16 : i64, filters = 16 : i64, kernel = array<i64: 1, 1>,
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 7 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x2x9x7x8xf32>, memref<256xf32>, memref<1x2x9x7x8xf32>) -> ()
  return
}

// -----

// What another kernel reads must be there whole.
// CHECK-LABEL: @kiln_main
// CHECK-NOT: scf.parallel
// CHECK: linalg.copy
func.func @kiln_main(%x: memref<1x2x9x7x8xf32>, %w: memref<2x3x3x8xf32>, %v: memref<256xf32>, %y: memref<1x2x9x7x8xf32>, %z: memref<1x2x9x7x8xf32>) {
  %0 = memref.alloc() : memref<1x2x9x7x8xf32>
  cpu.window multiply_add %x by %w into %0 attributes {
      kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x2x9x7x8xf32>, memref<2x3x3x8xf32>, memref<1x2x9x7x8xf32>) -> ()
  cpu.conv %0, %v into %y attributes {
      channels = 16 : i64, filters = 16 : i64, kernel = array<i64: 1, 1>,
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 7 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x2x9x7x8xf32>, memref<256xf32>, memref<1x2x9x7x8xf32>) -> ()
  linalg.copy ins(%0 : memref<1x2x9x7x8xf32>) outs(%z : memref<1x2x9x7x8xf32>)
  return
}

// -----

// An elementwise loop in front of a convolution costs no pass of its own. The
// strips in the middle do the same, each some rows behind the one before.
// CHECK-LABEL: @kiln_main
// CHECK: scf.parallel (%[[I:.*]]) = (%c0) to
// CHECK: %[[ROW:.*]] = arith.muli %[[I]]
// CHECK: %[[FIRST:.*]] = arith.addi %[[ROW]]
// CHECK: memref.subview %{{.*}}[0, 0, %{{.*}}, 0, 0]
// CHECK: linalg.generic
// CHECK: cpu.conv
func.func @kiln_main(%x: memref<1x2x12x7x8xf32>, %v: memref<256xf32>, %y: memref<1x2x12x7x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %0 = memref.alloc() : memref<1x2x12x7x8xf32>
  linalg.generic {
      indexing_maps = [affine_map<(n, b, h, w, v) -> (n, b, h, w, v)>,
                       affine_map<(n, b, h, w, v) -> (n, b, h, w, v)>],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]}
      ins(%x : memref<1x2x12x7x8xf32>) outs(%0 : memref<1x2x12x7x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %zero : f32
    linalg.yield %m : f32
  }
  cpu.conv %0, %v into %y attributes {
      channels = 16 : i64, filters = 16 : i64, kernel = array<i64: 1, 1>,
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 7 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x2x12x7x8xf32>, memref<256xf32>, memref<1x2x12x7x8xf32>) -> ()
  return
}

// -----

// Work for eight tasks, of which three strips would be too few.
// CHECK-LABEL: @kiln_main
// CHECK-NOT: scf.parallel
// CHECK: cpu.window
// CHECK: cpu.conv
func.func @kiln_main(%x: memref<1x2x9x7x8xf32>, %w: memref<2x3x3x8xf32>, %v: memref<256xf32>, %y: memref<1x2x9x7x8xf32>) {
  %0 = memref.alloc() : memref<1x2x9x7x8xf32>
  cpu.window multiply_add %x by %w into %0 attributes {
      kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64, maps = []} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x2x9x7x8xf32>, memref<2x3x3x8xf32>, memref<1x2x9x7x8xf32>) -> ()
  cpu.conv %0, %v into %y attributes {
      channels = 16 : i64, filters = 16 : i64, kernel = array<i64: 1, 1>,
      strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, vectors = 2 : i64, rows = 1 : i64,
      columns = 7 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>, maps = [],
      cpu.predicted_cycles = 40000.0 : f64} {
  ^bb0(%sum: f32):
    cpu.yield %sum : f32
  } : (memref<1x2x9x7x8xf32>, memref<256xf32>, memref<1x2x9x7x8xf32>) -> ()
  return
}
