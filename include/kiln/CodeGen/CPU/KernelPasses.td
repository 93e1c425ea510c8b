//===- KernelPasses.td - Passes of the kernels phase ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_KERNELPASSES_TD
#define KILN_CODEGEN_CPU_KERNELPASSES_TD

include "mlir/Pass/PassBase.td"

def RecordInterface : Pass<"cpu-record-interface", "::mlir::ModuleOp"> {
  let summary = "Keep the net's interface in a module attribute";
  let description = [{
    Writes name, element type and shape of each input and output of the
    module's one public function into `kiln.interface`, and renames the
    function to `kiln_main`. Tensors that are one image's part of a batch
    (`nn.batch`) are noted as `batched`. Element types that no kernel takes are refused.

    Before:

    ```mlir
    func.func @net(%x: tensor<2x3xf32> {nn.name = "x"}) -> (tensor<2xi64> {nn.name = "y"})
    ```

    After:

    ```mlir
    module attributes {kiln.interface = {name = "net",
        inputs = [{name = "x", type = f32, shape = array<i64: 2, 3>} ],
        outputs = [{name = "y", type = i64, shape = array<i64: 2>} ]}}
    func.func @kiln_main(...)
    ```
  }];
}

def DropSigns : Pass<"cpu-drop-signs", "::mlir::func::FuncOp"> {
  let summary = "Unsigned tensors as signless ones";
  let description = [{
    Up to here an element type says whether an integer is unsigned (ui8); the
    arithmetic on it already works on signless integers behind `tensor.bitcast`.
    From here on memory holds bits: types become signless and the bitcasts go.
    The net's border keeps its types in `kiln.interface`.

    Before:

    ```mlir
    func.func @kiln_main(%x: tensor<3xui8>) -> tensor<3xui8> {
      %0 = tensor.bitcast %x : tensor<3xui8> to tensor<3xi8>
      %1 = linalg.generic ... ins(%0, %0) { %s = arith.addi %a, %b : i8 ... }
      %2 = tensor.bitcast %1 : tensor<3xi8> to tensor<3xui8>
    ```

    After:

    ```mlir
    func.func @kiln_main(%x: tensor<3xi8>) -> tensor<3xi8> {
      %1 = linalg.generic ... ins(%x, %x) { %s = arith.addi %a, %b : i8 ... }
    ```
  }];
}

def FuseElementwise : Pass<"cpu-fuse-elementwise", "::mlir::func::FuncOp"> {
  let summary = "Draw chains of elementwise operations into one loop";
  let description = [{
    Upstream's fusion of elementwise `linalg.generic`, with a bound on the size
    of the bodies it makes: LLVM's vectoriser takes more than linear time over
    a loop of thousands of operations, and gains nothing by it.

    Before:

    ```mlir
    %0 = linalg.generic ... ins(%x) { %a = math.absf %in : f32 ... }
    %1 = linalg.generic ... ins(%0) { %b = math.sqrt %in : f32 ... }
    ```

    After:

    ```mlir
    %1 = linalg.generic ... ins(%x) { %a = math.absf %in : f32
                                      %b = math.sqrt %a : f32 ... }
    ```
  }];
  let options = [
    Option<"maxBodySize", "max-body-size", "size_t", /*default=*/"128",
           "Operations that a fused body has at most">
  ];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def BufferizeNet : Pass<"cpu-bufferize-net", "::mlir::ModuleOp"> {
  let summary = "From tensors to buffers that the caller owns";
  let description = [{
    The net's arguments become memrefs that are only read, its results memrefs
    that come as further arguments and are written in place; what lies between
    is bufferized by upstream's one-shot analysis, after empty tensors have been
    replaced by the places where their contents end. A result that is written
    into a value with other uses is copied first: it must not share the output's
    memory with that value.

    Before:

    ```mlir
    func.func @kiln_main(%x: tensor<2x3xf32>) -> tensor<2x3xf32>
    ```

    After:

    ```mlir
    func.func @kiln_main(%x: memref<2x3xf32>, %y: memref<2x3xf32>)
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::linalg::LinalgDialect"];
}

def FuseStrips : Pass<"cpu-fuse-strips", "::mlir::func::FuncOp"> {
  let summary = "Run chains of kernels strip by strip";
  let description = [{
    A depthwise convolution does little with what it reads, and between it and
    the pointwise convolutions around it lie the widest activations of a net.
    Where they exceed the cache, the chain [pointwise,] window, pointwise is run
    for some rows of its result at a time: what one kernel leaves to the next
    stays in the cache, in scratch memory of the task, and the buffers between
    them go. Rows that two strips need are computed for both; where that would
    cost more than it saves, the first convolution stays out. Strips at the
    border, where padding is read, get code of their own.

    Before:

    ```mlir
    %0 = memref.alloc() : memref<1x2x56x56x16xf32>
    cpu.window multiply_add %x by %w into %0 ...
    cpu.conv %0, %v into %y ...
    ```

    After:

    ```mlir
    scf.parallel (%i) = (%c0) to (%c8) step (%c1) {
      %bytes = memref.alloca() : memref<100352xi8>
      ...
      cpu.window multiply_add %rows by %w into %scratch ...
      cpu.conv %scratch, %v into %part ...
    }
    ```
  }];
  let options = [
    Option<"cacheBytes", "cache-bytes", "int64_t", /*default=*/"1 << 20",
           "Bytes of the cache that one core has for itself">];
  let statistics = [Statistic<"numFused", "fused", "chains run by strips">];
  let dependentDialects = ["::kiln::cpu::CPUDialect", "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"];
}

def OutlineKernels : Pass<"cpu-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "A function for each kernel, equal ones once";
  let description = [{
    Moves every operation of `kiln_main` that reads or writes memory into a
    function of its own, which takes the whole buffers and makes its own views
    of them. Different buffers never overlap, so the arguments are marked
    `llvm.noalias`. Equal functions are made once. What is left is a flat list of allocations and
    calls.

    Before:

    ```mlir
    linalg.fill ins(%zero : f32) outs(%a : memref<3xf32>)
    ```

    After:

    ```mlir
    func.call @kernel_0(%a) : (memref<3xf32>) -> ()
    ```
  }];
  let statistics = [
    Statistic<"numKernels", "kernels", "kernels made">,
    Statistic<"numShared", "shared", "calls of a kernel made before">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::LLVM::LLVMDialect"];
}

def RecordTraffic : Pass<"cpu-record-traffic", "::mlir::ModuleOp"> {
  let summary = "Keep what each kernel reads, writes and computes in module attributes";
  let description = [{
    Writes for each call of a kernel, in order, its kind (`contraction`,
    `reduction`, `elementwise`, which copies are too, or `fill`), the layer, and
    how many elements of activations it reads and writes into `kiln.traffic`.
    Passes over memory can be counted there. Constants do not count.

    `kiln.costs` holds beside it, in the same order, what each kernel computes:
    the bytes of all its operands, and from `CostOpInterface` the nominal and
    the executed FLOPs (0 for operations without it) and, where a cost model
    chose the kernel, the cycles that it predicted.

    Before:

    ```mlir
    func.call @kernel_0(%a, %b) : (memref<3xf32>, memref<3xf32>) -> ()
    ```

    After:

    ```mlir
    module attributes {kiln.traffic = [{kind = "elementwise", layer = "relu1",
        reads = 3 : i64, writes = 3 : i64} ],
        kiln.costs = [{bytes = 24 : i64, executed = 0 : i64, nominal = 0 : i64} ]}
    ```
  }];
}

def PlanArena : Pass<"cpu-plan-arena", "::mlir::ModuleOp"> {
  let summary = "All buffers in one arena";
  let description = [{
    Gives each `memref.alloc` of `kiln_main` a place in one arena, which comes
    as the last argument: largest first, at the lowest offset where it overlaps
    no buffer in use at the same time. Offsets are multiples of 64. The size is kept as
    `kiln.arena_bytes`.

    Before:

    ```mlir
    %0 = memref.alloc() : memref<3x5xf32>
    ```

    After:

    ```mlir
    %0 = memref.view %arena[%c64][] : memref<128xi8> to memref<3x5xf32>
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def PackConstants : Pass<"cpu-pack-constants", "::mlir::ModuleOp"> {
  let summary = "All constants in one region";
  let description = [{
    Replaces constant globals by places in one region of bytes, in the order of
    their first use, equal contents once, each at a multiple of 64. The bytes
    are kept as `kiln.constants`; the region itself is the external global `kiln_constants`.
    `kiln.constant_chunks` says where in it each constant lies.

    A module that has both attributes already, from another net of the same
    artifact, begins with that region: what both nets have is stored once.

    Before:

    ```mlir
    memref.global "private" constant @w : memref<2xf32> = dense<[1.0, 2.0]>
    %0 = memref.get_global @w : memref<2xf32>
    ```

    After:

    ```mlir
    memref.global constant @kiln_constants : memref<8xi8>
    %0 = memref.get_global @kiln_constants : memref<8xi8>
    %1 = memref.view %0[%c0][] : memref<8xi8> to memref<2xf32>
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

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

def EmitElementwise : Pass<"cpu-emit-elementwise", "::mlir::func::FuncOp"> {
  let summary = "Vectors for elementwise loops over blocks of channels";
  let description = [{
    A `linalg.generic` on memrefs whose innermost loop is as long as a vector
    register (the channels of a block are) becomes loops with one vector
    operation for it. LLVM would unroll that loop first and then gather along
    the next one. Outer loops are divided into tasks.

    Before:

    ```mlir
    linalg.generic ... ins(%x, %s : memref<1x2x9x7x16xf32>, memref<1x2x1x1x16xf32>)
        outs(%y : memref<1x2x9x7x16xf32>) { %0 = arith.mulf %a, %b : f32 ... }
    ```

    After:

    ```mlir
    scf.for %line = %c0 to %c18 step %c1 {
      scf.for %w = %c0 to %c7 step %c1 {
        %2 = arith.mulf %0, %1 : vector<16xf32>
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
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

#endif // KILN_CODEGEN_CPU_KERNELPASSES_TD
