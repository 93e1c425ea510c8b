//===- LayerName.cpp - What a layer is called in its file ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Utils/LayerName.h"

#include "mlir/IR/Operation.h"

using namespace mlir;

namespace kiln::nn {

StringAttr findLayerName(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return name.getName();
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      if (StringAttr name = findLayerName(part))
        return name;
  return {};
}

std::string layerName(Operation *op) {
  StringAttr name = findLayerName(op->getLoc());
  return name ? name.str() : op->getName().getStringRef().str();
}

} // namespace kiln::nn
