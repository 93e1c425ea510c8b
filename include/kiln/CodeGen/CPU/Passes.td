//===- Passes.td - Passes of CPU code generation ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_PASSES_TD
#define KILN_CODEGEN_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

def RemoveEmptyTensors
    : Pass<"cpu-remove-empty-tensors", "::mlir::func::FuncOp"> {
  let summary = "Compute nothing where there is nothing";
  let description = [{
    A tensor with a dimension of 0 has no elements: what makes it becomes
    `tensor.empty`, a part of a concatenation or an inserted slice without
    elements goes, a reduction over none is its start, and a padded tensor of
    none is all padding. No kernel sees an empty tensor.

    Before:

    ```mlir
    %0 = nn.relu %x : tensor<0x3xf32>
    %1 = tensor.concat dim(0) %0, %y : (tensor<0x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    ```

    After:

    ```mlir
    %1 = tensor.concat dim(0) %y : (tensor<2x3xf32>) -> tensor<2x3xf32>
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def WidenStorage : Pass<"cpu-widen-storage", "::mlir::func::FuncOp"> {
  let summary = "Compute in f32 on what is stored as f16 or bf16";
  let description = [{
    Elements of f16 and bf16 are extended where they are read, computed with in
    f32, and rounded (to nearest, ties to even) where they are stored. The bodies
    of `linalg.generic` convert by themselves; accumulators hold f32 until the
    last element; `nn` operations get conversions around them, which later fuse
    into the loops beside them; the inside of `nn.fused` is f32 throughout.
    Constants are widened here. What only moves elements stays as it is.

    Before:

    ```mlir
    %0 = nn.linear %x, %w : (tensor<2x5xf16>, tensor<3x5xf16>) -> tensor<2x3xf16>
    ```

    After:

    ```mlir
    %1 = linalg.generic ... ins(%x) { %a = arith.extf %in : f16 to f32 ... }
    %2 = nn.linear %1, %w32 : (tensor<2x5xf32>, tensor<3x5xf32>) -> tensor<2x3xf32>
    %0 = linalg.generic ... ins(%2) { %b = arith.truncf %in : f32 to f16 ... }
    ```
  }];
  let statistics = [
    Statistic<"numWidened", "widened", "operations made to compute in f32">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def SplitFused : Pass<"cpu-split-fused", "::mlir::func::FuncOp"> {
  let summary = "Leave in nn.fused what a kernel computes in registers";
  let description = [{
    Moves out of each `nn.fused` what a kernel does not take: of the prologue all
    but its last operations that are the same for all positions of a channel,
    and of the epilogue everything from the first operation of another element
    type on. The moved operations keep their order and become loops of their
    own. A region around any other operation than a convolution or a linear
    layer is dissolved: as loops, its operations are fused again.

    Before:

    ```mlir
    %0 = nn.fused {
      %1 = nn.conv %x, %w ...
      %2 = nn.relu %1 : tensor<1x4x9xf32>
      %3 = nn.tanh %2 : tensor<1x4x9xf32>
      %4 = linalg.generic ... ins(%3, %halves : tensor<1x4x9xf32>, tensor<4xf16>) ...
      nn.yield %4 : tensor<1x4x9xf32>
    } : tensor<1x4x9xf32>
    ```

    After:

    ```mlir
    %0 = nn.fused {
      %1 = nn.conv %x, %w ...
      %2 = nn.relu %1 : tensor<1x4x9xf32>
      %3 = nn.tanh %2 : tensor<1x4x9xf32>
      nn.yield %3 : tensor<1x4x9xf32>
    } : tensor<1x4x9xf32>
    %4 = linalg.generic ... ins(%0, %halves : tensor<1x4x9xf32>, tensor<4xf16>) ...
    ```
  }];
}

def DecomposeConvTranspose
    : Pass<"cpu-decompose-conv-transpose", "::mlir::func::FuncOp"> {
  let summary = "Transposed convolutions as convolutions, one for each phase";
  let description = [{
    With stride s, output elements whose positions are equal modulo s use the
    same taps of the kernel: they are a convolution without stride of the
    input with these taps, turned round. The results are interleaved. Exact
    for every stride, dilation, padding and group count. Constant weights are
    rearranged here, others by the net.

    Before:

    ```mlir
    %0 = nn.conv_transpose %x, %w {strides = array<i64: 2>, ...}
      : (tensor<1x4x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x10xf32>
    ```

    After:

    ```mlir
    %0 = nn.conv %x, %w0 {strides = array<i64: 1>, ...}
      : (tensor<1x4x5xf32>, tensor<3x4x1xf32>) -> tensor<1x3x5xf32>
    %1 = tensor.insert_slice %0 into %empty[0, 0, 0] [1, 3, 5] [1, 1, 2] ...
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def LowerContractions : Pass<"cpu-lower-contractions", "::mlir::func::FuncOp"> {
  let summary = "Choose algorithm, register tile and layout of each contraction";
  let description = [{
    Turns `nn.conv`, `nn.linear`, `linalg.matmul` and `linalg.batch_matmul`,
    with the `nn.fused` around them, into `cpu.contract`: constant weights are
    packed in the order in which the kernel reads them, inputs get a border of
    zeros and, for a strided kernel, are split by phases; the epilogue becomes
    the body.

    Before:

    ```mlir
    %0 = nn.linear %x, %w : (tensor<2x5xf32>, tensor<3x5xf32>) -> tensor<2x3xf32>
    ```

    After:

    ```mlir
    %0 = cpu.contract %x, %packed into %empty attributes {rows = 2 : i64, vectors = 1 : i64, lanes = 16 : i64, ...} {
    ^bb0(%sum: f32):
      cpu.yield %sum : f32
    } : (tensor<2x5xf32>, tensor<1x5x16xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
    ```
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", "128",
           "width of a vector register">,
    Option<"registers", "registers", "unsigned", "16",
           "number of vector registers">];
  let dependentDialects = ["::kiln::cpu::CPUDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect", "::mlir::math::MathDialect"];
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

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
  let summary = "Keep what each kernel reads and writes in a module attribute";
  let description = [{
    Writes for each call of a kernel, in order, its kind (`contraction`,
    `reduction`, `elementwise`, which copies are too, or `fill`), the layer, and
    how many elements of activations it reads and writes into `kiln.traffic`.
    Passes over memory can be counted there. Constants do not count, nor do
    panels, which stay in the cache.

    Before:

    ```mlir
    func.call @kernel_0(%a, %b) : (memref<3xf32>, memref<3xf32>) -> ()
    ```

    After:

    ```mlir
    module attributes {kiln.traffic = [{kind = "elementwise", layer = "relu1",
        reads = 3 : i64, writes = 3 : i64} ]}
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

#endif // KILN_CODEGEN_CPU_PASSES_TD
