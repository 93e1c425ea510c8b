//===- Passes.td - Reducing nets that show a defect ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_REDUCER_PASSES_TD
#define KILN_DIALECT_NN_REDUCER_PASSES_TD

include "mlir/Pass/PassBase.td"

def NNReduceNet : Pass<"nn-reduce-net", "::mlir::ModuleOp"> {
  let summary = "Reduce a net to the part that a test finds interesting";
  let description = [{
    What `reduction-tree` cannot do on a net, which is one chain of values:
    leave out outputs, end the net at an earlier value, begin it at a later one
    (which becomes an input), and let a value of the same type take an
    operation's place. Each smaller net is kept where `test`, a program that is
    given a file's name after each `test-arg`, exits with 1: mlir-reduce's
    convention for what is interesting. It fails where the net is not
    interesting as it stands.

    Before (interesting: `nn.tanh`):

    ```mlir
    func.func @net(%x: tensor<2x3xf32> {nn.name = "x"}) -> (tensor<2x3xf32> {nn.name = "y"}) {
      %0 = nn.relu %x : tensor<2x3xf32>
      %1 = nn.tanh %0 : tensor<2x3xf32>
      %2 = nn.sigmoid %1 : tensor<2x3xf32>
      return %2 : tensor<2x3xf32>
    }
    ```

    After:

    ```mlir
    func.func @net(%x: tensor<2x3xf32> {nn.name = "x0"}) -> (tensor<2x3xf32> {nn.name = "y0"}) {
      %0 = nn.tanh %x : tensor<2x3xf32>
      return %0 : tensor<2x3xf32>
    }
    ```
  }];
  let options = [
    Option<"test", "test", "std::string", /*default=*/"",
           "The program that tests a file">,
    ListOption<"testArgs", "test-arg", "std::string", "Its first arguments">,
  ];
  let statistics = [
    Statistic<"numTests", "num-tests", "Nets that were tested">,
  ];
}

#endif // KILN_DIALECT_NN_REDUCER_PASSES_TD
