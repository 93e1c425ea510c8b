//===- CPUBatchNormOps.td - Normalisation by the batch ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_IR_CPUBATCHNORMOPS_TD
#define KILN_CODEGEN_CPU_IR_CPUBATCHNORMOPS_TD

include "kiln/CodeGen/CPU/IR/CPUBase.td"

def CPU_BatchNormOp : CPU_KernelOp<"batch_norm", [SingleBlock]> {
  let summary = "Batch normalisation by the statistics of the batch";
  let description = [{
    With `m` and `v` the mean and the biased variance of each channel of `input`,
    over the batch and all positions:

    `out[i] = body((input[i] - m) / sqrt(v + epsilon) * scale + offset, extras...)`

    and `mean` and `variance` receive `m` and `v` in f64: what a gradient or
    running statistics are made of.

    `input` and `out` are `[N, C, spatial...]` or, with `blocked`,
    `[N, CB, H, W, V]`, channels in blocks of `lanes`. The vectors have `lanes`
    elements: in the first case neighbours of a plane, in the second the
    channels of a block. Lanes beyond the last channel are computed from
    whatever they hold. `maps` holds an affine map for each of the extras, from
    the dimensions of `input` to its own.

    A channel (or block) is taken whole, one after another: its statistics
    first, then, from the last image to the first, the result. What a cache
    holds of it is not read again, so that memory sees one read of `input` and
    one write of `out`. The statistics are sums in f64 of the distances from the
    channel's first element and of their squares, added in an order that depends
    on nothing but the shape: no cancellation, whatever the mean, and the same
    bits on any number of threads.

    Constraints:
    - (batch_norm-C1) `input` and `out` have the same shape, of three dimensions
      or more and no extent of 0; with `blocked` of five, the last `lanes`.
    - (batch_norm-C2) `scale`, `offset`, `mean` and `variance` have C elements;
      with `blocked`, C fills CB blocks of `lanes`.
    - (batch_norm-C3) `input` and `out` are of f32 or f64, of one type; `scale`
      and `offset` are of f32 or f64, `mean` and `variance` of f64.
    - (batch_norm-C4) `epsilon` is finite and not negative, `lanes` at least 1.
    - (batch_norm-C5) there is a map for each extra, from the dimensions of
      `input` to its own, of sums of multiples of them.
    - (batch_norm-C6) the body takes the normalised element and one element of
      each extra, and yields one element of `out`.
    - (batch_norm-C7) operands are all tensors, with three results of the types
      of `out`, `mean` and `variance`, or all memrefs, without a result; memrefs
      have static strides, those of one dimension no gaps.

    Example:

    ```mlir
    %y, %m, %v = cpu.batch_norm %x by %scale, %offset with %skip into %e, %em, %ev attributes {
        epsilon = 1.0e-05 : f64, lanes = 16 : i64,
        maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>]} {
      ^bb0(%normal: f32, %other: f32):
        %0 = arith.addf %normal, %other : f32
        cpu.yield %0 : f32
      } : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<4x3x5x7xf32>,
           tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>)
        -> (tensor<4x3x5x7xf32>, tensor<3xf64>, tensor<3xf64>)
    ```
  }];
  let arguments = (ins CPU_Shaped:$input, CPU_Shaped:$scale, CPU_Shaped:$offset,
      Variadic<CPU_Shaped>:$extras, CPU_Shaped:$out, CPU_Shaped:$mean,
      CPU_Shaped:$variance, F64Attr:$epsilon, I64Attr:$lanes, UnitAttr:$blocked,
      AffineMapArrayAttr:$maps);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $input `by` $scale `,` $offset (`with` $extras^)?
    `into` $out `,` $mean `,` $variance attr-dict-with-keyword $body
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return {getOperation(), getNumOperands() - 3, 3};
    }
    ::llvm::ArrayRef<int64_t> getShape() {
      return ::llvm::cast<::mlir::ShapedType>(getInput().getType()).getShape();
    }
    int64_t getChannels() {
      return ::llvm::cast<::mlir::ShapedType>(getMean().getType()).getDimSize(0);
    }
    /// Elements of a channel, of all images.
    int64_t getCount();
    /// The affine map of an extra.
    ::mlir::AffineMap getMap(unsigned extra) {
      return ::llvm::cast<::mlir::AffineMapAttr>(getMaps()[extra]).getValue();
    }
  }];
}

#endif // KILN_CODEGEN_CPU_IR_CPUBATCHNORMOPS_TD
