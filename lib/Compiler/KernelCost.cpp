//===- KernelCost.cpp - Reading costs from a module ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelCostReader.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

namespace kiln {

static std::string text(DictionaryAttr entry, StringRef key) {
  auto value = entry.getAs<StringAttr>(key);
  return value ? value.str() : std::string();
}

static int64_t number(DictionaryAttr entry, StringRef key) {
  auto value = entry.getAs<IntegerAttr>(key);
  return value ? value.getInt() : 0;
}

NetCosts readKernelCosts(ModuleOp module) {
  NetCosts costs;
  if (auto constants =
          module->getAttrOfType<ElementsAttr>(cpu::kConstantsAttrName))
    costs.constantBytes = constants.getNumElements();
  if (auto flushed =
          module->getAttrOfType<IntegerAttr>(cpu::kFlushedWeightsAttrName))
    costs.flushedWeights = flushed.getInt();
  auto traffic = module->getAttrOfType<ArrayAttr>(cpu::kTrafficAttrName);
  auto work = module->getAttrOfType<ArrayAttr>(cpu::kCostsAttrName);
  if (!traffic || !work || traffic.size() != work.size())
    return costs;
  for (auto [moved, computed] : llvm::zip_equal(traffic, work)) {
    auto entry = dyn_cast<DictionaryAttr>(moved);
    auto cost = dyn_cast<DictionaryAttr>(computed);
    if (!entry || !cost)
      return {};
    KernelCost kernel;
    kernel.layer = text(entry, "layer");
    kernel.kind = text(entry, "kind");
    kernel.bytes = number(cost, "bytes");
    kernel.nominalFlops = number(cost, "nominal");
    kernel.executedFlops = number(cost, "executed");
    if (auto cycles = cost.getAs<FloatAttr>("cycles"))
      kernel.predictedCycles = cycles.getValueAsDouble();
    costs.kernels.push_back(std::move(kernel));
  }
  return costs;
}

} // namespace kiln
