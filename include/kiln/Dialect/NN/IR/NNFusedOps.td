//===- NNFusedOps.td - Fused regions ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_IR_NNFUSEDOPS_TD
#define KILN_DIALECT_NN_IR_NNFUSEDOPS_TD

include "kiln/Dialect/NN/IR/NNDialect.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def NN_FusedOp : NN_Op<"fused", [Pure, SingleBlock, NoRegionArguments]> {
  let summary = "Operations to be computed in one loop nest";
  let description = [{
    Groups the operations of its body, which use values from outside directly,
    so that they become one loop nest: a *root* (`nn.conv`,
    `nn.conv_transpose`, `nn.linear`, `nn.batch_norm_training`, pooling,
    `nn.resize` or a `linalg.generic` reduction; among elementwise operations alone the first of them), before it
    a chain of elementwise
    operations that makes the root's input (the *prologue*), after it
    elementwise operations on its result (the *epilogue*). The meaning is that
    of the body executed in order. The body's values are not visible outside it;
    the result is what `nn.yield` gives, and behind it come the `statistics` of a
    root that has further results.

    Constraints:
    - (fused-C1) the body holds an operation, and at most one that is not
      elementwise, which is one of those named above.
    - (fused-C2) every other operation of the body but the terminator is
      elementwise, or the `tensor.empty` that an elementwise `linalg.generic`
      writes to.
    - (fused-C3) the body ends with `nn.yield` of a value of the result's type
      and of all results of the root but the first, of the types of
      `statistics`.

    Example:

    ```mlir
    %y = nn.fused {
      %0 = nn.conv %x, %w, %b {
          strides = array<i64: 1>, dilations = array<i64: 1>,
          pad_low = array<i64: 0>, pad_high = array<i64: 0>, groups = 1 : i64}
        : (tensor<1x2x9xf32>, tensor<3x2x3xf32>, tensor<3xf32>) -> tensor<1x3x7xf32>
      %1 = nn.relu %0 : tensor<1x3x7xf32>
      nn.yield %1 : tensor<1x3x7xf32>
    } : tensor<1x3x7xf32>
    ```
  }];
  let regions = (region SizedRegion<1>:$body);
  let results = (outs NN_Tensor:$result, Variadic<NN_Vector>:$statistics);
  let assemblyFormat = [{
    $body attr-dict `:` type($result) (`,` type($statistics)^)?
  }];
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The operation that the others surround, or the first where all are
    /// elementwise.
    ::mlir::Operation *getRoot();
  }];
}

def NN_YieldOp : NN_Op<"yield", [Pure, Terminator, ReturnLike,
    HasParent<"FusedOp">]> {
  let summary = "Result of a fused region";
  let description = [{
    Ends the body of `nn.fused` and gives its result, and the statistics of its
    root.

    Example:

    ```mlir
    %y = nn.fused {
      %0 = nn.linear %x, %w : (tensor<2x5xf32>, tensor<3x5xf32>) -> tensor<2x3xf32>
      %1 = nn.tanh %0 : tensor<2x3xf32>
      nn.yield %1 : tensor<2x3xf32>
    } : tensor<2x3xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$value, Variadic<NN_Vector>:$statistics);
  let assemblyFormat = [{
    $value (`,` $statistics^)? attr-dict `:` type($value)
    (`,` type($statistics)^)?
  }];
}

#endif // KILN_DIALECT_NN_IR_NNFUSEDOPS_TD
