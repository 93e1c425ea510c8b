//===- Passes.td - Passes over the nn dialect ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_TRANSFORMS_PASSES_TD
#define KILN_DIALECT_NN_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"
include "kiln/Dialect/NN/Transforms/ModePasses.td"

def NNFoldConstants : Pass<"nn-fold-constants", "::mlir::ModuleOp"> {
  let summary = "Compute what depends on constants alone";
  let description = [{
    Evaluates operations whose operands are constants: elementwise arithmetic
    (each operation of the body in f64, rounded to its type), transposition,
    reshape, concatenation and slicing, so that weights and parameters that a
    file computes are constants to the folds that follow. A batch normalisation
    whose *input* is a constant is a constant in both modes (weight
    standardisation, F10). A result larger than its operands, and than
    `max-growth` elements, is not made.

    Before:

    ```mlir
    %w = arith.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
    %t = linalg.transpose ins(%w : tensor<1x3xf32>) outs(%e : tensor<3x1xf32>) permutation = [1, 0]
    ```

    After:

    ```mlir
    %t = arith.constant dense<[[1.0], [2.0], [3.0]]> : tensor<3x1xf32>
    ```
  }];
  let options = [
    Option<"maxGrowth", "max-growth", "int64_t", /*default=*/"1 << 16",
           "Elements that a result may have beyond those of its largest operand">
  ];
  let statistics = [
    Statistic<"numFolded", "folded", "Operations computed">
  ];
  let dependentDialects = ["::kiln::nn::NNDialect"];
}

def NNFoldPadding : Pass<"nn-fold-padding", "::mlir::ModuleOp"> {
  let summary = "Draw zero padding into convolutions";
  let description = [{
    A `tensor.pad` of zeros, not negative, over spatial dimensions alone becomes
    padding of the convolution that reads it (F2): the canonicalization of
    `nn.conv`, as a pass that runs before batch normalisations are folded, and
    again behind: a padding can meet its convolution only then.

    Before:

    ```mlir
    %0 = tensor.pad %x low[0, 0, 1] high[0, 0, 2] {... tensor.yield %zero : f32} : ...
    %1 = nn.conv %0, %w {pad_low = array<i64: 0>, pad_high = array<i64: 0>, ...} : ...
    ```

    After:

    ```mlir
    %1 = nn.conv %x, %w {pad_low = array<i64: 1>, pad_high = array<i64: 2>, ...} : ...
    ```
  }];
  let dependentDialects = ["::kiln::nn::NNDialect"];
}

def NNRaiseActivations : Pass<"nn-raise-activations", "::mlir::ModuleOp"> {
  let summary = "Recognise activations that are written out";
  let description = [{
    Exporters write silu as `x * sigmoid(x)`, hard_swish as
    `x * clip(x + 3, 0, 6) / 6` or `x * hard_sigmoid(x)`, hard_sigmoid as
    `clip(x + 3, 0, 6) / 6`, mish as `x * tanh(softplus(x))`, and gelu with erf.
    One operation is cheaper and can be fused. Factors may stand in any order;
    constants must be those of the definition, to the nearest f32.

    Before:

    ```mlir
    %s = nn.sigmoid %x : tensor<1x3x5xf32>
    %y = linalg.generic {...} ins(%x, %s : ...) { arith.mulf ... }
    ```

    After:

    ```mlir
    %y = nn.silu %x : tensor<1x3x5xf32>
    ```
  }];
  let statistics = [
    Statistic<"numRaised", "raised", "Activations recognised">
  ];
  let dependentDialects = ["::kiln::nn::NNDialect"];
}

def NNRaiseChannelShuffle : Pass<"nn-raise-channel-shuffle", "::mlir::ModuleOp"> {
  let summary = "Recognise channel shuffles that are written out";
  let description = [{
    Splitting the channels into groups, swapping the two new dimensions and
    merging them again is `nn.channel_shuffle`.

    Before:

    ```mlir
    %0 = tensor.expand_shape %x [[0], [1, 2], [3]] output_shape [1, 2, 3, 5] : ...
    %1 = linalg.transpose ins(%0 : ...) outs(%e : ...) permutation = [0, 2, 1, 3]
    %2 = tensor.collapse_shape %1 [[0], [1, 2], [3]] : ...
    ```

    After:

    ```mlir
    %2 = nn.channel_shuffle %x {groups = 2 : i64} : tensor<1x6x5xf32>
    ```
  }];
  let statistics = [
    Statistic<"numRaised", "raised", "Channel shuffles recognised">
  ];
  let dependentDialects = ["::kiln::nn::NNDialect"];
}

def NNRaiseChannelAffine : Pass<"nn-raise-channel-affine", "::mlir::ModuleOp"> {
  let summary = "Write constant scales and shifts as nn.channel_affine";
  let description = [{
    `nn.batch_norm_inference` with constant parameters becomes the scale
    `scale / sqrt(variance + epsilon)` and the shift `offset - mean * scale`,
    computed in f64. `linalg.generic` that adds, subtracts, multiplies by or
    divides by a constant that is a scalar or varies along one dimension only
    becomes one, too; which dimension is read off the indexing map, never
    guessed from sizes (F22).

    Opens the fold ledger: each batch normalisation of the net gets its entry.
    Bad statistics (a negative, NaN or infinite variance, variance and epsilon
    both zero, a parameter that is not finite) are K0400, with the layer's name
    (F12, F13).

    Before:

    ```mlir
    %y = nn.batch_norm_inference %x, %s, %o, %m, %v {epsilon = 0.0 : f64} : ...
    ```

    After (s = 2, o = 1, m = 3, v = 4 in one channel):

    ```mlir
    %y = nn.channel_affine %x {scale = array<f64: 1.0>, shift = array<f64: -2.0>} : ...
    ```
  }];
  let statistics = [
    Statistic<"numBatchNorms", "batch-norms", "Batch normalisations raised">,
    Statistic<"numElementwise", "elementwise", "Mul, Add, Sub and Div raised">
  ];
  let dependentDialects = ["::kiln::nn::NNDialect"];
}

def NNFoldBatchNorm : Pass<"nn-fold-batch-norm", "::mlir::ModuleOp"> {
  let summary = "Fold scales and shifts per channel into weights and biases";
  let description = [{
    Each `nn.channel_affine` is composed with its neighbours and enters a
    convolution or linear layer: backward, into the one that makes its input,
    if nothing else uses what lies between (F8); else forward, if every user can
    take it (F1). On the way it moves through operations with which it commutes
    exactly: concatenation, pooling, channel shuffle, resize, padding, reshape,
    transposition, the sum of two branches (F27). A fold that is not exact in
    real arithmetic is not made.

    Arithmetic is in f64; each weight and bias is rounded once. Original
    constants are never changed in place, so that another layer that shares them
    stays as it is (F7). A shift that enters a zero-padded convolution from the
    front does not reach the border; its sum is then added as a constant that
    depends on the position, up to `max-border-elements`.

    Records in the ledger what became of each batch normalisation, with bound
    and measured rounding error, and sets `nn.folded`.

    Before:

    ```mlir
    %0 = nn.conv %x, %w {...} : (tensor<1x1x4xf32>, tensor<2x1x3xf32>) -> tensor<1x2x2xf32>
    %1 = nn.channel_affine %0 {scale = array<f64: -0.5, 2.0>, shift = array<f64: 0.25, 1.0>} : tensor<1x2x2xf32>
    ```

    After, with `%w1 = %w * scale` per output channel:

    ```mlir
    %b1 = arith.constant dense<[0.25, 1.0]> : tensor<2xf32>
    %1 = nn.conv %x, %w1, %b1 {...} : (tensor<1x1x4xf32>, tensor<2x1x3xf32>, tensor<2xf32>) -> tensor<1x2x2xf32>
    ```
  }];
  let options = [
    Option<"maxBorderElements", "max-border-elements", "int64_t", /*default=*/"1 << 20",
           "Most elements of a constant that carries a shift into a padded convolution">
  ];
  let statistics = [
    Statistic<"numBackward", "folded-backward", "Affines folded into the layer behind them">,
    Statistic<"numForward", "folded-forward", "Affines folded into the layers ahead of them">,
    Statistic<"numKept", "kept", "Affines that could not be folded">,
    Statistic<"numBorderMaps", "border-maps", "Padded convolutions whose shift depends on the position">
  ];
  let dependentDialects = ["::kiln::nn::NNDialect", "::mlir::linalg::LinalgDialect"];
}

def NNFuseEpilogues : Pass<"nn-fuse-epilogues", "::mlir::ModuleOp"> {
  let summary = "Draw elementwise operations into the loops of convolutions and linear layers";
  let description = [{
    Makes an `nn.fused` of each convolution and linear layer with the
    elementwise operations around it: those that follow it (activations,
    residual adds, affines that could not be folded), as far as one value leaves
    the group; and those that make its input and that no layer before it could
    take, if a scale and shift or an activation is among them (F28). A layer
    without neighbours stays as it is. A scale and shift that no layer takes goes
    into the loop of the pooling or reduction that reads it, else of the average
    pooling, resize or elementwise operation that makes its input, else of the
    elementwise operations that follow it.

    Before:

    ```mlir
    %0 = nn.conv %x, %w, %b {...} : ...
    %1 = nn.relu %0 : tensor<1x2x5xf32>
    ```

    After:

    ```mlir
    %1 = nn.fused {
      %0 = nn.conv %x, %w, %b {...} : ...
      %2 = nn.relu %0 : tensor<1x2x5xf32>
      nn.yield %2 : tensor<1x2x5xf32>
    } : tensor<1x2x5xf32>
    ```
  }];
  let statistics = [
    Statistic<"numGroups", "groups", "Fused groups made">,
    Statistic<"numPrologue", "prologue-ops", "Operations drawn in before the root">,
    Statistic<"numEpilogue", "epilogue-ops", "Operations drawn in after the root">
  ];
  let dependentDialects = ["::kiln::nn::NNDialect"];
}

#endif // KILN_DIALECT_NN_TRANSFORMS_PASSES_TD
