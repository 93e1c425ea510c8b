//===- ModePasses.td - Passes of the phase mode ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_TRANSFORMS_MODEPASSES_TD
#define KILN_DIALECT_NN_TRANSFORMS_MODEPASSES_TD

include "mlir/Pass/PassBase.td"

def NNSetMode : Pass<"nn-set-mode", "::mlir::ModuleOp"> {
  let summary = "Put every batch normalisation into one mode";
  let description = [{
    `keep` leaves each batch normalisation as its file states it and warns of
    each in training mode. `eval` turns training ones that track statistics
    into inference ones over the running statistics; what does not track has
    none, and keeps using the batch. `train` turns inference ones into training
    ones that track (momentum 0.1, biased running variance). A net whose
    `nn.folded` is set has no training mode any more: K0401.

    Before (`mode=eval`):

    ```mlir
    %y, %m, %v = nn.batch_norm_training %x, %s, %o running(%rm, %rv)
        {epsilon = 1.0e-05 : f64, momentum = 0.1 : f64, tracks_statistics} : ...
    ```

    After:

    ```mlir
    %y = nn.batch_norm_inference %x, %s, %o, %rm, %rv {epsilon = 1.0e-05 : f64} : ...
    ```
  }];
  let options = [
    Option<"mode", "mode", "::kiln::nn::Mode", /*default=*/"::kiln::nn::Mode::Keep",
           "The mode of the whole net",
           [{::llvm::cl::values(
               clEnumValN(::kiln::nn::Mode::Keep, "keep", "as the file states"),
               clEnumValN(::kiln::nn::Mode::Eval, "eval", "inference"),
               clEnumValN(::kiln::nn::Mode::Train, "train", "training"))}]>
  ];
  let statistics = [
    Statistic<"numToInference", "to-inference", "Batch normalisations put into inference mode">,
    Statistic<"numToTraining", "to-training", "Batch normalisations put into training mode">
  ];
  let dependentDialects = ["::kiln::nn::NNDialect"];
}

def NNOpenBatch : Pass<"nn-open-batch", "::mlir::ModuleOp"> {
  let summary = "Prove that a net computes each image of a batch by itself";
  let description = [{
    The module holds a net at batch size 1 and the same net at batch size
    `batch` in a private function `probe`. Proves that the second computes for
    each image what the first computes for it alone (docs/batch.md); then
    marks the arguments and results that carry the batch by `nn.batch` and
    erases `probe`. Otherwise K0302 names the operation where the proof breaks
    off. (The driver runs the same proof with the two nets in different
    contexts.)

    Before (`batch=3`):

    ```mlir
    func.func @net(%x: tensor<1x2x5xf32>) -> tensor<1x2x5xf32> {
      %y = nn.relu %x : tensor<1x2x5xf32>
      return %y : tensor<1x2x5xf32>
    }
    func.func private @probe(%x: tensor<3x2x5xf32>) -> tensor<3x2x5xf32> {
      %y = nn.relu %x : tensor<3x2x5xf32>
      return %y : tensor<3x2x5xf32>
    }
    ```

    After:

    ```mlir
    func.func @net(%x: tensor<1x2x5xf32> {nn.batch}) -> (tensor<1x2x5xf32> {nn.batch}) {
      %y = nn.relu %x : tensor<1x2x5xf32>
      return %y : tensor<1x2x5xf32>
    }
    ```
  }];
  let options = [
    Option<"batch", "batch", "int64_t", /*default=*/"3",
           "The batch size of the second net">
  ];
  let dependentDialects = ["::kiln::nn::NNDialect"];
}

def NNCheckStatistics : Pass<"nn-check-statistics", "::mlir::ModuleOp"> {
  let summary = "Refuse running statistics that make no function, warn of odd ones";
  let description = [{
    Emits K0400, naming layer and channel, for each batch normalisation in
    inference whose constant parameters would make NaN or infinity: a variance
    that is negative or not finite, a variance and epsilon that are both zero,
    a scale, offset or mean that is not finite (F12, F13). Folded or not, such
    a net has no answer.

    Warns (K0403) once of all layers whose running statistics are 0 and 1 in
    every channel, as before any training, and of each layer with a running
    variance of 0, or in training mode one that eval mode would refuse. Changes
    nothing.

    Before, and after:

    ```mlir
    %variance = arith.constant dense<[0.5, 2.0]> : tensor<2xf32>
    %y = nn.batch_norm_inference %x, %scale, %offset, %mean, %variance {epsilon = 1.0e-05 : f64} : ...
    ```
  }];
}

def NNExposeState : Pass<"nn-expose-state", "::mlir::ModuleOp"> {
  let summary = "Running statistics as inputs and outputs of the net";
  let description = [{
    The constant running statistics of each batch normalisation in training that
    tracks them become arguments of the function, behind its own, and what the
    operation returns of them results of the same names: `<layer>.running_mean`,
    `<layer>.running_var` and, where the average is cumulative,
    `<layer>.num_batches_tracked`. A caller gives the outputs of one batch as
    inputs of the next. Two layers of one name are told apart by a number.

    Before:

    ```mlir
    func.func @net(%x: tensor<4x3x5xf32>) -> tensor<4x3x5xf32> {
      %mean = arith.constant dense<[0.5, -1.0, 2.0]> : tensor<3xf32>
      %variance = arith.constant dense<[1.0, 0.25, 3.0]> : tensor<3xf32>
      %y, %m, %v = nn.batch_norm_training %x, %s, %o running(%mean, %variance) ... loc("bn1")
      return %y
    ```

    After:

    ```mlir
    func.func @net(%x: tensor<4x3x5xf32>, %mean: tensor<3xf32> {nn.name = "bn1.running_mean"}, ...)
        -> (tensor<4x3x5xf32>, tensor<3xf32> {nn.name = "bn1.running_mean"}, ...) {
      %y, %m, %v = nn.batch_norm_training %x, %s, %o running(%mean, %variance) ... loc("bn1")
      return %y, %m, %v
    ```
  }];
  let statistics = [
    Statistic<"numExposed", "exposed", "Layers whose statistics became inputs and outputs">
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def NNMarkBatchDependence
    : Pass<"nn-mark-batch-dependence", "::mlir::func::FuncOp"> {
  let summary = "Mark the outputs that depend on all of their batch";
  let description = [{
    Gives each result of the function that a batch normalisation by the batch's
    own statistics has a say in the attribute `nn.depends_on_batch`, with the
    name of the first such layer. `kiln inspect` and an artifact's header say so.

    Before:

    ```mlir
    func.func @net(%x: tensor<4x3x5xf32>) -> tensor<4x3x5xf32> {
      %y, %m, %v = nn.batch_norm_training %x, %s, %o ... loc("bn1")
    ```

    After:

    ```mlir
    func.func @net(%x: tensor<4x3x5xf32>) -> (tensor<4x3x5xf32> {nn.depends_on_batch = "bn1"}) {
      %y, %m, %v = nn.batch_norm_training %x, %s, %o ... loc("bn1")
    ```
  }];
}

#endif // KILN_DIALECT_NN_TRANSFORMS_MODEPASSES_TD
