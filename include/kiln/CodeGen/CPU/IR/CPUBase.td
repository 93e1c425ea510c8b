//===- CPUBase.td - What all kernels for CPUs share ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_IR_CPUBASE_TD
#define KILN_CODEGEN_CPU_IR_CPUBASE_TD

include "kiln/CodeGen/CPU/IR/CostOpInterface.td"
include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def CPU_Dialect : Dialect {
  let name = "cpu";
  let cppNamespace = "::kiln::cpu";
  let summary = "Kernels with a register tile, between the layout and kernels phases";
  let description = [{
    Holds the operations to which the layout phase brings convolutions, linear
    layers and matrix products, one for each family of kernels: `cpu.contract`,
    which takes any of them in any layout, and over tensors whose channels lie in
    blocks `cpu.conv`, the direct convolution, and `cpu.window`, depthwise
    convolution and pooling. Each says what is summed, with which register tile,
    and what is done to each element before it is stored.
    They exist on tensors, where they are bufferized like any operation in
    destination style, and on memrefs, where they become loops over vectors.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

class CPU_Op<string mnemonic, list<Trait> traits = []>
    : Op<CPU_Dialect, mnemonic, traits>;

def CPU_Shaped : AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef]>;

/// A kernel: in destination style, on tensors with a result of the type of each
/// destination (`out`), or on buffers without a result. What it reads and writes, and how it
/// is bufferized, follow from that.
class CPU_KernelOp<string mnemonic, list<Trait> traits = []>
    : CPU_Op<mnemonic, [
        DestinationStyleOpInterface,
        DeclareOpInterfaceMethods<CPU_CostOpInterface, ["getExecutedFlops"]>,
        DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
        DeclareOpInterfaceMethods<BufferizableOpInterface,
          ["bufferizesToMemoryRead", "bufferizesToMemoryWrite",
           "getAliasingValues", "bufferize"]>] # traits> {
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutMutable(); }
  }];
  let extraClassDefinition = [{
    void $cppClass::getEffects(
        ::llvm::SmallVectorImpl<::mlir::SideEffects::EffectInstance<
            ::mlir::MemoryEffects::Effect>> &effects) {
      ::kiln::cpu::getKernelEffects(getOperation(), effects);
    }
    bool $cppClass::bufferizesToMemoryRead(
        ::mlir::OpOperand &operand,
        const ::mlir::bufferization::AnalysisState &) {
      return !isDpsInit(&operand);
    }
    bool $cppClass::bufferizesToMemoryWrite(
        ::mlir::OpOperand &operand,
        const ::mlir::bufferization::AnalysisState &) {
      return isDpsInit(&operand);
    }
    ::mlir::bufferization::AliasingValueList $cppClass::getAliasingValues(
        ::mlir::OpOperand &operand,
        const ::mlir::bufferization::AnalysisState &) {
      if (!isDpsInit(&operand))
        return {};
      return {{getTiedOpResult(&operand),
               ::mlir::bufferization::BufferRelation::Equivalent}};
    }
    ::mlir::LogicalResult $cppClass::bufferize(
        ::mlir::RewriterBase &rewriter,
        const ::mlir::bufferization::BufferizationOptions &options,
        ::mlir::bufferization::BufferizationState &state) {
      return ::kiln::cpu::bufferizeKernel(getOperation(), rewriter, options, state);
    }
  }];
}

#endif // KILN_CODEGEN_CPU_IR_CPUBASE_TD
