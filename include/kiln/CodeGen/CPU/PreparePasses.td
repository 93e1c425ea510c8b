//===- PreparePasses.td - To operations with kernels ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_PREPAREPASSES_TD
#define KILN_CODEGEN_CPU_PREPAREPASSES_TD

include "mlir/Pass/PassBase.td"

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

def CombinePhases : Pass<"cpu-combine-phases", "::mlir::func::FuncOp"> {
  let summary = "Transposed convolutions of few channels as one convolution";
  let description = [{
    With stride s, output elements whose positions are equal modulo s are a
    convolution of the input (see cpu-decompose-conv-transpose). Where all these
    phases have as many taps, and their channels fit into a vector register
    together, one convolution computes them, with each phase's channels behind
    those of the one before, and the channels then become pixels. What is done
    to the sums is done before that, on whole vectors; it may depend on the
    channel, not on the position. Two-dimensional, with constant weights and no
    groups.

    A second transposed convolution whose kernel is as large as its stride reads
    the channels of the first before they become pixels, where all pixels that
    come of one fit into a vector: the vector has zeros as weights for the
    channels of other pixels, and takes as many multiply-adds as before.

    Before:

    ```mlir
    %0 = nn.conv_transpose %x, %w {strides = array<i64: 2, 2>, ...}
      : (tensor<1x24x5x7xf32>, tensor<24x1x2x2xf32>) -> tensor<1x1x10x14xf32>
    ```

    After:

    ```mlir
    %0 = nn.conv %x, %v {strides = array<i64: 1, 1>, ...}
      : (tensor<1x24x5x7xf32>, tensor<4x24x1x1xf32>) -> tensor<1x4x5x7xf32>
    %1 = tensor.expand_shape %0 [[0], [1, 2, 3], [4], [5]] ... into tensor<1x2x2x1x5x7xf32>
    %2 = linalg.transpose ins(%1) ... permutation = [0, 3, 4, 1, 5, 2]
    %3 = tensor.collapse_shape %2 [[0], [1], [2, 3], [4, 5]]
      : tensor<1x1x5x2x7x2xf32> into tensor<1x1x10x14xf32>
    ```
  }];
  let options = [Option<"vectorBits", "vector-bits", "unsigned", "128",
                        "width of a vector register">];
  let statistics = [Statistic<"numCombined", "combined",
                              "transposed convolutions made one convolution">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
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

def LowerBatchNorms : Pass<"cpu-lower-batch-norms", "::mlir::func::FuncOp"> {
  let summary = "nn.batch_norm_training as cpu.batch_norm";
  let description = [{
    Batch normalisation in training, with what `nn.fused` puts behind it,
    becomes one `cpu.batch_norm`, which gives the statistics of the batch; what
    the operation returns of them, blended with the running ones, is elementwise
    on vectors with an element for each channel. One of rank 2 has no planes
    and stays for linalg.

    Before:

    ```mlir
    %0:3 = nn.fused {
      %y, %m, %v = nn.batch_norm_training %x, %scale, %offset running(%rm, %rv) {momentum = 0.1 : f64, ...}
      %1 = nn.relu %y : tensor<4x3x5x7xf32>
      nn.yield %1, %m, %v : tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>
    } : tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>
    ```

    After:

    ```mlir
    %0:3 = cpu.batch_norm %x by %scale, %offset into %y, %mean, %variance attributes {...}
    %1 = linalg.generic ... ins(%rm, %0#1, %weight : tensor<3xf32>, tensor<3xf64>, tensor<f64>) ...
    %2 = linalg.generic ... ins(%rv, %0#2, %weight : tensor<3xf32>, tensor<3xf64>, tensor<f64>) ...
    ```
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", "128",
           "width of a vector register">];
  let statistics = [
    Statistic<"numLowered", "lowered", "batch normalisations lowered">];
  let dependentDialects = ["::kiln::cpu::CPUDialect", "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

#endif // KILN_CODEGEN_CPU_PREPAREPASSES_TD
