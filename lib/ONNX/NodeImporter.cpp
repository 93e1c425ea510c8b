//===- NodeImporter.cpp - What an operator's importer works with *- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"

#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Dialect/NN/Utils/ElementTypes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace kiln::onnx_import {

/// Largest constant that importing computes, in elements.
static constexpr int64_t kMaxFoldedElements = int64_t{1} << 27;

NodeImporter::NodeImporter(GraphImporter &graph, const Node &node,
                           const Operator &entry)
    : graph(graph), node(node), entry(entry),
      location(graph.locationOf(node.name)) {}

LogicalResult NodeImporter::run() {
  if (failed(checkArity()) || failed(checkAttributes()) || failed(checkTypes()))
    return failure();
  return entry.import(*this);
}

LogicalResult NodeImporter::checkArity() {
  auto count = static_cast<int>(node.inputs.size());
  if (count > entry.maxInputs || count < entry.minInputs)
    return error(ErrorCode::BadModel)
           << "has " << count << " inputs where the operator takes "
           << entry.minInputs << " to " << entry.maxInputs;
  for (int i = 0; i < entry.minInputs; ++i)
    if (!hasInput(i))
      return error(ErrorCode::BadModel)
             << "input " << i << " is absent but not optional";
  if (node.outputs.empty() ||
      static_cast<int>(node.outputs.size()) > entry.maxOutputs)
    return error(ErrorCode::BadModel)
           << "has " << node.outputs.size()
           << " outputs where the operator makes 1 to " << entry.maxOutputs;
  return success();
}

static bool hasKind(const Attribute &attribute, char kind) {
  switch (kind) {
  case 'i':
    return std::holds_alternative<int64_t>(attribute);
  case 'f':
    return std::holds_alternative<float>(attribute);
  case 's':
    return std::holds_alternative<std::string>(attribute);
  case 'I':
    return std::holds_alternative<std::vector<int64_t>>(attribute);
  case 'F':
    return std::holds_alternative<std::vector<float>>(attribute);
  case 'S':
    return std::holds_alternative<std::vector<std::string>>(attribute);
  case 't':
    return std::holds_alternative<TensorRef>(attribute);
  case 'g':
    return std::holds_alternative<BranchRef>(attribute);
  }
  llvm_unreachable("unknown kind in the operator table");
}

static StringRef kindName(char kind) {
  switch (kind) {
  case 'i':
    return "an integer";
  case 'f':
    return "a float";
  case 's':
    return "a string";
  case 'I':
    return "a list of integers";
  case 'F':
    return "a list of floats";
  case 'S':
    return "a list of strings";
  case 'g':
    return "a graph without inputs";
  default:
    return "a tensor";
  }
}

LogicalResult NodeImporter::checkAttributes() {
  SmallVector<StringRef> items;
  StringRef(entry.attributes).split(items, ' ', -1, /*KeepEmpty=*/false);
  llvm::StringMap<char> kinds;
  for (StringRef item : items) {
    auto [name, kind] = item.split(':');
    kinds[name] = kind.front();
    if (kind.ends_with("!") && !hasAttr(name))
      return error(ErrorCode::BadAttribute)
             << "attribute " << quoted(name) << " is missing";
  }
  // A hint to reuse buffers that the first opsets had on most operators.
  if (opset() < 6)
    kinds["consumed_inputs"] = 'I';
  for (const auto &[name, attribute] : node.attributes) {
    auto kind = kinds.find(name);
    if (kind == kinds.end())
      return unsupported("attribute " + quoted(name) +
                         " is not one of the operator's at this opset");
    if (!hasKind(attribute, kind->second))
      return error(ErrorCode::BadAttribute)
             << "attribute " << quoted(name) << " is not "
             << kindName(kind->second);
  }
  return success();
}

/// Constants are left to the operator: what is computed here and now needs no
/// code for the type.
LogicalResult NodeImporter::checkTypes() {
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (!hasInput(i) || host(i))
      continue;
    std::optional<ElementType> type = nn::toElementType(elementType(i));
    if (type && !takesType(entry, i, *type))
      return unsupported("element type " + Twine(elementTypeName(*type)) +
                         " of input " + Twine(i) +
                         " is not taken; the operator takes " + entry.types);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

RankedTensorType NodeImporter::type(size_t i) const {
  return graph.tensor(node.inputs[i]).type;
}

Value NodeImporter::value(size_t i) {
  return graph.materialize(node.inputs[i]);
}

TensorRef NodeImporter::host(size_t i) const {
  return graph.tensor(node.inputs[i]).host;
}

Value NodeImporter::createConstant(const HostTensor &tensor) {
  ArrayRef<char> bytes(reinterpret_cast<const char *>(tensor.data.data()),
                       tensor.data.size());
  auto type =
      RankedTensorType::get(tensor.shape, convertType(context(), tensor.type));
  return arith::ConstantOp::create(
      builder(), location,
      nn::makeElementsFromBytes(type, bytes, toIdentifier(node.name)));
}

FailureOr<TensorRef> NodeImporter::constant(size_t i, StringRef what) {
  if (TensorRef known = host(i))
    return known;
  return unsupported("its input '" + what +
                     "' is computed at run time; a constant is needed");
}

FailureOr<SmallVector<int64_t>> NodeImporter::constantInts(size_t i,
                                                           StringRef what) {
  FailureOr<TensorRef> known = constant(i, what);
  if (failed(known))
    return failure();
  std::optional<SmallVector<int64_t>> values = readInts(**known);
  if (!values || (*known)->shape.size() > 1)
    return error(ErrorCode::BadModel)
           << "input '" << what << "' must be a list of integers, not "
           << std::string(elementTypeName((*known)->type)) << " of shape "
           << shapeText((*known)->shape);
  return *values;
}

FailureOr<double> NodeImporter::constantNumber(size_t i, StringRef what) {
  FailureOr<TensorRef> known = constant(i, what);
  if (failed(known))
    return failure();
  if ((*known)->size() != 1)
    return error(ErrorCode::BadModel)
           << "input '" << what << "' must be one number, not of shape "
           << shapeText((*known)->shape);
  return (*known)->toDoubles().front();
}

FailureOr<std::optional<SmallVector<int64_t>>>
NodeImporter::intsFrom(StringRef attribute, size_t input) {
  std::optional<SmallVector<int64_t>> none;
  if (hasAttr(attribute))
    return std::optional(llvm::to_vector(getInts(attribute)));
  if (!hasInput(input))
    return none;
  FailureOr<SmallVector<int64_t>> values = constantInts(input, attribute);
  if (failed(values))
    return failure();
  return std::optional(std::move(*values));
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

template <typename T> static const T *find(const Node &node, StringRef name) {
  auto place = node.attributes.find(name.str());
  return place == node.attributes.end() ? nullptr
                                        : std::get_if<T>(&place->second);
}

int64_t NodeImporter::getInt(StringRef name, int64_t otherwise) const {
  const auto *value = find<int64_t>(node, name);
  return value ? *value : otherwise;
}

double NodeImporter::getFloat(StringRef name, float otherwise) const {
  const auto *value = find<float>(node, name);
  return static_cast<double>(value ? *value : otherwise);
}

StringRef NodeImporter::getString(StringRef name, StringRef otherwise) const {
  const auto *value = find<std::string>(node, name);
  return value ? StringRef(*value) : otherwise;
}

ArrayRef<int64_t> NodeImporter::getInts(StringRef name) const {
  const auto *value = find<std::vector<int64_t>>(node, name);
  return value ? ArrayRef<int64_t>(*value) : ArrayRef<int64_t>();
}

ArrayRef<float> NodeImporter::getFloats(StringRef name) const {
  const auto *value = find<std::vector<float>>(node, name);
  return value ? ArrayRef<float>(*value) : ArrayRef<float>();
}

TensorRef NodeImporter::getTensor(StringRef name) const {
  const auto *value = find<TensorRef>(node, name);
  return value ? *value : nullptr;
}

BranchRef NodeImporter::getBranch(StringRef name) const {
  const auto *value = find<BranchRef>(node, name);
  return value ? *value : nullptr;
}

FailureOr<int64_t> NodeImporter::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return error(ErrorCode::BadAttribute)
           << "axis " << axis << " is out of range for rank " << rank;
  return axis < 0 ? axis + rank : axis;
}

FailureOr<SmallVector<int64_t>>
NodeImporter::normalizeAxes(ArrayRef<int64_t> axes, int64_t rank) {
  SmallVector<int64_t> result;
  for (int64_t axis : axes) {
    FailureOr<int64_t> normal = normalizeAxis(axis, rank);
    if (failed(normal))
      return failure();
    if (llvm::is_contained(result, *normal))
      return error(ErrorCode::BadAttribute)
             << "axis " << axis << " stands twice";
    result.push_back(*normal);
  }
  llvm::sort(result);
  return result;
}

//===----------------------------------------------------------------------===//
// Outputs and diagnostics
//===----------------------------------------------------------------------===//

LogicalResult NodeImporter::checkSize(ArrayRef<int64_t> shape) {
  std::optional<int64_t> count = elementCount({shape.data(), shape.size()});
  // A node of constants is computed here and now; a chain that doubles one
  // would soon fill the memory.
  bool isComputed = true;
  for (size_t i = 0; i < node.inputs.size(); ++i)
    isComputed &= !hasInput(i) || host(i) != nullptr;
  int64_t limit =
      isComputed ? std::min(maxElements(), kMaxFoldedElements) : maxElements();
  if (count && *count <= limit)
    return success();
  return error(ErrorCode::BadShape)
         << "a result of shape " << shapeText(shape)
         << " is negative or larger than " << limit
         << (isComputed ? " elements, the limit of computed constants"
                        : " elements");
}

LogicalResult NodeImporter::setResult(size_t i, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  if (failed(checkSize(type.getShape())))
    return failure();
  if (hasOutput(i))
    graph.define(node.outputs[i], {type, value, nullptr});
  return success();
}

LogicalResult NodeImporter::setResult(size_t i, TensorRef tensor) {
  if (tensor->size() > kMaxFoldedElements)
    return error(ErrorCode::BadShape)
           << "makes a constant of " << tensor->size()
           << " elements; computed constants have at most "
           << kMaxFoldedElements;
  auto type = RankedTensorType::get(tensor->shape,
                                    convertType(context(), tensor->type));
  if (hasOutput(i))
    graph.define(node.outputs[i], {type, Value(), std::move(tensor)});
  return success();
}

LogicalResult NodeImporter::setResult(size_t i, HostTensor tensor) {
  return setResult(i, std::make_shared<const HostTensor>(std::move(tensor)));
}

LogicalResult NodeImporter::checkFloats(ValueRange operands) {
  for (Type type : operands.getTypes())
    if (Type element = cast<RankedTensorType>(type).getElementType();
        !isa<FloatType>(element)) {
      std::string text;
      llvm::raw_string_ostream(text) << element;
      return unsupported("element type " + text + " is not taken");
    }
  return success();
}

std::string NodeImporter::heading() const {
  return escapeName(node.op) + " " + quoted(node.name) + " (opset " +
         std::to_string(opset()) + "): ";
}

InFlightDiagnostic NodeImporter::error(ErrorCode code) {
  return emitError(location, code) << heading();
}

InFlightDiagnostic NodeImporter::warning(ErrorCode code) {
  return emitWarning(location, code) << heading();
}

LogicalResult NodeImporter::unsupported(const llvm::Twine &reason) {
  graph.reject(node, reason);
  return failure();
}

} // namespace kiln::onnx_import
