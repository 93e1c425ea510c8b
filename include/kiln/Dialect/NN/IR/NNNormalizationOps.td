//===- NNNormalizationOps.td - Batch normalisation and channel affine ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_IR_NNNORMALIZATIONOPS_TD
#define KILN_DIALECT_NN_IR_NNNORMALIZATIONOPS_TD

include "kiln/Dialect/NN/IR/NNDialect.td"

def NN_BatchNormInferenceOp
    : NN_Op<"batch_norm_inference", [Pure, InferTypeOpAdaptor]> {
  let summary = "Batch normalisation by running statistics";
  let description = [{
    `result = (input - mean) / sqrt(variance + epsilon) * scale + offset`, each
    parameter per channel (dimension 1). With constant parameters this is a
    scale and a shift per channel, and can be folded.

    Constraints:
    - (batch_norm_inference-C1) `input` has rank 2 or more.
    - (batch_norm_inference-C2) `scale`, `offset`, `mean` and `variance` have C
      elements.
    - (batch_norm_inference-C3) `epsilon` is finite and not negative.

    The element types of `input`, of `scale` and `offset`, and of the
    statistics may differ (ONNX opset 15).

    Example:

    ```mlir
    %y = nn.batch_norm_inference %x, %scale, %offset, %mean, %variance {epsilon = 1.0e-05 : f64}
      : (tensor<1x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x5x7xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Vector:$scale, NN_Vector:$offset,
      NN_Vector:$mean, NN_Vector:$variance, F64Attr:$epsilon);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $scale `,` $offset `,` $mean `,` $variance attr-dict `:`
    functional-type(operands, results)
  }];
}

def NN_BatchNormTrainingOp : NN_Op<"batch_norm_training",
    [Pure, AttrSizedOperandSegments, InferTypeOpAdaptor]> {
  let summary = "Batch normalisation by the batch's own statistics";
  let description = [{
    With `m` and `v` the mean and the biased variance (divided by n) of each
    channel over the batch and the spatial dimensions, n elements in all:

    `result = (input - m) / sqrt(v + epsilon) * scale + offset`

    The statistics returned are

    - without `running_mean` and `running_variance`: `m` and the variance of
      the batch;
    - with them: `(1 - momentum) * running + momentum * batch`. Momentum is the
      weight of the *new* batch (PyTorch's direction; ONNX and Keras state the
      weight of the old value, and are converted at import). Without
      `momentum` the average is cumulative: the weight is
      `1 / (batches_tracked + 1)`.

    They have the types of the running statistics, or without these the type of
    `scale`. The batch variance that enters the running one is biased (divided by n,
    ONNX's meaning) or, with `unbiased_variance`, divided by n - 1 (PyTorch's).

    `tracks_statistics` says that the layer keeps running statistics for
    inference: in eval mode it becomes `nn.batch_norm_inference`. A layer that
    does not track normalises by the batch in both modes and is never folded.

    Constraints:
    - (batch_norm_training-C1) `input` has rank 2 or more.
    - (batch_norm_training-C2) every per-channel operand has C elements.
    - (batch_norm_training-C3) `epsilon` is finite and not negative.
    - (batch_norm_training-C4) `running_mean` and `running_variance` are both
      present or both absent; `tracks_statistics` needs them.
    - (batch_norm_training-C5) with running statistics, either `momentum` or
      `batches_tracked` is present, not both; without them, neither.
    - (batch_norm_training-C6) `momentum` is in [0, 1].
    - (batch_norm_training-C7) there is at least one element a channel;
      `unbiased_variance` needs more than one (both where the input's shape is
      known).

    Example:

    ```mlir
    %y, %mean, %variance = nn.batch_norm_training %x, %scale, %offset
        running(%rm, %rv) {epsilon = 1.0e-05 : f64, momentum = 1.0e-01 : f64,
        tracks_statistics, unbiased_variance}
      : (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
      -> (tensor<4x3x5x7xf32>, tensor<3xf32>, tensor<3xf32>)
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Vector:$scale, NN_Vector:$offset,
      Optional<NN_Vector>:$running_mean, Optional<NN_Vector>:$running_variance,
      Optional<0DTensorOf<[I64]>>:$batches_tracked, F64Attr:$epsilon,
      OptionalAttr<F64Attr>:$momentum, UnitAttr:$tracks_statistics,
      UnitAttr:$unbiased_variance);
  let results = (outs NN_Tensor:$result, NN_Vector:$mean, NN_Vector:$variance);
  let assemblyFormat = [{
    $input `,` $scale `,` $offset
    (`running` `(` $running_mean^ `,` $running_variance
      (`,` $batches_tracked^)? `)`)?
    attr-dict `:` functional-type(operands, results)
  }];
}

def NN_ChannelAffineOp : NN_Op<"channel_affine",
    [Pure, SameOperandsAndResultType]> {
  let summary = "Scale and shift per channel";
  let description = [{
    `result = input * scale[c] + shift[c]`, `c` the index along dimension `axis`
    (1, the feature axis, unless stated); `scale` and `shift` are kept in f64.
    The normal form of batch normalisation in inference and of Mul, Add, Sub and
    Div by per-channel constants: affines compose first and enter the weights
    once, so that nothing is rounded twice.

    Constraints:
    - (channel_affine-C1) `axis` is a dimension of `input`, of static size C.
    - (channel_affine-C2) `scale` and `shift` have C elements.
    - (channel_affine-C3) every element of `scale` and `shift` is finite.

    Example:

    ```mlir
    %y = nn.channel_affine %x {scale = array<f64: -0.5, 2.0>, shift = array<f64: 0.25, 0.0>}
      : tensor<1x2x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, DenseF64ArrayAttr:$scale,
      DenseF64ArrayAttr:$shift, DefaultValuedAttr<I64Attr, "1">:$axis);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // KILN_DIALECT_NN_IR_NNNORMALIZATIONOPS_TD
