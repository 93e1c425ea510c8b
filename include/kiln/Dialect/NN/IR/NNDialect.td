//===- NNDialect.td - The nn dialect ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_IR_NNDIALECT_TD
#define KILN_DIALECT_NN_IR_NNDIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def NN_Dialect : Dialect {
  let name = "nn";
  let cppNamespace = "::kiln::nn";
  let summary = "What a convolutional net is made of, and what folding must recognise";
  let description = [{
    Tensors are `[N, C, spatial...]`: dimension 0 is the batch, dimension 1 the
    channel (the *feature axis*). The dialect holds convolutions, both forms of
    batch normalisation, linear layers, pooling, resizing, channel shuffle and
    activations. Elementwise arithmetic, concatenation, padding, slicing,
    reshaping, transposition and reduction are upstream's (`linalg.generic`,
    `tensor`, `linalg`).

    Each constraint has a label, `(conv-C3)` for instance, that stands in the
    operation's description, in the verifier's message and in the test's name.

    Module attributes:
    - `nn.folded` (unit): the net's batch normalisations have been folded; it
      can no longer be put into training mode.
    - `nn.fold_ledger` (array of dictionaries): what became of each batch
      normalisation.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::tensor::TensorDialect"];
  let hasConstantMaterializer = 1;
  let useDefaultAttributePrinterParser = 1;
}

class NN_Op<string mnemonic, list<Trait> traits = []>
    : Op<NN_Dialect, mnemonic, traits>;

// Element types are binary floating point; f64 is what the interpreter and the
// folding arithmetic use.
def NN_Float : AnyTypeOf<[F16, BF16, F32, F64], "f16, bf16, f32 or f64">;
def NN_Tensor : RankedTensorOf<[NN_Float]>;
// One value a channel.
def NN_Vector : 1DTensorOf<[NN_Float]>;

#endif // KILN_DIALECT_NN_IR_NNDIALECT_TD
