//===- NNConvolutionOps.td - Convolutions and linear layers ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_IR_NNCONVOLUTIONOPS_TD
#define KILN_DIALECT_NN_IR_NNCONVOLUTIONOPS_TD

include "kiln/Dialect/NN/IR/NNDialect.td"

def NN_ConvOp : NN_Op<"conv", [Pure, InferTypeOpAdaptor]> {
  let summary = "Convolution over one to three spatial dimensions";
  let description = [{
    Cross-correlation of `input` `[N, C, spatial...]` with `weights`
    `[O, C / groups, kernel...]`, plus `bias` `[O]` where present:

    `result[n, o, p] = bias[o] + sum over c, k of
       padded[n, g * C/groups + c, p * strides + k * dilations] * weights[o, c, k]`

    with `g = o / (O / groups)` and `padded` the input with `pad_low` zeros
    before and `pad_high` zeros after each spatial dimension. The result's
    spatial size is
    `(size + pad_low + pad_high - dilation * (kernel - 1) - 1) / stride + 1`,
    rounded down.

    Constraints:
    - (conv-C1) `input` has rank 3 to 5, and `weights` the same rank.
    - (conv-C2) `strides`, `dilations`, `pad_low` and `pad_high` have one entry
      for each spatial dimension.
    - (conv-C3) strides and dilations are at least 1, padding at least 0.
    - (conv-C4) `groups` is at least 1 and divides C and O.
    - (conv-C5) `weights` dimension 1 is `C / groups`.
    - (conv-C6) `bias` has O elements.
    - (conv-C7) every kernel dimension is at least 1, and the dilated kernel
      fits into the padded input.
    - (conv-C8) `input`, `weights` and `bias` have one element type.

    Example:

    ```mlir
    %y = nn.conv %x, %w, %b {
        strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
        pad_low = array<i64: 1, 0>, pad_high = array<i64: 1, 2>, groups = 2 : i64}
      : (tensor<1x4x9x7xf32>, tensor<6x2x3x3xf32>, tensor<6xf32>) -> tensor<1x6x5x7xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$weights,
      Optional<NN_Vector>:$bias, DenseI64ArrayAttr:$strides,
      DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pad_low,
      DenseI64ArrayAttr:$pad_high, DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weights (`,` $bias^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasCanonicalizer = 1;
}

def NN_ConvTransposeOp : NN_Op<"conv_transpose", [Pure, InferTypeOpAdaptor]> {
  let summary = "Transposed convolution over one to three spatial dimensions";
  let description = [{
    The adjoint of `nn.conv` in its input: each element of `input`
    `[N, C, spatial...]`, times `weights` `[C, O / groups, kernel...]`, is added to the result at
    `position * strides + k * dilations - pad_low`. Input channel `c` belongs to
    group `g = c / (C / groups)`; weight column `j` of that group makes output
    channel `g * (O / groups) + j`. The result's spatial size is
    `(size - 1) * stride + dilation * (kernel - 1) + 1 + output_padding -
    pad_low - pad_high`; `bias` `[O]` is added where present.

    Constraints:
    - (conv_transpose-C1) `input` has rank 3 to 5, and `weights` the same rank.
    - (conv_transpose-C2) `strides`, `dilations`, `pad_low`, `pad_high` and
      `output_padding` have one entry for each spatial dimension.
    - (conv_transpose-C3) strides and dilations are at least 1, padding and
      output padding at least 0.
    - (conv_transpose-C4) `groups` is at least 1 and divides C.
    - (conv_transpose-C5) `weights` dimension 0 is C.
    - (conv_transpose-C6) `bias` has O elements.
    - (conv_transpose-C7) every kernel dimension is at least 1, and no result
      dimension is negative.
    - (conv_transpose-C8) `input`, `weights` and `bias` have one element type.

    Example:

    ```mlir
    %y = nn.conv_transpose %x, %w {
        strides = array<i64: 2>, dilations = array<i64: 1>, pad_low = array<i64: 1>,
        pad_high = array<i64: 0>, output_padding = array<i64: 0>, groups = 1 : i64}
      : (tensor<1x4x5xf32>, tensor<4x3x2xf32>) -> tensor<1x3x9xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$weights,
      Optional<NN_Vector>:$bias, DenseI64ArrayAttr:$strides,
      DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pad_low,
      DenseI64ArrayAttr:$pad_high, DenseI64ArrayAttr:$output_padding,
      DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weights (`,` $bias^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def NN_LinearOp : NN_Op<"linear", [Pure, InferTypeOpAdaptor]> {
  let summary = "Linear layer over the last dimension";
  let description = [{
    `result[..., o] = bias[o] + sum over k of input[..., k] * weights[o, k]`,
    with `weights` `[O, K]` and `bias` `[O]`.

    Constraints:
    - (linear-C1) `input` has rank 1 or more, `weights` rank 2.
    - (linear-C2) the last dimension of `input` is K.
    - (linear-C3) `bias` has O elements.
    - (linear-C4) `input`, `weights` and `bias` have one element type.

    Example:

    ```mlir
    %y = nn.linear %x, %w, %b
      : (tensor<2x5xf32>, tensor<3x5xf32>, tensor<3xf32>) -> tensor<2x3xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Tensor:$weights,
      Optional<NN_Vector>:$bias);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $weights (`,` $bias^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // KILN_DIALECT_NN_IR_NNCONVOLUTIONOPS_TD
