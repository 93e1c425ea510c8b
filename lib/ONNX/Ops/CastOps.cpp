//===- CastOps.cpp - Casts from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"
#include "TensorProto.h"

#include "kiln/Dialect/NN/Utils/ElementTypes.h"

using namespace mlir;

namespace kiln::onnx_import {

/// The element type that 'to' names: a number, in opsets below 6 a name.
static FailureOr<ElementType> castTarget(NodeImporter &node) {
  std::optional<ElementType> type;
  std::string name;
  if (node.opset() < 6) {
    name = node.getString("to", "").str();
    for (int32_t number = 1; number <= 16 && !type; ++number)
      if (std::optional<ElementType> candidate = elementTypeOf(number))
        if (StringRef(name).equals_insensitive(schemaTypeName(number)))
          type = candidate;
  } else {
    int64_t number = node.getInt("to", 0);
    auto narrow = static_cast<int32_t>(number);
    type = narrow == number ? elementTypeOf(narrow) : std::nullopt;
    name = onnxTypeName(narrow);
  }
  if (!type)
    return node.unsupported("a cast to " + quoted(name) + " is not taken");
  return *type;
}

/// Input 0 as elements of `target`.
static LogicalResult castTo(NodeImporter &node, ElementType target) {
  if (TensorRef known = node.host(0))
    return node.setResult(0, castHost(*known, target));
  Type type = convertType(node.context(), target);
  if (type == node.elementType(0))
    return node.setResult(0, node.value(0));
  return node.setResult(
      0, createTensorCast(node.builder(), node.loc(), node.value(0), type));
}

static LogicalResult importCast(NodeImporter &node) {
  FailureOr<ElementType> target = castTarget(node);
  return failed(target) ? failure() : castTo(node, *target);
}

static LogicalResult importCastLike(NodeImporter &node) {
  return castTo(node, *nn::toElementType(node.elementType(1)));
}

ArrayRef<Operator> castOperators() {
  static const Operator operators[] = {
      {"Cast", 1, 5, 1, 1, 1, "to:s!", importCast, "any",
       "strings; floats of 8 bits and less; integers of less than 8 bits"},
      {"Cast", 6, 18, 1, 1, 1, "to:i!", importCast, "any",
       "strings; floats of 8 bits and less; integers of less than 8 bits"},
      {"Cast", 19, kLatest, 1, 1, 1, "round_mode:s saturate:i to:i!",
       importCast, "any",
       "strings; floats of 8 bits and less; integers of less than 8 bits"},
      {"CastLike", 15, kLatest, 2, 2, 1, "round_mode:s saturate:i",
       importCastLike, "any",
       "strings; floats of 8 bits and less; integers of less than 8 bits"},
  };
  return operators;
}

} // namespace kiln::onnx_import
