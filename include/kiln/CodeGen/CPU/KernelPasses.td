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
    border, where padding is read, get code of their own. A chain of so few rows
    that its strips are much fewer than the tasks its work is worth is left
    alone: its kernels can be divided along their channels, too. An elementwise
    loop in front stays in a strip all the same.

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
    Writes for each call of a kernel, in order, its kind (`convolution`,
    `winograd`, `depthwise`, `pooling`, `strips`, other `contraction`,
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

#endif // KILN_CODEGEN_CPU_KERNELPASSES_TD
