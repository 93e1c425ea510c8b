//===- Pipelines.cpp - Phases of CPU code generation ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/CodeGen/CPU/Pipelines.h"

#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/CodeGen/NNToLinalg.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace kiln::cpu {

void buildLayoutPipeline(OpPassManager &manager,
                         const TargetDescription &target,
                         ConvAccuracy accuracy) {
  manager.addNestedPass<func::FuncOp>(createRemoveEmptyTensors());
  manager.addNestedPass<func::FuncOp>(createWidenStorage());
  manager.addNestedPass<func::FuncOp>(createSplitFused());
  CombinePhasesOptions phases;
  phases.vectorBits = target.vectorBits;
  manager.addNestedPass<func::FuncOp>(createCombinePhases(phases));
  manager.addNestedPass<func::FuncOp>(createDecomposeConvTranspose());
  LowerBatchNormsOptions norms;
  norms.vectorBits = target.vectorBits;
  manager.addNestedPass<func::FuncOp>(createLowerBatchNorms(norms));
  BlockChannelsOptions blocks;
  blocks.vectorBits = target.vectorBits;
  blocks.registers = target.numVectorRegisters;
  blocks.l2Bytes = target.l2Bytes;
  blocks.accuracy = accuracy;
  manager.addNestedPass<func::FuncOp>(createBlockChannels(blocks));
  LowerContractionsOptions options;
  options.vectorBits = target.vectorBits;
  options.registers = target.numVectorRegisters;
  manager.addNestedPass<func::FuncOp>(createLowerContractions(options));
  manager.addNestedPass<func::FuncOp>(createLowerPacking());
  manager.addNestedPass<func::FuncOp>(createGrowConcats());
  manager.addNestedPass<func::FuncOp>(createCanonicalizerPass());
  manager.addNestedPass<func::FuncOp>(createCSEPass());
  manager.addPass(createFlushWeights());
}

/// Tensors to a flat list of calls of kernels.
static void addKernels(OpPassManager &manager,
                       const TargetDescription &target) {
  manager.addPass(createRecordInterface());
  manager.addNestedPass<func::FuncOp>(createDropSigns());
  manager.addNestedPass<func::FuncOp>(createConvertNNToLinalgPass());
  manager.addNestedPass<func::FuncOp>(createRemoveEmptyTensors());
  manager.addNestedPass<func::FuncOp>(createFuseElementwise());
  manager.addNestedPass<func::FuncOp>(createCanonicalizerPass());
  manager.addNestedPass<func::FuncOp>(createCSEPass());
  manager.addPass(createBufferizeNet());
  manager.addNestedPass<func::FuncOp>(createCanonicalizerPass());
  FuseStripsOptions strips;
  strips.cacheBytes = target.l2Bytes;
  manager.addNestedPass<func::FuncOp>(createFuseStrips(strips));
  manager.addPass(createOutlineKernels());
  manager.addPass(createRecordTraffic());
  manager.addPass(createPlanArena());
  manager.addPass(createPackConstants());
}

/// Kernels to loops over scalars and vectors.
static void addLoops(OpPassManager &manager) {
  manager.addNestedPass<func::FuncOp>(createEmitContractions());
  manager.addNestedPass<func::FuncOp>(createEmitConvolutions());
  manager.addNestedPass<func::FuncOp>(createEmitWindows());
  manager.addNestedPass<func::FuncOp>(createEmitWinograd());
  manager.addNestedPass<func::FuncOp>(createEmitBatchNorms());
  manager.addNestedPass<func::FuncOp>(createLowerLinalg());
  manager.addPass(createDistributeTasks());
  manager.addPass(createLowerMath());
  manager.addNestedPass<func::FuncOp>(
      memref::createExpandStridedMetadataPass());
  manager.addNestedPass<func::FuncOp>(createLowerAffinePass());
  manager.addNestedPass<func::FuncOp>(createCanonicalizerPass());
  manager.addNestedPass<func::FuncOp>(createCSEPass());
}

/// As much as can be on each function by itself: these run in parallel.
static void addLLVM(OpPassManager &manager) {
  manager.addNestedPass<func::FuncOp>(createSCFToControlFlowPass());
  manager.addNestedPass<func::FuncOp>(createConvertVectorToLLVMPass());
  manager.addNestedPass<func::FuncOp>(createConvertMathToLLVMPass());
  manager.addPass(createFinalizeMemRefToLLVMConversionPass());
  manager.addNestedPass<func::FuncOp>(createArithToLLVMConversionPass());
  ConvertFuncToLLVMPassOptions options;
  options.useBarePtrCallConv = true;
  manager.addPass(createConvertFuncToLLVMPass(options));
  manager.addPass(createConvertControlFlowToLLVMPass());
  manager.addNestedPass<LLVM::LLVMFuncOp>(createConvertIndexToLLVMPass());
  manager.addNestedPass<LLVM::LLVMFuncOp>(createUBToLLVMConversionPass());
  manager.addNestedPass<LLVM::LLVMFuncOp>(createReconcileUnrealizedCastsPass());
  manager.addNestedPass<LLVM::LLVMFuncOp>(createCanonicalizerPass());
  manager.addPass(createDispatchKernels());
}

void buildKernelsPipeline(OpPassManager &manager,
                          const TargetDescription &target) {
  addKernels(manager, target);
  addLoops(manager);
  addLLVM(manager);
}

namespace {
struct TargetOptions : PassPipelineOptions<TargetOptions> {
  Option<unsigned> vectorBits{*this, "vector-bits",
                              llvm::cl::desc("width of a vector register"),
                              llvm::cl::init(128)};
  Option<unsigned> registers{*this, "registers",
                             llvm::cl::desc("number of vector registers"),
                             llvm::cl::init(16)};

  TargetDescription describe() const {
    TargetDescription target;
    target.vectorBits = vectorBits;
    target.numVectorRegisters = registers;
    return target;
  }
};
} // namespace

void registerCPUPasses() {
  registerKilnCPUPasses();
  registerConvertNNToLinalgPass();
  PassPipelineRegistration<TargetOptions>(
      "cpu-layout-pipeline", "The layout phase for CPUs",
      [](OpPassManager &manager, const TargetOptions &options) {
        buildLayoutPipeline(manager, options.describe());
      });
  PassPipelineRegistration<TargetOptions>(
      "cpu-kernels-pipeline", "The kernels phase for CPUs",
      [](OpPassManager &manager, const TargetOptions &options) {
        buildKernelsPipeline(manager, options.describe());
      });
}

} // namespace kiln::cpu
