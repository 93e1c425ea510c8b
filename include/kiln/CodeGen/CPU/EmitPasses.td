//===- EmitPasses.td - Passes that write the loops of kernels ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_EMITPASSES_TD
#define KILN_CODEGEN_CPU_EMITPASSES_TD

include "mlir/Pass/PassBase.td"

def EmitContractions : Pass<"cpu-emit-contractions", "::mlir::func::FuncOp"> {
  let summary = "Loops over vectors for cpu.contract";
  let description = [{
    Writes the loops of each `cpu.contract` on memrefs: tiles of rows and
    columns, the whole sum of a tile in vector registers, the body on vectors,
    the store.

    Before:

    ```mlir
    cpu.contract %a, %b into %c attributes {rows = 5 : i64, vectors = 2 : i64, ...}
    ```

    After:

    ```mlir
    %0:10 = scf.for %k = %c0 to %c7 step %c1 iter_args(...) -> (vector<16xf32>, ...)
    vector.store %0#0, %c[%i] : memref<95xf32>, vector<16xf32>
    ```
  }];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
                           "::mlir::memref::MemRefDialect"];
}

def EmitConvolutions : Pass<"cpu-emit-convolutions", "::mlir::func::FuncOp"> {
  let summary = "Loops over vectors for cpu.conv";
  let description = [{
    Writes the loops of each `cpu.conv` on memrefs: a parallel loop of tasks, in
    each the tiles of its part of the result, and of a tile the whole sum in
    vector registers, the body on vectors, the store. Taps that lie in the
    padding are not written: the first and the last tiles of a line have code of
    their own, and so have rows where a tile has several; otherwise the first
    and the last tap are computed from the row.

    Before:

    ```mlir
    cpu.conv %x, %w into %y attributes {rows = 1 : i64, columns = 14 : i64, vectors = 2 : i64, ...}
    ```

    After:

    ```mlir
    scf.parallel (%task) = (%c0) to (%c16) step (%c1) {
      %0:28 = scf.for %k = %c0 to %c16 step %c4 iter_args(...) -> (vector<16xf32>, ...)
      vector.store %0#0, %y[%i] : memref<50176xf32>, vector<16xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect", "::mlir::memref::MemRefDialect"];
}

def EmitWindows : Pass<"cpu-emit-windows", "::mlir::func::FuncOp"> {
  let summary = "Loops over vectors for cpu.window";
  let description = [{
    Writes the loops of each `cpu.window` on memrefs: a parallel loop over
    tasks, the lines of the planes of each, tiles of columns with their
    accumulators in registers, the rows of the kernel that meet the input, the
    body on vectors, the store. Taps in the padding are skipped: those of
    columns as the code is written, those of rows by the bounds of their loop.

    Before:

    ```mlir
    cpu.window maximum %x into %y attributes {kernel = array<i64: 3, 3>, ...}
    ```

    After:

    ```mlir
    scf.parallel (%task) = (%c0) to (%c4) step (%c1) {
      scf.for %row = %first to %last step %c1 {
        %0:7 = scf.for %tap = %low to %high step %c1 iter_args(...) -> (vector<16xf32>, ...)
        vector.store %0#0, %y[%i] : memref<1120xf32>, vector<16xf32>
    ```
  }];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
                           "::mlir::memref::MemRefDialect"];
}

def EmitWinograd : Pass<"cpu-emit-winograd", "::mlir::func::FuncOp"> {
  let summary = "Loops over vectors for cpu.winograd";
  let description = [{
    Writes the loops of each `cpu.winograd` on memrefs: a parallel loop over the
    blocks of tiles of all images, in it the transform of the block's input to
    scratch memory, the matrix products with their sums in vector registers,
    and the transform back, with the body on vectors, the store.

    Before:

    ```mlir
    cpu.winograd %x, %w into %y attributes {output_tile = 4 : i64, block_tiles = 14 : i64, ...}
    ```

    After:

    ```mlir
    scf.parallel (%task) = (%c0) to (%c7) step (%c1) {
      %transformed = memref.alloca() {alignment = 64 : i64} : memref<32832xf32>
      ...
      %0:28 = scf.for %c = %c0 to %c4 step %c1 iter_args(...) -> (vector<16xf32>, ...)
      ...
      vector.store %1, %y[%i] : memref<50176xf32>, vector<16xf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect",
                           "::mlir::memref::MemRefDialect"];
}

def EmitBatchNorms : Pass<"cpu-emit-batch-norms", "::mlir::func::FuncOp"> {
  let summary = "Loops over vectors for cpu.batch_norm";
  let description = [{
    Writes the loops of each `cpu.batch_norm` on memrefs: a parallel loop of
    tasks, in each its channels (or blocks of them) one after another; of a
    channel first the sums in f64, over all images, then the result, from the
    last image to the first: a cache that holds a part of the channel gives it
    back.

    Before:

    ```mlir
    cpu.batch_norm %x by %scale, %offset into %y, %mean, %variance attributes {...}
    ```

    After:

    ```mlir
    scf.parallel (%task) = (%c0) to (%c4) step (%c1) {
      %0:4 = scf.for %n = %c0 to %c32 step %c1 iter_args(...) -> (vector<16xf64>, ...)
      memref.store %mean_of_channel, %mean[%c] : memref<64xf64>
      scf.for %n = %c0 to %c32 step %c1 {
        vector.store %1, %y[%i] : memref<50176xf32>, vector<16xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def LowerMath : Pass<"cpu-lower-math", "::mlir::ModuleOp"> {
  let summary = "Calls of Kiln's own mathematical functions";
  let description = [{
    Replaces operations of the math dialect that LLVM would turn into calls of
    libm by calls of the runtime's functions (`kiln_expf` for f32, `kiln_exp`
    for f64, and so on), which LLVM inlines and vectorises. Vectors are taken
    apart. `math.fma` becomes a multiplication and an addition that LLVM may
    contract: where the CPU has no such instruction, they stay two.

    Before:

    ```mlir
    %1 = math.exp %0 : f32
    ```

    After:

    ```mlir
    %1 = func.call @kiln_expf(%0) : (f32) -> f32
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

#endif // KILN_CODEGEN_CPU_EMITPASSES_TD
