//===- TaskPasses.td - From kernels to tasks ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_TASKPASSES_TD
#define KILN_CODEGEN_CPU_TASKPASSES_TD

include "mlir/Pass/PassBase.td"

def LowerLinalg : Pass<"cpu-lower-linalg", "::mlir::func::FuncOp"> {
  let summary = "Loops for linalg operations, the outermost as tasks";
  let description = [{
    Writes the loops of each linalg operation on memrefs, as upstream does. Where
    the work takes more than some ten microseconds, the outermost parallel loops become
    one `scf.parallel` over at most 64 tasks; if they are too short, the next one
    is cut in blocks. The innermost loop stays long enough for vectors.

    A loop over the lanes of a block, the innermost one, becomes operations on
    vectors.

    Before:

    ```mlir
    linalg.generic ... ins(%x : memref<64x9000xf32>) outs(%y : memref<64x9000xf32>)
    ```

    After:

    ```mlir
    scf.parallel (%task) = (%c0) to (%c10) step (%c1) {
      scf.for %i = %begin to %end step %c1 {
        scf.for %j = %c0 to %c9000 step %c1 {
    ```
  }];
  let dependentDialects = ["::mlir::vector::VectorDialect", "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"];
}

def DistributeTasks : Pass<"cpu-distribute-tasks", "::mlir::ModuleOp"> {
  let summary = "Kernels as functions over a range of tasks";
  let description = [{
    A kernel that can run on several threads has one `scf.parallel` of one
    dimension, from 0 with step 1, at its top level: its tasks, which write
    disjoint memory. The kernel becomes a function over the tasks from `begin`
    to `end`, and keeps their number as `kiln.tasks`; every other kernel has one
    task. Calls from `kiln_main` run all of them, one after another.

    Scratch memory at the start of a task (or of a kernel without tasks) that
    is larger than `max-stack` moves from the stack into memory that each worker
    has for itself, the last argument of kernels and of `kiln_main`. What stays on the
    stack is allocated once a range. `kiln.scratch_bytes` is what a worker needs.

    Before:

    ```mlir
    func.func private @kernel_0(%a: memref<64xf32>) {
      scf.parallel (%i) = (%c0) to (%c8) step (%c1) {
        %s = memref.alloca() {alignment = 64 : i64} : memref<2048xf32>
    ```

    After:

    ```mlir
    func.func private @kernel_0(%a: memref<64xf32>, %begin: index, %end: index,
        %scratch: memref<8192xi8>) attributes {kiln.tasks = 8 : i64} {
      %s = memref.view %scratch[%c0][] : memref<8192xi8> to memref<2048xf32>
      scf.for %i = %begin to %end step %c1 {
    ```
  }];
  let options = [
    Option<"maxStack", "max-stack", "int64_t", /*default=*/"4096",
           "Bytes of scratch memory that stay on the stack">
  ];
  let statistics = [
    Statistic<"numDistributed", "distributed", "kernels with several tasks">,
    Statistic<"numSingle", "single", "kernels with one task">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def DispatchKernels : Pass<"cpu-dispatch-kernels", "::mlir::ModuleOp"> {
  let summary = "Calls of kernels through the runtime";
  let description = [{
    Replaces each call of a kernel in `kiln_main` by a call of the runtime's
    `kiln_run_tasks`, with the kernel's arguments packed on the stack, so that
    its tasks run where the caller's executor puts them. A function for each
    kernel unpacks them. The last argument of `kiln_main` was the workers' scratch memory
    and becomes the run, from which the runtime knows it.

    The n-th call is the n-th entry of `kiln.traffic`.

    Before:

    ```mlir
    llvm.func internal @kernel_0(%a: !llvm.ptr, %begin: i64, %end: i64,
        %scratch: !llvm.ptr) attributes {kiln.tasks = 8 : i64}
    llvm.call @kernel_0(%a, %zero, %eight, %scratch)
    ```

    After:

    ```mlir
    llvm.func internal @kernel_0_task(%frame: !llvm.ptr, %begin: i64, %end: i64,
        %scratch: !llvm.ptr) {
      %a = llvm.load %frame
      llvm.call @kernel_0(%a, %begin, %end, %scratch)
    llvm.store %a, %frame
    llvm.call @kiln_run_tasks(%run, @kernel_0_task, %frame, %eight)
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // KILN_CODEGEN_CPU_TASKPASSES_TD
