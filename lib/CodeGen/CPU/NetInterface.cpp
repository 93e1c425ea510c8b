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

/// Reads one of the lists `inputs` and `outputs`; false where malformed.
static bool readTensors(Attribute attr, std::vector<TensorInterface> &tensors,
                        std::vector<ServedShape> &served) {
  auto list = dyn_cast_or_null<ArrayAttr>(attr);
  if (!list)
    return false;
  for (Attribute entry : list) {
    auto fields = dyn_cast<DictionaryAttr>(entry);
    if (!fields)
      return false;
    auto name = fields.getAs<StringAttr>("name");
    auto type = fields.getAs<TypeAttr>("type");
    auto shape = fields.getAs<DenseI64ArrayAttr>("shape");
    if (!name || !type || !shape)
      return false;
    std::optional<ElementType> element = nn::toElementType(type.getValue());
    bool isBatched = fields.contains("batched");
    if (!element || !elementCount(shape.asArrayRef()) ||
        (isBatched && shape.empty()))
      return false;
    served.push_back({shape.asArrayRef().vec(), isBatched});
    tensors.push_back({name.str(), *element, shape.asArrayRef().vec()});
    if (auto layer = fields.getAs<StringAttr>("depends_on_batch"))
      tensors.back().dependsOnBatch = layer.str();
    if (isBatched)
      tensors.back().shape[0] = -1;
  }
  return true;
}

llvm::Expected<NetInterface> readNetInterface(ModuleOp module) {
  auto fields = module->getAttrOfType<DictionaryAttr>("kiln.interface");
  auto arena = module->getAttrOfType<IntegerAttr>("kiln.arena_bytes");
  auto scratch = module->getAttrOfType<IntegerAttr>("kiln.scratch_bytes");
  auto isSize = [](IntegerAttr bytes) {
    return bytes && bytes.getInt() >= 0 && bytes.getInt() % 64 == 0;
  };
  if (!fields || !isSize(arena) || !isSize(scratch))
    return codeGenError("the module has no valid kiln.interface, "
                        "kiln.arena_bytes and kiln.scratch_bytes: it has not "
                        "gone through the kernels phase");
  auto name = fields.getAs<StringAttr>("name");
  NetInterface net;
  ServedShapes served;
  served.arenaBytes = net.arenaBytes = arena.getInt();
  served.scratchBytes = net.scratchBytes = scratch.getInt();
  // The name becomes symbols: whoever set it had to make it an identifier.
  if (!name || name.getValue() != toIdentifier(name.getValue()) ||
      !readTensors(fields.get("inputs"), net.inputs, served.inputs) ||
      !readTensors(fields.get("outputs"), net.outputs, served.outputs))
    return codeGenError("the module's kiln.interface is malformed");
  net.identifier = name.str();
  net.served.push_back(std::move(served));
  return net;
}

/// Opens the dimensions in which the tensors differ; false where they are not
/// the same tensors.
static bool mergeTensors(std::vector<TensorInterface> &tensors,
                         const std::vector<TensorInterface> &others) {
  if (tensors.size() != others.size())
    return false;
  for (auto [tensor, other] : llvm::zip_equal(tensors, others)) {
    if (tensor.name != other.name || tensor.type != other.type ||
        tensor.shape.size() != other.shape.size())
      return false;
    for (auto [size, otherSize] : llvm::zip_equal(tensor.shape, other.shape))
      if (size != otherSize)
        size = -1;
  }
  return true;
}

llvm::Error mergeNetInterface(NetInterface &net, const NetInterface &other) {
  if (net.identifier != other.identifier ||
      !mergeTensors(net.inputs, other.inputs) ||
      !mergeTensors(net.outputs, other.outputs))
    return codeGenError("the nets for the sets of shapes differ in name, type "
                        "or rank of an input or output");
  net.arenaBytes = std::max(net.arenaBytes, other.arenaBytes);
  net.scratchBytes = std::max(net.scratchBytes, other.scratchBytes);
  llvm::append_range(net.served, other.served);
  return llvm::Error::success();
}

} // namespace kiln::cpu
