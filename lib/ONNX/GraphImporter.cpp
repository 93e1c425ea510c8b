//===- GraphImporter.cpp - A model's graph as a function ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphImporter.h"
#include "Error.h"
#include "InputShapes.h"
#include "NodeImporter.h"
#include "OperatorTable.h"
#include "TensorProto.h"

#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Support/Names.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AsmState.h"

#include "llvm/Support/Path.h"

using namespace mlir;

namespace kiln::onnx_import {

Type convertType(MLIRContext *context, ElementType type) {
  Builder b(context);
  switch (type) {
  case ElementType::F32:
    return b.getF32Type();
  case ElementType::F64:
    return b.getF64Type();
  case ElementType::F16:
    return b.getF16Type();
  case ElementType::BF16:
    return b.getBF16Type();
  case ElementType::Bool:
    return b.getI1Type();
  case ElementType::I8:
  case ElementType::I16:
  case ElementType::I32:
  case ElementType::I64:
    return b.getIntegerType(8 * elementSize(type));
  case ElementType::U8:
  case ElementType::U16:
  case ElementType::U32:
  case ElementType::U64:
    return b.getIntegerType(8 * elementSize(type), /*isSigned=*/false);
  }
  llvm_unreachable("unknown element type");
}

GraphImporter::GraphImporter(MLIRContext &context, StringRef path,
                             const Model &model, const ImportOptions &options)
    : context(context), fileName(path), model(model), importOptions(options),
      bodyBuilder(&context) {
  for (const auto &[name, host] : model.initializers)
    define(name, {RankedTensorType::get(host->shape,
                                        convertType(&context, host->type)),
                  Value(), host});
}

Location GraphImporter::locationOf(StringRef name) const {
  Location file = NameLoc::get(StringAttr::get(&context, fileName));
  return NameLoc::get(StringAttr::get(&context, name), file);
}

void GraphImporter::define(StringRef name, Tensor tensor) {
  tensors.insert_or_assign(name, std::move(tensor));
}

/// The tensor's own bytes, which it keeps alive for as long as they are needed.
static AsmResourceBlob shareBytes(TensorRef tensor) {
  ArrayRef<char> bytes(reinterpret_cast<const char *>(tensor->data.data()),
                       tensor->data.size());
  return UnmanagedAsmResourceBlob::allocateWithAlign(
      bytes, /*align=*/__STDCPP_DEFAULT_NEW_ALIGNMENT__,
      [tensor = std::move(tensor)](void *, size_t, size_t) mutable {
        tensor.reset();
      });
}

Value GraphImporter::materialize(StringRef name) {
  Tensor &known = tensor(name);
  if (known.value)
    return known.value;
  // Once for all users: a weight that two layers share stays one constant.
  known.value = arith::ConstantOp::create(
      bodyBuilder, locationOf(name),
      nn::adoptElements(known.type, shareBytes(known.host),
                        toIdentifier(name)));
  return known.value;
}

void GraphImporter::reject(const Node &node, const llvm::Twine &reason) {
  rejections.push_back({&node, reason.str()});
}

LogicalResult GraphImporter::addInputs(func::FuncOp function) {
  FailureOr<std::vector<InputShape>> inputs =
      resolveInputShapes(model, importOptions, locationOf("graph inputs"));
  if (failed(inputs))
    return failure();
  Block *body = function.addEntryBlock();
  SmallVector<Type> types;
  for (auto [index, input] : llvm::enumerate(*inputs)) {
    auto type = RankedTensorType::get(input.shape,
                                      convertType(&context, input.elementType));
    Location loc = locationOf(input.name);
    define(input.name, {type, body->addArgument(type, loc), nullptr});
    types.push_back(type);
  }
  function.setFunctionType(FunctionType::get(&context, types, {}));
  for (auto [index, input] : llvm::enumerate(*inputs))
    function.setArgAttr(index, "nn.name",
                        StringAttr::get(&context, input.name));
  bodyBuilder.setInsertionPointToEnd(body);
  return success();
}

bool GraphImporter::hasRejectedInput(const Node &node) {
  bool isRejected = false;
  for (const std::string &input : node.inputs) {
    auto place = missing.find(input);
    if (place == missing.end())
      continue;
    isRejected = true;
    if (!place->second.empty())
      reject(node, place->second);
  }
  return isRejected;
}

/// Gives the table's entry for the node, or the reason why there is none.
static const Operator *findOperator(const Node &node, int64_t opset,
                                    std::string &reason) {
  if (!node.domain.empty()) {
    reason = "operators of domain " + quoted(node.domain) + " are not taken";
    return nullptr;
  }
  if (const Operator *found = lookupOperator(node.op, opset))
    return found;
  reason = isKnownOperator(node.op)
               ? "the operator does not exist, or is not taken, at this opset"
               : reasonOfAbsence(node.op).str();
  return nullptr;
}

void GraphImporter::trace(const Node &node, const std::string &output,
                          TensorRef value) {
  /// What is larger is no arithmetic on shapes.
  constexpr int64_t kMaxTraced = 4096;
  if (!importOptions.trace || output.empty() || !value)
    return;
  if (value->size() > kMaxTraced)
    value = std::make_shared<const HostTensor>(
        HostTensor{value->type, value->shape, {}});
  importOptions.trace->push_back(
      {node.name, node.op, node.inputs, output, std::move(value)});
}

LogicalResult GraphImporter::importNode(const Node &node) {
  auto poison = [&] {
    for (const std::string &output : node.outputs)
      missing.try_emplace(output, "");
    return success();
  };
  std::string reason;
  const Operator *entry = findOperator(node, model.opset, reason);
  if (!entry) {
    reject(node, reason);
    return poison();
  }
  if (hasRejectedInput(node))
    return poison();

  size_t rejectedBefore = rejections.size();
  NodeImporter importer(*this, node, *entry);
  if (failed(importer.run()))
    return rejections.size() > rejectedBefore ? poison() : failure();
  for (const std::string &output : node.outputs)
    if (auto found = tensors.find(output); found != tensors.end())
      trace(node, output, found->second.host);
  for (auto [i, output] : llvm::enumerate(node.outputs))
    if (!output.empty() && !isDefined(output))
      missing.try_emplace(
          output, "it uses output " + std::to_string(i) + " of " + node.op +
                      " " + quoted(node.name) + ", which is not computed");
  return success();
}

static bool hasDeclaredType(const ValueInfo &declared, RankedTensorType type) {
  std::optional<ElementType> element = elementTypeOf(declared.elementType);
  return !declared.isTensor || !element ||
         convertType(type.getContext(), *element) == type.getElementType();
}

static bool hasDeclaredShape(const ValueInfo &declared, RankedTensorType type) {
  return !declared.hasShape ||
         (declared.shape.size() == static_cast<size_t>(type.getRank()) &&
          llvm::all_of(llvm::zip_equal(declared.shape, type.getShape()),
                       [](auto pair) {
                         auto [dim, size] = pair;
                         return dim.size < 0 || dim.size == size;
                       }));
}

static std::string declaredShapeText(const ValueInfo &declared) {
  SmallVector<int64_t> shape;
  for (const Dimension &dim : declared.shape)
    shape.push_back(dim.size);
  return shapeText(shape) + " (-1 for an open dimension)";
}

/// An output that is not what the file declares is a contradiction: the caller
/// was promised something else.
static LogicalResult checkDeclared(const ValueInfo &declared,
                                   RankedTensorType type, Location loc) {
  if (!hasDeclaredType(declared, type))
    return emitError(loc, ErrorCode::DeclaredTypeDiffers)
           << "output " << quoted(declared.name) << " is computed as "
           << type.getElementType() << ", but the file declares "
           << onnxTypeName(declared.elementType)
           << "; export the net again, or correct the declaration";
  if (hasDeclaredShape(declared, type))
    return success();
  return emitError(loc, ErrorCode::DeclaredTypeDiffers)
         << "output " << quoted(declared.name) << " is computed as "
         << shapeText(type.getShape()) << ", but the file declares "
         << declaredShapeText(declared)
         << "; export the net again, or correct the declaration";
}

/// Declarations of inner values are hints that tools forget to correct: what
/// the nodes make counts, and one warning tells of all that differ.
void GraphImporter::warnOfDeclarations(ArrayRef<const Node *> nodes) {
  size_t count = 0;
  std::string first;
  for (const Node *node : nodes)
    for (const std::string &output : node->outputs) {
      auto declared = model.inner.find(output);
      if (declared == model.inner.end() || !isDefined(output))
        continue;
      RankedTensorType type = tensor(output).type;
      bool hasType = hasDeclaredType(declared->second, type);
      if ((hasType && hasDeclaredShape(declared->second, type)) || count++ > 0)
        continue;
      llvm::raw_string_ostream text(first);
      text << quoted(output) << " of " << escapeName(node->op) << " "
           << quoted(node->name) << " is computed as ";
      if (hasType)
        text << shapeText(type.getShape()) << ", but declared as "
             << declaredShapeText(declared->second);
      else
        text << type.getElementType() << ", but declared as "
             << onnxTypeName(declared->second.elementType);
    }
  if (count > 0)
    emitWarning(NameLoc::get(StringAttr::get(&context, fileName)),
                ErrorCode::DeclaredTypeDiffers)
        << count << (count == 1 ? " inner value is" : " inner values are")
        << " not what the file declares: " << first
        << (count > 1 ? ", and so on" : "");
}

LogicalResult GraphImporter::addOutputs(func::FuncOp function) {
  SmallVector<Value> results;
  SmallVector<Type> types;
  for (const ValueInfo &output : model.outputs) {
    Location loc = locationOf(output.name);
    if (!isDefined(output.name)) {
      emitError(loc, ErrorCode::UnsupportedForm)
          << "graph output " << quoted(output.name)
          << " is an optional output that is not computed";
      return failure();
    }
    RankedTensorType type = tensor(output.name).type;
    if (failed(checkDeclared(output, type, loc)))
      return failure();
    results.push_back(materialize(output.name));
    types.push_back(type);
  }
  func::ReturnOp::create(bodyBuilder, function.getLoc(), results);
  function.setFunctionType(
      FunctionType::get(&context, function.getArgumentTypes(), types));
  for (auto [index, output] : llvm::enumerate(model.outputs))
    function.setResultAttr(index, "nn.name",
                           StringAttr::get(&context, output.name));
  return success();
}

LogicalResult GraphImporter::reportRejections() {
  if (rejections.empty())
    return success();
  size_t count = rejections.size();
  std::string text = std::to_string(count) +
                     (count == 1 ? " operator is" : " operators are") +
                     " not supported:";
  for (const Rejection &rejection : rejections)
    text += "\n  " + escapeName(rejection.node->op) + " " +
            quoted(rejection.node->name) + " (opset " +
            std::to_string(model.opset) + "): " + rejection.reason;
  return emitError(NameLoc::get(StringAttr::get(&context, fileName)),
                   ErrorCode::UnsupportedOperator)
         << text;
}

FailureOr<OwningOpRef<ModuleOp>>
GraphImporter::import(ArrayRef<const Node *> nodes) {
  Location fileLoc = NameLoc::get(StringAttr::get(&context, fileName));
  OwningOpRef<ModuleOp> module = ModuleOp::create(fileLoc);
  std::string name = toIdentifier(importOptions.netName.empty()
                                      ? llvm::sys::path::stem(fileName).str()
                                      : importOptions.netName);
  bodyBuilder.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(bodyBuilder, fileLoc, name,
                                       FunctionType::get(&context, {}, {}));
  if (failed(addInputs(function)))
    return failure();
  for (const auto &[tensorName, value] : model.initializers)
    trace(Node(), tensorName, value);
  for (const Node *node : nodes)
    if (failed(importNode(*node)))
      return failure();
  if (failed(reportRejections()) || failed(addOutputs(function)))
    return failure();
  warnOfDeclarations(nodes);
  return module;
}

} // namespace kiln::onnx_import
