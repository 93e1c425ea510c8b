//===- Graph.cpp - Structure of a model's graph ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "Error.h"

#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace kiln::onnx_import {

namespace {
/// Who makes each tensor: a node's index, or -1 for inputs and initializers.
using Makers = StringMap<int64_t>;

constexpr int64_t kNoNode = -1;
} // namespace

static std::string nodeText(const Node &node) {
  return escapeName(StringRef(node.op).take_front(100)) + " " +
         quoted(node.name);
}

/// Inputs, then what its branches use.
static size_t numUsed(const Node &node) {
  return node.inputs.size() + node.captures.size();
}

static const std::string &usedAt(const Node &node, size_t i) {
  size_t inputs = node.inputs.size();
  return i < inputs ? node.inputs[i] : node.captures[i - inputs];
}

static Expected<Makers> findMakers(const Model &model) {
  Makers makers;
  for (const ValueInfo &input : model.inputs)
    if (!makers.try_emplace(input.name, kNoNode).second)
      return makeError(ErrorCode::DuplicateName,
                       "graph input " + quoted(input.name) + " stands twice");
  // An initializer may have a graph input's name: then it is its value.
  for (const auto &[name, tensor] : model.initializers)
    makers.try_emplace(name, kNoNode);
  for (auto [index, node] : llvm::enumerate(model.nodes))
    for (const std::string &output : node.outputs) {
      if (output.empty())
        continue;
      auto [place, isNew] = makers.try_emplace(output, index);
      if (isNew)
        continue;
      std::string other = place->second == kNoNode
                              ? "a graph input or initializer"
                              : nodeText(model.nodes[place->second]);
      return makeError(ErrorCode::DuplicateName,
                       nodeText(node) + ": its output " + quoted(output) +
                           " is made by " + other + ", too");
    }
  return makers;
}

static Error checkUses(const Model &model, const Makers &makers) {
  for (const Node &node : model.nodes)
    for (size_t i = 0; i < numUsed(node); ++i)
      if (const std::string &input = usedAt(node, i);
          !input.empty() && !makers.contains(input))
        return makeError(ErrorCode::UnknownTensor,
                         nodeText(node) + ": its input " + quoted(input) +
                             " is made by no node, graph input or initializer");
  StringMap<bool> seen;
  for (const ValueInfo &output : model.outputs) {
    if (!makers.contains(output.name))
      return makeError(ErrorCode::UnknownTensor, "graph output " +
                                                     quoted(output.name) +
                                                     " is made by no node");
    if (!seen.try_emplace(output.name, true).second)
      return makeError(ErrorCode::DuplicateName,
                       "graph output " + quoted(output.name) + " stands twice");
  }
  return Error::success();
}

namespace {
/// Depth-first search from the outputs, with its own stack: a file's chain may
/// be longer than the machine's stack.
class NodeOrder {
public:
  NodeOrder(const Model &model, const Makers &makers)
      : model(model), makers(makers), states(model.nodes.size(), New) {}

  Error visit(int64_t root);
  std::vector<const Node *> order;

private:
  enum State : char { New, Open, Done };
  struct Frame {
    int64_t node;
    size_t nextInput;
  };

  const Model &model;
  const Makers &makers;
  std::vector<State> states;
};
} // namespace

Error NodeOrder::visit(int64_t root) {
  if (root == kNoNode || states[root] == Done)
    return Error::success();
  std::vector<Frame> stack = {{root, 0}};
  states[root] = Open;
  while (!stack.empty()) {
    Frame &frame = stack.back();
    const Node &node = model.nodes[frame.node];
    if (frame.nextInput == numUsed(node)) {
      states[frame.node] = Done;
      order.push_back(&node);
      stack.pop_back();
      continue;
    }
    const std::string &input = usedAt(node, frame.nextInput++);
    int64_t maker = input.empty() ? kNoNode : makers.lookup(input);
    if (maker == kNoNode || states[maker] == Done)
      continue;
    if (states[maker] == Open)
      return makeError(ErrorCode::CyclicGraph,
                       nodeText(model.nodes[maker]) +
                           " depends on its own output through " +
                           quoted(input));
    states[maker] = Open;
    stack.push_back({maker, 0});
  }
  return Error::success();
}

Expected<std::vector<const Node *>> orderNodes(const Model &model) {
  Expected<Makers> makers = findMakers(model);
  if (!makers)
    return makers.takeError();
  if (Error error = checkUses(model, *makers))
    return error;
  NodeOrder search(model, *makers);
  for (const ValueInfo &output : model.outputs)
    if (Error error = search.visit(makers->lookup(output.name)))
      return error;
  return std::move(search.order);
}

} // namespace kiln::onnx_import
