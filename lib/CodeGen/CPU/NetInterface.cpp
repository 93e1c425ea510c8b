//===- NetInterface.cpp - Reading a net's border from its module ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ObjectStages.h"
#include "kiln/CodeGen/CPU/Object.h"
#include "kiln/Dialect/NN/Utils/ElementTypes.h"
#include "kiln/Support/Names.h"
#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

namespace kiln::cpu {

/// Reads one of the lists `inputs` and `outputs`; nothing where malformed.
static std::optional<std::vector<TensorInterface>> readTensors(Attribute attr) {
  auto list = dyn_cast_or_null<ArrayAttr>(attr);
  if (!list)
    return std::nullopt;
  std::vector<TensorInterface> tensors;
  for (Attribute entry : list) {
    auto fields = dyn_cast<DictionaryAttr>(entry);
    if (!fields)
      return std::nullopt;
    auto name = fields.getAs<StringAttr>("name");
    auto type = fields.getAs<TypeAttr>("type");
    auto shape = fields.getAs<DenseI64ArrayAttr>("shape");
    if (!name || !type || !shape)
      return std::nullopt;
    std::optional<ElementType> element = nn::toElementType(type.getValue());
    if (!element || !elementCount(shape.asArrayRef()))
      return std::nullopt;
    tensors.push_back({name.str(), *element, shape.asArrayRef().vec()});
  }
  return tensors;
}

llvm::Expected<NetInterface> readNetInterface(ModuleOp module) {
  auto fields = module->getAttrOfType<DictionaryAttr>("kiln.interface");
  auto arena = module->getAttrOfType<IntegerAttr>("kiln.arena_bytes");
  if (!fields || !arena || arena.getInt() < 0)
    return codeGenError("the module has no valid kiln.interface and "
                        "kiln.arena_bytes: it has not gone through the "
                        "kernels phase");
  auto name = fields.getAs<StringAttr>("name");
  auto inputs = readTensors(fields.get("inputs"));
  auto outputs = readTensors(fields.get("outputs"));
  // The name becomes symbols: whoever set it had to make it an identifier.
  if (!name || name.getValue() != toIdentifier(name.getValue()) || !inputs ||
      !outputs)
    return codeGenError("the module's kiln.interface is malformed");
  return NetInterface{name.str(), std::move(*inputs), std::move(*outputs),
                      arena.getInt()};
}

} // namespace kiln::cpu
