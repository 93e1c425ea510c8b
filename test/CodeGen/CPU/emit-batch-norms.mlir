// RUN: kiln-opt %s --cpu-emit-batch-norms --canonicalize --cse | FileCheck %s

// A block is eight channels, a vector each pixel: sums for each lane, and
// factors of eight channels at once. Nineteen channels: the last block has
// three, the lanes behind them get no statistics.
// CHECK-LABEL: func @blocked
// CHECK: scf.for %[[C:.*]] = %c0 to %c3 step
// CHECK: %[[FIRST:.*]] = vector.load {{.*}} : {{.*}}, vector<8xf32>
// CHECK: %[[SIZE:.*]] = math.absf %[[FIRST]]
// CHECK: %[[FINITE:.*]] = arith.cmpf olt, %[[SIZE]]
// CHECK: %[[KNOWN:.*]] = arith.select %[[FINITE]], %[[FIRST]]
// CHECK: %[[SHIFT:.*]] = arith.extf %[[KNOWN]] : vector<8xf32> to vector<8xf64>
// CHECK: scf.for {{.*}} iter_args
// CHECK: scf.for {{.*}} iter_args
// CHECK: %[[WIDE:.*]] = arith.extf %{{.*}} : vector<8xf32> to vector<8xf64>
// CHECK: %[[D:.*]] = arith.subf %[[WIDE]], %[[SHIFT]] : vector<8xf64>
// CHECK: arith.addf %{{.*}}, %[[D]] : vector<8xf64>
// CHECK: math.fma %[[D]], %[[D]], %{{.*}} : vector<8xf64>
// CHECK: arith.maximumf %{{.*}}, %{{.*}} : vector<8xf64>
// CHECK: %[[MASK:.*]] = vector.create_mask
// CHECK: vector.maskedstore %arg4[%{{.*}}], %[[MASK]]
// CHECK: vector.maskedstore %arg5[%{{.*}}], %[[MASK]]
// CHECK: math.sqrt %{{.*}} : vector<8xf64>
func.func @blocked(%x: memref<2x3x5x7x8xf32>, %s: memref<19xf32>, %o: memref<19xf32>,
                   %y: memref<2x3x5x7x8xf32>, %m: memref<19xf64>, %v: memref<19xf64>) {
  cpu.batch_norm %x by %s, %o into %y, %m, %v attributes {
      blocked, epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = []} {
  ^bb0(%normal: f32):
    cpu.yield %normal : f32
  } : (memref<2x3x5x7x8xf32>, memref<19xf32>, memref<19xf32>,
       memref<2x3x5x7x8xf32>, memref<19xf64>, memref<19xf64>) -> ()
  return
}

// Large ones are several tasks, each with channels of its own. The sums of a
// channel's lanes are added in order.
// CHECK-LABEL: func @tasks
// CHECK: scf.parallel (%{{.*}}) = (%c0) to (%c{{[0-9]+}}) step (%c1)
// CHECK: vector.reduction <add>, %{{.*}} : vector<8xf64> into f64
// CHECK-NOT: fastmath
// CHECK: return
func.func @tasks(%x: memref<4x32x56x56xf32>, %s: memref<32xf32>, %o: memref<32xf32>,
                 %y: memref<4x32x56x56xf32>, %m: memref<32xf64>, %v: memref<32xf64>) {
  cpu.batch_norm %x by %s, %o into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = []} {
  ^bb0(%normal: f32):
    cpu.yield %normal : f32
  } : (memref<4x32x56x56xf32>, memref<32xf32>, memref<32xf32>,
       memref<4x32x56x56xf32>, memref<32xf64>, memref<32xf64>) -> ()
  return
}

// A part of a plane is not one run: row by row, five elements of eight lanes.
// CHECK-LABEL: func @rows
// CHECK: scf.for {{.*}} = %c0 to %c2 step {{.*}} iter_args
// CHECK: scf.for {{.*}} = %c0 to %c4 step {{.*}} iter_args
// CHECK: vector.maskedload
// CHECK: arith.select
func.func @rows(%x: memref<2x3x4x5xf32, strided<[360, 120, 12, 1], offset: 3>>, %s: memref<3xf32>, %o: memref<3xf32>,
                %y: memref<2x3x4x5xf32>, %m: memref<3xf64>, %v: memref<3xf64>) {
  cpu.batch_norm %x by %s, %o into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = []} {
  ^bb0(%normal: f32):
    cpu.yield %normal : f32
  } : (memref<2x3x4x5xf32, strided<[360, 120, 12, 1], offset: 3>>, memref<3xf32>, memref<3xf32>,
       memref<2x3x4x5xf32>, memref<3xf64>, memref<3xf64>) -> ()
  return
}

// Short runs: those of the next image are asked for. The result is asked for too,
// which would otherwise be waited for as it is written.
// CHECK-LABEL: func @short_runs
// CHECK: %[[X:.*]] = memref.reinterpret_cast %arg0
// CHECK: %[[Y:.*]] = memref.reinterpret_cast %arg3
// CHECK: memref.prefetch %[[X]][%{{.*}}], read
// CHECK: memref.prefetch %[[Y]][%{{.*}}], write
func.func @short_runs(%x: memref<4x3x8x8xf32>, %s: memref<3xf32>, %o: memref<3xf32>,
                      %y: memref<4x3x8x8xf32>, %m: memref<3xf64>, %v: memref<3xf64>) {
  cpu.batch_norm %x by %s, %o into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = []} {
  ^bb0(%normal: f32):
    cpu.yield %normal : f32
  } : (memref<4x3x8x8xf32>, memref<3xf32>, memref<3xf32>,
       memref<4x3x8x8xf32>, memref<3xf64>, memref<3xf64>) -> ()
  return
}

// A result beyond the caches is written past them where it begins aligned,
// and ordered before anyone is told of it.
// CHECK-LABEL: func @streams
// CHECK-NOT: memref.prefetch
// CHECK: %[[AT:.*]] = memref.extract_aligned_pointer_as_index
// CHECK: %[[REST:.*]] = arith.remui %[[AT]], %c32
// CHECK: %[[ALIGNED:.*]] = arith.cmpi eq, %[[REST]], %c0
// CHECK: scf.if %[[ALIGNED]] {
// CHECK: vector.store %{{.*}} {alignment = 32 : i64, nontemporal = true}
// CHECK: llvm.fence seq_cst
// CHECK-NEXT: } else {
// CHECK: vector.store %{{.*}}[%{{.*}}] : memref
func.func @streams(%x: memref<32x64x56x56xf32>, %s: memref<64xf32>, %o: memref<64xf32>,
                   %y: memref<32x64x56x56xf32>, %m: memref<64xf64>, %v: memref<64xf64>) {
  cpu.batch_norm %x by %s, %o into %y, %m, %v attributes {
      epsilon = 1.0e-05 : f64, lanes = 8 : i64, maps = []} {
  ^bb0(%normal: f32):
    cpu.yield %normal : f32
  } : (memref<32x64x56x56xf32>, memref<64xf32>, memref<64xf32>,
       memref<32x64x56x56xf32>, memref<64xf64>, memref<64xf64>) -> ()
  return
}
