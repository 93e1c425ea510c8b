//===- OpenBatch.cpp - Nets whose batch stays open ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LLVMErrors.h"
#include "NetImpl.h"
#include "NetSummarizer.h"
#include "Phases.h"
#include "ShapeSets.h"
#include "kiln/Dialect/NN/Analysis/BatchIndependence.h"
#include "kiln/ONNX/Import.h"
#include "kiln/Support/Names.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;

namespace kiln {

/// The net at the greatest batch, after the mode phase; null after an error.
static OwningOpRef<ModuleOp> importProbe(MLIRContext &context,
                                         const std::string &path,
                                         const CompileOptions &options,
                                         const Shapes &shapes,
                                         HostTrace &trace) {
  ImportOptions import = importOptions(options, shapes, nn::kGreatestBatch);
  // Types alone grow with the batch: no memory does.
  import.maxElements = int64_t{1} << 62;
  import.trace = &trace;
  FailureOr<OwningOpRef<ModuleOp>> module = importONNX(context, path, import);
  if (failed(module))
    return nullptr;
  PassManager manager(&context);
  addPhasePasses(manager, Phase::Mode, options, /*target=*/{});
  if (failed(manager.run(**module)))
    return nullptr;
  return std::move(*module);
}

Result<void> Net::Impl::proveOpenBatch(ModuleOp net, const Shapes &shapes,
                                       HostTrace trace) {
  DiagnosticBridge &bridge = session->bridge;
  Session::Impl probeSession;
  HostTrace probeTrace;
  probeSession.bridge.begin(ErrorCode::BatchNotIndependent);
  OwningOpRef<ModuleOp> probe =
      importProbe(probeSession.context, path, options, shapes, probeTrace);
  if (!probe)
    return bridge.fail(
        {ErrorCode::BatchNotIndependent,
         "the batch cannot stay open: with a batch of " +
             std::to_string(nn::kGreatestBatch) +
             ", the greatest one served, the net is refused (" +
             probeSession.bridge.takeError("importing the net").text() +
             "); give --shapes a number for the batch"});
  bridge.begin(ErrorCode::BatchNotIndependent);
  if (llvm::Error error =
          checkShapeArithmetic(trace, probeTrace, nn::kGreatestBatch))
    return bridge.fail(
        toError(std::move(error), ErrorCode::BatchNotIndependent),
        escapeName(path));
  if (failed(nn::proveImagesIndependent(findNet(net), findNet(*probe),
                                        nn::kGreatestBatch)))
    return bridge.takeError("the proof that images are independent");
  return {};
}

} // namespace kiln
