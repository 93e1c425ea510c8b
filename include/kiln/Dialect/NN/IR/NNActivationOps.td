//===- NNActivationOps.td - Activations ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_IR_NNACTIVATIONOPS_TD
#define KILN_DIALECT_NN_IR_NNACTIVATIONOPS_TD

include "kiln/Dialect/NN/IR/NNDialect.td"

// A function of one element, applied to each.
class NN_ActivationOp<string mnemonic, list<Trait> traits = []>
    : NN_Op<mnemonic, [Pure, SameOperandsAndResultType] # traits> {
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def NN_ReluOp : NN_ActivationOp<"relu"> {
  let summary = "Rectified linear unit";
  let description = [{
    `max(input, 0)`; NaN stays NaN.

    Example:

    ```mlir
    %y = nn.relu %x : tensor<2x3x5xf32>
    ```
  }];
  let hasFolder = 1;
}

def NN_ClipOp : NN_ActivationOp<"clip"> {
  let summary = "Clamp to a range";
  let description = [{
    `min(max(input, minimum), maximum)`; NaN stays NaN. relu6 is the range [0, 6].

    Constraints:
    - (clip-C1) neither bound is NaN, and `minimum` is not above `maximum`.

    Example:

    ```mlir
    %y = nn.clip %x {minimum = 0.0 : f64, maximum = 6.0 : f64} : tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, F64Attr:$minimum, F64Attr:$maximum);
  let hasFolder = 1;
  let hasVerifier = 1;
}

def NN_LeakyReluOp : NN_ActivationOp<"leaky_relu"> {
  let summary = "Rectified linear unit with a slope below zero";
  let description = [{
    `input` where it is at least 0, `alpha * input` elsewhere.

    Constraints:
    - (leaky_relu-C1) `alpha` is finite.

    Example:

    ```mlir
    %y = nn.leaky_relu %x {alpha = 1.0e-02 : f64} : tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, F64Attr:$alpha);
  let hasFolder = 1;
  let hasVerifier = 1;
}

def NN_PReluOp : NN_Op<"prelu", [Pure, AllTypesMatch<["input", "result"]>]> {
  let summary = "Rectified linear unit with a slope per channel";
  let description = [{
    `input` where it is at least 0, `slope[c] * input` elsewhere, `c` the index
    along dimension 1.

    Constraints:
    - (prelu-C1) `input` has rank 2 or more.
    - (prelu-C2) `slope` has C elements or one.
    - (prelu-C3) `input` and `slope` have one element type.

    Example:

    ```mlir
    %y = nn.prelu %x, %slope : tensor<2x3x5xf32>, tensor<3xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_Vector:$slope);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input `,` $slope attr-dict `:` type($input) `,` type($slope)";
  let hasVerifier = 1;
}

def NN_EluOp : NN_ActivationOp<"elu"> {
  let summary = "Exponential linear unit";
  let description = [{
    `input` where it is positive, `alpha * (exp(input) - 1)` elsewhere.

    Constraints:
    - (elu-C1) `alpha` is finite.

    Example:

    ```mlir
    %y = nn.elu %x {alpha = 1.0 : f64} : tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, F64Attr:$alpha);
  let hasVerifier = 1;
}

def NN_SeluOp : NN_ActivationOp<"selu"> {
  let summary = "Scaled exponential linear unit";
  let description = [{
    `gamma * (input where it is positive, alpha * (exp(input) - 1) elsewhere)`.

    Constraints:
    - (selu-C1) `alpha` and `gamma` are finite.

    Example:

    ```mlir
    %y = nn.selu %x {alpha = 1.67326 : f64, gamma = 1.0507 : f64} : tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, F64Attr:$alpha, F64Attr:$gamma);
  let hasVerifier = 1;
}

def NN_CeluOp : NN_ActivationOp<"celu"> {
  let summary = "Continuously differentiable exponential linear unit";
  let description = [{
    `max(input, 0) + min(alpha * (exp(input / alpha) - 1), 0)`.

    Constraints:
    - (celu-C1) `alpha` is finite and not zero.

    Example:

    ```mlir
    %y = nn.celu %x {alpha = 2.0 : f64} : tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, F64Attr:$alpha);
  let hasVerifier = 1;
}

def NN_SigmoidOp : NN_ActivationOp<"sigmoid"> {
  let summary = "Logistic function";
  let description = [{
    `1 / (1 + exp(-input))`.

    Example:

    ```mlir
    %y = nn.sigmoid %x : tensor<2x3x5xf32>
    ```
  }];
}

def NN_HardSigmoidOp : NN_ActivationOp<"hard_sigmoid"> {
  let summary = "Piecewise linear sigmoid";
  let description = [{
    `max(0, min(1, alpha * input + beta))`.

    Constraints:
    - (hard_sigmoid-C1) `alpha` and `beta` are finite.

    Example:

    ```mlir
    %y = nn.hard_sigmoid %x {alpha = 2.0e-01 : f64, beta = 5.0e-01 : f64} : tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, F64Attr:$alpha, F64Attr:$beta);
  let hasVerifier = 1;
}

def NN_TanhOp : NN_ActivationOp<"tanh"> {
  let summary = "Hyperbolic tangent";
  let description = [{
    `tanh(input)`.

    Example:

    ```mlir
    %y = nn.tanh %x : tensor<2x3x5xf32>
    ```
  }];
}

def NN_SoftplusOp : NN_ActivationOp<"softplus"> {
  let summary = "Smooth rectified linear unit";
  let description = [{
    `log(1 + exp(input))`.

    Example:

    ```mlir
    %y = nn.softplus %x : tensor<2x3x5xf32>
    ```
  }];
}

def NN_SoftsignOp : NN_ActivationOp<"softsign"> {
  let summary = "Softsign";
  let description = [{
    `input / (1 + |input|)`.

    Example:

    ```mlir
    %y = nn.softsign %x : tensor<2x3x5xf32>
    ```
  }];
}

def NN_SiluOp : NN_ActivationOp<"silu"> {
  let summary = "Sigmoid-weighted linear unit";
  let description = [{
    `input * sigmoid(input)` (swish).

    Example:

    ```mlir
    %y = nn.silu %x : tensor<2x3x5xf32>
    ```
  }];
}

def NN_HardSwishOp : NN_ActivationOp<"hard_swish"> {
  let summary = "Piecewise linear swish";
  let description = [{
    `input * max(0, min(1, input / 6 + 1/2))`.

    Example:

    ```mlir
    %y = nn.hard_swish %x : tensor<2x3x5xf32>
    ```
  }];
}

def NN_MishOp : NN_ActivationOp<"mish"> {
  let summary = "Mish";
  let description = [{
    `input * tanh(softplus(input))`.

    Example:

    ```mlir
    %y = nn.mish %x : tensor<2x3x5xf32>
    ```
  }];
}

def NN_GeluForm : I32EnumAttr<"GeluForm", "form of the Gaussian error linear unit", [
    I32EnumAttrCase<"Erf", 0, "erf">, I32EnumAttrCase<"Tanh", 1, "tanh">]> {
  let cppNamespace = "::kiln::nn";
  let genSpecializedAttr = 0;
}
def NN_GeluFormAttr : EnumAttr<NN_Dialect, NN_GeluForm, "gelu_form"> {
  let assemblyFormat = "`<` $value `>`";
}

def NN_GeluOp : NN_ActivationOp<"gelu"> {
  let summary = "Gaussian error linear unit";
  let description = [{
    Form `erf`: `input / 2 * (1 + erf(input / sqrt(2)))`. Form `tanh`:
    `input / 2 * (1 + tanh(sqrt(2 / pi) * (input + 0.044715 * input^3)))`.

    Example:

    ```mlir
    %y = nn.gelu %x {form = #nn.gelu_form<tanh>} : tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, DefaultValuedAttr<NN_GeluFormAttr, "::kiln::nn::GeluForm::Erf">:$form);
}

def NN_SoftmaxOp : NN_ActivationOp<"softmax"> {
  let summary = "Softmax along one dimension";
  let description = [{
    `exp(input - m) / sum of exp(input - m)`, `m` the maximum, sum and maximum
    along dimension `axis`.

    Constraints:
    - (softmax-C1) `axis` is in [0, rank).

    Example:

    ```mlir
    %y = nn.softmax %x {axis = 1 : i64} : tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, I64Attr:$axis);
  let hasVerifier = 1;
}

def NN_LogSoftmaxOp : NN_ActivationOp<"log_softmax"> {
  let summary = "Logarithm of softmax along one dimension";
  let description = [{
    `input - m - log(sum of exp(input - m))`, `m` the maximum, sum and maximum
    along dimension `axis`.

    Constraints:
    - (log_softmax-C1) `axis` is in [0, rank).

    Example:

    ```mlir
    %y = nn.log_softmax %x {axis = 1 : i64} : tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, I64Attr:$axis);
  let hasVerifier = 1;
}

#endif // KILN_DIALECT_NN_IR_NNACTIVATIONOPS_TD
