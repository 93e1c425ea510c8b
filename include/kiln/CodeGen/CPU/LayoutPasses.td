//===- LayoutPasses.td - Passes of the layout phase ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_LAYOUTPASSES_TD
#define KILN_CODEGEN_CPU_LAYOUTPASSES_TD

include "mlir/Pass/PassBase.td"

def BlockChannels : Pass<"cpu-block-channels", "::mlir::func::FuncOp"> {
  let summary = "Lay out activations with their channels in blocks";
  let description = [{
    Kernels that hold neighbouring channels in a vector register need no
    shuffles and read their input in sequence. This pass goes through the net in
    its order. An operation that a kernel over blocks computes (a convolution
    with constant weights, pooling), or that has an operand in blocks and can
    work on them (elementwise operations, concatenation, slices, resizing), is
    replaced by its form over tensors `[N, ceil(C / V), H, W, V]`, where V is
    the number of lanes of a vector register. `linalg.pack` and `linalg.unpack`
    stand between them and the rest; a pack of an unpacked tensor is the tensor
    itself, so that what is left is at the borders alone. Lanes of the last
    block beyond C hold anything.

    Before:

    ```mlir
    %0 = nn.conv %x, %w ... : (tensor<1x3x32x32xf32>, tensor<32x3x3x3xf32>) -> tensor<1x32x32x32xf32>
    %1 = nn.conv %0, %v ... : (tensor<1x32x32x32xf32>, tensor<19x32x1x1xf32>) -> tensor<1x19x32x32xf32>
    ```

    After:

    ```mlir
    %0 = cpu.conv %x, %w ... -> tensor<1x2x32x32x16xf32>
    %1 = cpu.conv %0, %v ... -> tensor<1x2x32x32x16xf32>
    %2 = linalg.unpack %1 inner_dims_pos = [1] inner_tiles = [16] into %empty
      : tensor<1x2x32x32x16xf32> -> tensor<1x19x32x32xf32>
    ```
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", "128",
           "width of a vector register">,
    Option<"registers", "registers", "unsigned", "16",
           "number of vector registers">,
    Option<"l2Bytes", "l2-bytes", "unsigned", "1 << 20",
           "bytes of the second cache, which one core has for itself">,
    Option<"accuracy", "accuracy", "::kiln::cpu::ConvAccuracy",
           "::kiln::cpu::ConvAccuracy::Strict", "how exact convolutions are",
           [{::llvm::cl::values(
               clEnumValN(::kiln::cpu::ConvAccuracy::Direct, "direct", "direct sums"),
               clEnumValN(::kiln::cpu::ConvAccuracy::Strict, "strict", "direct sums or F(2x2)"),
               clEnumValN(::kiln::cpu::ConvAccuracy::Fast, "fast", "F(4x4) too"))}]>];
  let statistics = [
    Statistic<"numBlocked", "blocked", "operations computed over blocks">,
    Statistic<"numPacked", "packed", "tensors brought into blocks">,
    Statistic<"numUnpacked", "unpacked", "tensors taken out of blocks">];
  let dependentDialects = ["::kiln::cpu::CPUDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect", "::mlir::math::MathDialect"];
}

def GrowConcats : Pass<"cpu-grow-concats", "::mlir::func::FuncOp"> {
  let summary = "One tensor for concatenations of which each continues another";
  let description = [{
    In a dense block each layer reads the concatenation of all results before
    its own. Made one by one they copy the first results again and again. Where
    the parts of one concatenation begin those of another, both become slices of
    one tensor, into which each part is inserted as soon as it is there; it is
    then computed in its place.

    Before:

    ```mlir
    %1 = tensor.concat dim(1) %x, %y : (tensor<1x3xf32>, tensor<1x2xf32>) -> tensor<1x5xf32>
    %z = nn.relu %1 : tensor<1x5xf32>
    %2 = tensor.concat dim(1) %x, %y, %z : ... -> tensor<1x10xf32>
    ```

    After:

    ```mlir
    %e = tensor.empty() : tensor<1x10xf32>
    %t0 = tensor.insert_slice %x into %e[0, 0] [1, 3] [1, 1] ...
    %t1 = tensor.insert_slice %y into %t0[0, 3] [1, 2] [1, 1] ...
    %1 = tensor.extract_slice %t1[0, 0] [1, 5] [1, 1] ...
    %z = nn.relu %1 : tensor<1x5xf32>
    %2 = tensor.insert_slice %z into %t1[0, 5] [1, 5] [1, 1] ...
    ```
  }];
  let statistics = [Statistic<"numGrown", "grown", "tensors that grow">];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def FlushWeights : Pass<"cpu-flush-weights", "::mlir::ModuleOp"> {
  let summary = "Subnormal weights set to zero, and counted";
  let description = [{
    A run takes subnormal f32 numbers for zero, and some processors multiply them
    at a hundredth of the speed where it does not. Constants of which kernels
    read nothing but weights lose them here, and the module's attribute
    `kiln.flushed_weights` counts them as they are packed: a weight counts once
    for each place that it has. Constants with any other use stay as they are, as
    do all of a net with f64 at its border, for which subnormal numbers count.

    Before:

    ```mlir
    %w = arith.constant dense<[1.0, 1.0e-40, ...]> : tensor<1024xf32>
    %y = cpu.conv %x, %w into %e ...
    ```

    After:

    ```mlir
    module attributes {kiln.flushed_weights = 1 : i64} {
    ...
    %w = arith.constant dense<[1.0, 0.0, ...]> : tensor<1024xf32>
    %y = cpu.conv %x, %w into %e ...
    ```
  }];
  let statistics = [Statistic<"numFlushed", "flushed", "weights set to zero">];
}

def LowerPacking : Pass<"cpu-lower-packing", "::mlir::func::FuncOp"> {
  let summary = "Blocks of channels made and undone by transposition";
  let description = [{
    What cpu-block-channels left of `linalg.pack` and `linalg.unpack` becomes
    reshapes and `linalg.transpose`, with the last block, where it is not
    full, moved by itself. A tensor of one pixel is only reshaped.

    Before:

    ```mlir
    %1 = linalg.unpack %0 inner_dims_pos = [1] inner_tiles = [16] into %empty
      : tensor<1x2x9x7x16xf32> -> tensor<1x32x9x7xf32>
    ```

    After:

    ```mlir
    %t = linalg.transpose ins(%0 : tensor<1x2x9x7x16xf32>)
           outs(%init : tensor<1x2x16x9x7xf32>) permutation = [0, 1, 4, 2, 3]
    %1 = tensor.collapse_shape %t [[0], [1, 2], [3], [4]]
      : tensor<1x2x16x9x7xf32> into tensor<1x32x9x7xf32>
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

def RetileKernels : Pass<"cpu-retile-kernels", "::mlir::func::FuncOp"> {
  let summary = "Smaller register tiles for the same layouts and panels";
  let description = [{
    Fits kernels that were planned for one processor to another that has
    `registers` registers of their vectors' width, or groups of registers that
    stand for one. Layouts, packed weights and algorithms stay: code for both
    works on one copy of the weights. `rows` and `columns` of `cpu.conv`, `rows`
    of `cpu.winograd`, `rows` and `vectors` of `cpu.contract` and `columns` of
    `cpu.window` shrink.

    Before:

    ```mlir
    cpu.conv ... attributes {vectors = 2 : i64, rows = 1 : i64,
                             columns = 14 : i64, ...}
    ```

    After, with 8 registers:

    ```mlir
    cpu.conv ... attributes {vectors = 2 : i64, rows = 1 : i64,
                             columns = 2 : i64, ...}
    ```
  }];
  let options = [
    Option<"registers", "registers", "unsigned", "8",
           "vectors of the kernels' width that fit the registers">
  ];
}

#endif // KILN_CODEGEN_CPU_LAYOUTPASSES_TD
