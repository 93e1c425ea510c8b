//===- BoundInputs.cpp - Graph inputs made constants ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BoundInputs.h"
#include "Error.h"
#include "TensorProto.h"

#include "kiln/Support/Diagnostics.h"

using namespace mlir;

namespace kiln::onnx_import {

static InFlightDiagnostic refuse(Location loc, const std::string &name) {
  return emitError(loc, ErrorCode::BadInput) << "--bind: " << quoted(name);
}

static LogicalResult refuseUnknown(const Model &model, const std::string &name,
                                   Location loc) {
  if (model.initializers.contains(name))
    return refuse(loc, name) << " is a constant of the file already";
  std::string known;
  for (const ValueInfo &input : model.inputs)
    if (!model.initializers.contains(input.name))
      known += (known.empty() ? "" : ", ") + quoted(input.name);
  return refuse(loc, name) << " is no input of the net; its inputs are "
                           << known;
}

/// The declaration's shape, with '?' for what it leaves open.
static std::string declaredShape(const ValueInfo &input) {
  std::string text;
  for (const Dimension &dim : input.shape)
    text += (text.empty() ? "" : "x") +
            (dim.size < 0 ? std::string("?") : std::to_string(dim.size));
  return text.empty() ? "scalar" : text;
}

static LogicalResult checkFits(const ValueInfo &input, const HostTensor &tensor,
                               Location loc) {
  std::optional<ElementType> declared = elementTypeOf(input.elementType);
  if (declared != tensor.type)
    return refuse(loc, input.name)
           << " is bound to " << std::string(elementTypeName(tensor.type))
           << " where the file declares " << onnxTypeName(input.elementType);
  bool fits = !input.hasShape || input.shape.size() == tensor.shape.size();
  if (fits && input.hasShape)
    for (auto [dim, size] : llvm::zip_equal(input.shape, tensor.shape))
      fits &= dim.size < 0 || dim.size == size;
  if (!fits)
    return refuse(loc, input.name)
           << " is bound to a tensor of shape " << shapeText(tensor.shape)
           << " where the file declares " << declaredShape(input);
  std::optional<int64_t> count = elementCount(tensor.shape);
  if (!count || static_cast<uint64_t>(*count) * elementSize(tensor.type) !=
                    tensor.data.size())
    return refuse(loc, input.name) << " is bound to a tensor whose bytes do "
                                      "not fit its shape";
  return success();
}

LogicalResult bindInputs(Model &model, const ImportOptions &options,
                         Location loc) {
  for (const auto &[name, tensor] : options.constants) {
    auto input = llvm::find_if(
        model.inputs, [&](const ValueInfo &info) { return info.name == name; });
    if (input == model.inputs.end() || model.initializers.contains(name))
      return refuseUnknown(model, name, loc);
    if (failed(checkFits(*input, tensor, loc)))
      return failure();
    model.initializers[name] = std::make_shared<const HostTensor>(tensor);
    model.inputs.erase(input);
  }
  return success();
}

} // namespace kiln::onnx_import
