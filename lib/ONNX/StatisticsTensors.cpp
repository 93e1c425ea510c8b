//===- StatisticsTensors.cpp - Where statistics are stored ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// From an input of a normalisation a chain of Identity nodes may lead to the
// tensor. What has one use all along is changed at its end. Otherwise the
// chain is cut at the first name, seen from the normalisation, that others use
// too: the Identity in front of it becomes a Constant of the same name, or,
// where the very input is shared, the node gets an initializer of its own. So
// no node moves or vanishes, and unnamed ones keep their numbers.
//===----------------------------------------------------------------------===//

#include "StatisticsTensors.h"
#include "Error.h"
#include "TensorProto.h"

#include "onnx.pb.h"

#include <cmath>

using namespace llvm;
using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

namespace kiln::onnx_import {

/// What stands behind an input.
struct StatisticsTensors::Source {
  TensorProto *initializer = nullptr;
  NodeProto *constant = nullptr; ///< a Constant
  NodeProto *computed = nullptr; ///< any other node but Identity
  bool isInput = false;          ///< an input of the graph, without a value
  bool isShared = false;         ///< by the normalisation and others
  /// The Identity nearest the shared name on the normalisation's side.
  NodeProto *cut = nullptr;
};

static bool isOp(const NodeProto &node, StringRef op) {
  return node.op_type() == op &&
         (node.domain().empty() || node.domain() == "ai.onnx");
}

/// Subgraphs see the names around them. One that is made anew inside counts
/// too, which only splits more than is needed.
void StatisticsTensors::countUses(const GraphProto &scope) {
  for (const NodeProto &node : scope.node()) {
    for (const std::string &input : node.input())
      ++uses[input];
    for (const AttributeProto &attribute : node.attribute()) {
      if (attribute.has_g())
        countUses(attribute.g());
      for (const GraphProto &inner : attribute.graphs())
        countUses(inner);
    }
  }
  for (const auto &output : scope.output())
    ++uses[output.name()];
}

Error StatisticsTensors::index() {
  for (const auto &input : graph.input())
    inputs.insert(input.name());
  for (TensorProto &tensor : *graph.mutable_initializer())
    if (!initializers.try_emplace(tensor.name(), &tensor).second)
      return makeError(ErrorCode::DuplicateName, "initializer " +
                                                     quoted(tensor.name()) +
                                                     " stands twice");
  for (NodeProto &node : *graph.mutable_node())
    for (const std::string &output : node.output())
      if (!output.empty() && (initializers.contains(output) ||
                              !makers.try_emplace(output, &node).second))
        return makeError(ErrorCode::DuplicateName,
                         quoted(output) + " is made twice");
  countUses(graph);
  return Error::success();
}

StatisticsTensors::Source
StatisticsTensors::findSource(const std::string &name) {
  Source source;
  const std::string *current = &name;
  // A hostile file's Identities may go round in a circle.
  for (int steps = 0; steps <= graph.node_size(); ++steps) {
    source.isShared |= uses.lookup(*current) > 1;
    source.initializer = initializers.lookup(*current);
    NodeProto *maker = makers.lookup(*current);
    if (source.initializer || !maker) {
      source.isInput = !source.initializer;
      return source;
    }
    if (isOp(*maker, "Constant")) {
      source.constant = maker;
      return source;
    }
    if (!isOp(*maker, "Identity") || maker->input_size() != 1 ||
        maker->output_size() != 1) {
      source.computed = maker;
      return source;
    }
    if (!source.isShared)
      source.cut = maker;
    current = &maker->input(0);
  }
  source.isInput = true;
  return source;
}

static AttributeProto *attributeOf(NodeProto &node, StringRef name) {
  for (AttributeProto &attribute : *node.mutable_attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

/// Where the file does not store the tensor, its declaration tells its type.
std::optional<int32_t>
StatisticsTensors::typeOf(const Source &source, const std::string &name) const {
  if (source.initializer)
    return source.initializer->data_type();
  if (source.constant) {
    if (AttributeProto *value = attributeOf(*source.constant, "value"))
      return value->t().data_type();
    if (attributeOf(*source.constant, "value_floats"))
      return TensorProto::FLOAT;
  }
  for (const auto &info : graph.value_info())
    if (info.name() == name && info.type().has_tensor_type())
      return info.type().tensor_type().elem_type();
  return std::nullopt;
}

/// Gives a tensor of known type other numbers, in the field that it uses.
static Error setNumbers(TensorProto &tensor, ArrayRef<double> values,
                        StringRef what) {
  if (tensor.dims_size() != 1 ||
      tensor.dims(0) != static_cast<int64_t>(values.size()))
    return makeError(
        ErrorCode::BadShape,
        what + " has shape " +
            shapeText(ArrayRef(tensor.dims().data(), tensor.dims_size())) +
            " in the file, but there are " + Twine(values.size()) +
            " channels");
  std::optional<ElementType> type = elementTypeOf(tensor.data_type());
  if (type != ElementType::F32 && type != ElementType::F64 &&
      type != ElementType::F16 && type != ElementType::BF16)
    return makeError(ErrorCode::UnsupportedType,
                     what + " is of type " + onnxTypeName(tensor.data_type()));
  HostTensor rounded = HostTensor::fromDoubles(*type, {tensor.dims(0)}, values);
  for (auto [channel, value] : llvm::enumerate(rounded.toDoubles()))
    if (!std::isfinite(value))
      return makeError(ErrorCode::BadStatistics,
                       what + ": " + std::to_string(values[channel]) +
                           " of channel " + Twine(channel) + " does not fit " +
                           Twine(elementTypeName(*type)));

  bool isTyped = tensor.float_data_size() || tensor.double_data_size() ||
                 tensor.int32_data_size();
  bool isExternal = tensor.data_location() == TensorProto::EXTERNAL;
  tensor.clear_float_data();
  tensor.clear_double_data();
  tensor.clear_int32_data();
  tensor.clear_external_data();
  tensor.clear_data_location();
  if (!isTyped || isExternal) {
    tensor.set_raw_data(rounded.data.data(), rounded.data.size());
    return Error::success();
  }
  tensor.clear_raw_data();
  if (*type == ElementType::F32)
    for (float value : rounded.as<float>())
      tensor.add_float_data(value);
  else if (*type == ElementType::F64)
    for (double value : rounded.as<double>())
      tensor.add_double_data(value);
  else // the bits of half floats
    for (uint16_t value : rounded.as<uint16_t>())
      tensor.add_int32_data(value);
  return Error::success();
}

static Error setNumbers(NodeProto &constant, ArrayRef<double> values,
                        int32_t type, StringRef what) {
  AttributeProto *value = attributeOf(constant, "value");
  if (AttributeProto *floats = attributeOf(constant, "value_floats");
      floats && !value) {
    if (floats->floats_size() != static_cast<int>(values.size()))
      return makeError(ErrorCode::BadShape,
                       what + " has " + Twine(floats->floats_size()) +
                           " elements in the file, but there are " +
                           Twine(values.size()) + " channels");
    TensorProto rounded;
    rounded.set_data_type(type);
    rounded.add_dims(static_cast<int64_t>(values.size()));
    rounded.add_float_data(0);
    if (Error error = setNumbers(rounded, values, what))
      return error;
    *floats->mutable_floats() = rounded.float_data();
    return Error::success();
  }
  if (!value)
    return makeError(ErrorCode::UnsupportedForm,
                     what + " is a Constant that holds no dense tensor");
  return setNumbers(*value->mutable_t(), values, what);
}

std::string StatisticsTensors::freshName(StringRef wanted) {
  auto isTaken = [&](const std::string &name) {
    return uses.contains(name) || makers.contains(name) ||
           initializers.contains(name) || inputs.contains(name);
  };
  std::string name = wanted.str();
  for (unsigned number = 2; isTaken(name); ++number)
    name = (wanted + "_" + Twine(number)).str();
  return name;
}

/// Up to IR version 3 an initializer is a graph input, too.
void StatisticsTensors::addInitializer(TensorProto tensor) {
  if (irVersion < 4) {
    auto *input = graph.add_input();
    input->set_name(tensor.name());
    auto *type = input->mutable_type()->mutable_tensor_type();
    type->set_elem_type(tensor.data_type());
    type->mutable_shape()->add_dim()->set_dim_value(tensor.dims(0));
    inputs.insert(tensor.name());
  }
  TensorProto *added = graph.add_initializer();
  *added = std::move(tensor);
  initializers[added->name()] = added;
}

/// Makes the node a Constant with the same name and output.
static void becomeConstant(NodeProto &node, TensorProto tensor) {
  node.set_op_type("Constant");
  node.clear_input();
  node.clear_attribute();
  AttributeProto *value = node.add_attribute();
  value->set_name("value");
  value->set_type(AttributeProto::TENSOR);
  *value->mutable_t() = std::move(tensor);
}

Error StatisticsTensors::replace(NodeProto &node, int input,
                                 ArrayRef<double> values, StringRef what) {
  const std::string name = node.input(input);
  Source source = findSource(name);
  if (source.isInput)
    return makeError(ErrorCode::UnsupportedForm,
                     what + " is " + quoted(name) +
                         ", an input of the net and not a constant of the "
                         "file, which alone can be changed");
  std::optional<int32_t> type = typeOf(source, name);
  if (!type)
    return makeError(
        ErrorCode::UnsupportedForm,
        what + " is computed by " +
            escapeName(StringRef(source.computed ? source.computed->op_type()
                                                 : source.constant->op_type())
                           .take_front(100)) +
            " and its element type is not declared; fold its "
            "constants (onnxsim) or infer shapes "
            "(onnx.shape_inference) first");
  ++summary.changed;
  if (source.initializer && !source.isShared)
    return setNumbers(*source.initializer, values, what);
  if (source.constant && !source.isShared)
    return setNumbers(*source.constant, values, *type, what);

  TensorProto own;
  own.set_data_type(*type);
  own.add_dims(static_cast<int64_t>(values.size()));
  if (Error error = setNumbers(own, values, what))
    return error;
  if (source.cut) {
    --uses[source.cut->input(0)];
    summary.split.push_back(source.cut->output(0));
    becomeConstant(*source.cut, std::move(own));
    return Error::success();
  }
  --uses[name];
  own.set_name(freshName(node.output(0) + (input == 3 ? ".mean" : ".var")));
  node.set_input(input, own.name());
  ++uses[own.name()];
  summary.split.push_back(own.name());
  addInitializer(std::move(own));
  return Error::success();
}

} // namespace kiln::onnx_import
