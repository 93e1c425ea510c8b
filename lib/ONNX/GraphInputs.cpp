//===- GraphInputs.cpp - The inputs that a file declares ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/ONNX/GraphInputs.h"

#include "Model.h"
#include "TensorProto.h"
#include "kiln/ONNX/Import.h"
#include "kiln/Support/ErrorCodes.h"
#include "kiln/Support/Names.h"

using namespace llvm;
using namespace kiln::onnx_import;

namespace kiln {

Expected<std::vector<GraphInput>> readGraphInputs(StringRef path) {
  ImportOptions limits;
  Expected<Model> model =
      readModel(path, {limits.maxFileBytes, limits.maxElements});
  if (!model)
    return model.takeError();
  std::vector<GraphInput> inputs;
  for (const ValueInfo &info : model->inputs) {
    if (model->initializers.contains(info.name))
      continue;
    std::optional<ElementType> type = elementTypeOf(info.elementType);
    if (!type)
      return createStringError(errorLabel(ErrorCode::UnsupportedType) +
                               ": input '" + escapeName(info.name) +
                               "' has element type " +
                               onnxTypeName(info.elementType) +
                               "; floats, integers and bool are taken");
    GraphInput &input = inputs.emplace_back(info.name, *type, std::nullopt);
    if (!info.hasShape)
      continue;
    input.shape.emplace();
    for (const Dimension &dim : info.shape)
      input.shape->push_back(dim.size);
  }
  return inputs;
}

} // namespace kiln
