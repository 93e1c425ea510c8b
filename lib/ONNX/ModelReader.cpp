//===- ModelReader.cpp - From protobuf to plain data ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Error.h"
#include "Model.h"
#include "ModelFile.h"
#include "TensorProto.h"

#include "onnx.pb.h"

#include "llvm/Support/Path.h"

#include <set>

using namespace llvm;
using ::onnx::AttributeProto;

namespace kiln::onnx_import {

static constexpr int64_t kNewestOpset = 25;
static constexpr int64_t kNewestIRVersion = 14;

namespace {
class ModelDecoder {
public:
  ModelDecoder(StringRef path, const ReaderLimits &limits)
      : folder(sys::path::parent_path(path)), limits(limits) {}

  Error decode(::onnx::ModelProto &proto);
  Model model;

private:
  Error decodeVersions(const ::onnx::ModelProto &proto);
  Error decodeNodes(::onnx::GraphProto &graph, std::vector<Node> &nodes);
  Error decodeAttribute(AttributeProto &proto, Node &node);
  Error decodeBranch(::onnx::GraphProto &graph, Node &node,
                     Attribute &attribute);
  Error decodeInitializers(::onnx::GraphProto &graph,
                           std::map<std::string, TensorRef> &initializers);

  std::string folder;
  ReaderLimits limits;
};
} // namespace

Error ModelDecoder::decodeVersions(const ::onnx::ModelProto &proto) {
  if (!proto.has_ir_version() || proto.ir_version() < 1)
    return makeError(ErrorCode::BadModel,
                     "the model states no valid ir_version: not an ONNX file?");
  if (proto.ir_version() > kNewestIRVersion)
    return makeError(ErrorCode::UnsupportedOpset,
                     "ir_version " + Twine(proto.ir_version()) +
                         " is newer than " + Twine(kNewestIRVersion));
  bool isFound = false;
  for (const auto &import : proto.opset_import()) {
    if (import.domain() != "" && import.domain() != "ai.onnx")
      continue;
    if (isFound && model.opset != import.version())
      return makeError(ErrorCode::BadModel,
                       "two versions of the default operator set are imported");
    isFound = true;
    model.opset = import.version();
  }
  // Operator sets came with IR version 3.
  if (!isFound && proto.ir_version() < 3) {
    model.opset = 1;
    return Error::success();
  }
  if (!isFound)
    return makeError(ErrorCode::BadModel,
                     "the model does not state its default operator set "
                     "(opset_import)");
  if (model.opset < 1 || model.opset > kNewestOpset)
    return makeError(ErrorCode::UnsupportedOpset,
                     "opset " + Twine(model.opset) + " is not in 1 to " +
                         Twine(kNewestOpset) +
                         "; convert the model with onnx.version_converter");
  return Error::success();
}

static std::string nodeText(const Node &node) {
  return escapeName(StringRef(node.op).take_front(100)) + " " +
         quoted(node.name);
}

/// The kind of an attribute; files before IR version 2 do not state it.
static AttributeProto::AttributeType kindOf(const AttributeProto &proto) {
  if (proto.has_type() && proto.type() != AttributeProto::UNDEFINED)
    return proto.type();
  if (proto.has_f())
    return AttributeProto::FLOAT;
  if (proto.has_i())
    return AttributeProto::INT;
  if (proto.has_s())
    return AttributeProto::STRING;
  if (proto.has_t())
    return AttributeProto::TENSOR;
  if (proto.floats_size())
    return AttributeProto::FLOATS;
  if (proto.ints_size())
    return AttributeProto::INTS;
  if (proto.strings_size())
    return AttributeProto::STRINGS;
  return AttributeProto::UNDEFINED;
}

Error ModelDecoder::decodeAttribute(AttributeProto &proto, Node &node) {
  auto [place, isNew] = node.attributes.try_emplace(proto.name());
  if (!isNew)
    return makeError(ErrorCode::BadAttribute, nodeText(node) + ": attribute " +
                                                  quoted(proto.name()) +
                                                  " stands twice");
  if (!proto.ref_attr_name().empty())
    return makeError(ErrorCode::BadAttribute,
                     nodeText(node) + ": attribute " + quoted(proto.name()) +
                         " refers to an attribute of a function, and stands "
                         "in none");
  Attribute &attribute = place->second;
  switch (kindOf(proto)) {
  case AttributeProto::FLOAT:
    attribute = proto.f();
    break;
  case AttributeProto::INT:
    attribute = proto.i();
    break;
  case AttributeProto::STRING:
    attribute = proto.s();
    break;
  case AttributeProto::FLOATS:
    attribute =
        std::vector<float>(proto.floats().begin(), proto.floats().end());
    break;
  case AttributeProto::INTS:
    attribute = std::vector<int64_t>(proto.ints().begin(), proto.ints().end());
    break;
  case AttributeProto::STRINGS:
    attribute = std::vector<std::string>(proto.strings().begin(),
                                         proto.strings().end());
    break;
  case AttributeProto::TENSOR: {
    Expected<HostTensor> tensor =
        decodeTensor(proto.t(), StringRef(folder), limits.maxElements,
                     nodeText(node) + ": attribute " + quoted(proto.name()));
    if (!tensor)
      return tensor.takeError();
    attribute = std::make_shared<const HostTensor>(std::move(*tensor));
    break;
  }
  case AttributeProto::GRAPH:
    if (node.op == "If" && node.domain.empty() && proto.g().input_size() == 0)
      return decodeBranch(*proto.mutable_g(), node, attribute);
    break;
  default:
    break; // stays OtherAttribute, which no operator taken here has
  }
  return Error::success();
}

/// What the branch uses and does not make itself comes from around it.
static void addCaptures(const Branch &branch, Node &node) {
  std::set<std::string> made;
  for (const auto &[name, tensor] : branch.initializers)
    made.insert(name);
  auto use = [&](const std::string &name) {
    if (!name.empty() && !made.count(name))
      node.captures.push_back(name);
  };
  for (const Node &inner : branch.nodes) {
    for_each(inner.inputs, use);
    for_each(inner.captures, use);
    made.insert(inner.outputs.begin(), inner.outputs.end());
  }
  for_each(branch.outputs, use);
}

Error ModelDecoder::decodeBranch(::onnx::GraphProto &graph, Node &node,
                                 Attribute &attribute) {
  auto branch = std::make_shared<Branch>();
  if (Error error = decodeInitializers(graph, branch->initializers))
    return error;
  if (Error error = decodeNodes(graph, branch->nodes))
    return error;
  for (const auto &output : graph.output())
    branch->outputs.push_back(output.name());
  addCaptures(*branch, node);
  attribute = BranchRef(std::move(branch));
  return Error::success();
}

Error ModelDecoder::decodeNodes(::onnx::GraphProto &graph,
                                std::vector<Node> &nodes) {
  for (auto [index, proto] : llvm::enumerate(*graph.mutable_node())) {
    Node &node = nodes.emplace_back();
    node.op = proto.op_type();
    node.domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
    node.name = proto.name().empty() ? node.op + "_" + std::to_string(index)
                                     : proto.name();
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    for (AttributeProto &attribute : *proto.mutable_attribute())
      if (Error error = decodeAttribute(attribute, node))
        return error;
    // Weights in Constant nodes are large, and clearing would keep them.
    ::onnx::NodeProto().Swap(&proto);
  }
  return Error::success();
}

Error ModelDecoder::decodeInitializers(
    ::onnx::GraphProto &graph, std::map<std::string, TensorRef> &initializers) {
  for (::onnx::TensorProto &proto : *graph.mutable_initializer()) {
    std::string what = "initializer " + quoted(proto.name());
    Expected<HostTensor> tensor =
        decodeTensor(proto, StringRef(folder), limits.maxElements, what);
    if (!tensor)
      return tensor.takeError();
    if (proto.name().empty())
      return makeError(ErrorCode::BadModel, "an initializer has no name");
    if (!initializers
             .try_emplace(proto.name(), std::make_shared<const HostTensor>(
                                            std::move(*tensor)))
             .second)
      return makeError(ErrorCode::DuplicateName, what + " stands twice");
    // Clear() would keep the memory of the weights.
    ::onnx::TensorProto().Swap(&proto);
  }
  if (graph.sparse_initializer_size())
    return makeError(ErrorCode::UnsupportedForm,
                     "sparse initializer " +
                         quoted(graph.sparse_initializer(0).values().name()) +
                         ": sparse tensors are not taken; store it densely");
  return Error::success();
}

static ValueInfo decodeValueInfo(const ::onnx::ValueInfoProto &proto) {
  ValueInfo info;
  info.name = proto.name();
  info.isTensor = proto.type().has_tensor_type();
  if (!info.isTensor)
    return info;
  const auto &type = proto.type().tensor_type();
  info.elementType = type.elem_type();
  info.hasShape = type.has_shape();
  for (const auto &dim : type.shape().dim()) {
    Dimension &entry = info.shape.emplace_back();
    if (dim.has_dim_value())
      entry.size = dim.dim_value();
    entry.name = dim.dim_param();
  }
  return info;
}

static Error checkDeclared(const ValueInfo &info) {
  if (info.name.empty())
    return makeError(ErrorCode::BadModel,
                     "a graph input or output has no name");
  if (!info.isTensor)
    return makeError(ErrorCode::UnsupportedType,
                     quoted(info.name) + " is not declared as a tensor");
  return Error::success();
}

Error ModelDecoder::decode(::onnx::ModelProto &proto) {
  if (Error error = decodeVersions(proto))
    return error;
  if (!proto.has_graph())
    return makeError(ErrorCode::BadModel, "the model has no graph");
  ::onnx::GraphProto &graph = *proto.mutable_graph();
  if (Error error = decodeInitializers(graph, model.initializers))
    return error;
  if (Error error = decodeNodes(graph, model.nodes))
    return error;
  for (const auto &input : graph.input())
    if (Error error =
            checkDeclared(model.inputs.emplace_back(decodeValueInfo(input))))
      return error;
  for (const auto &output : graph.output())
    if (Error error =
            checkDeclared(model.outputs.emplace_back(decodeValueInfo(output))))
      return error;
  // Hints, which a file need not have: not even tensors must they be.
  for (const auto &value : graph.value_info())
    model.inner.try_emplace(value.name(), decodeValueInfo(value));
  if (model.outputs.empty())
    return makeError(ErrorCode::BadModel, "the graph has no output");
  return Error::success();
}

Expected<Model> readModel(StringRef path, const ReaderLimits &limits) {
  ::onnx::ModelProto proto;
  if (Error error = parseMessage(path, limits.maxFileBytes, proto))
    return std::move(error);
  ModelDecoder decoder(path, limits);
  if (Error error = decoder.decode(proto))
    return std::move(error);
  return std::move(decoder.model);
}

} // namespace kiln::onnx_import
