//===- BranchImporter.cpp - A branch in place of its node ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Error.h"
#include "GraphImporter.h"

using namespace mlir;

namespace kiln::onnx_import {

namespace {
/// The names that a branch defines, gone when it ends.
class Scope {
public:
  Scope(llvm::StringMap<Tensor> &tensors, llvm::StringMap<std::string> &missing)
      : tensors(tensors), missing(missing) {}
  ~Scope() {
    for (StringRef name : names) {
      tensors.erase(name);
      missing.erase(name);
    }
  }
  Scope(const Scope &) = delete;
  Scope &operator=(const Scope &) = delete;

  bool isKnown(StringRef name) const {
    return tensors.contains(name) || missing.contains(name);
  }
  /// A name that nothing around the branch has; false where something does.
  bool claim(StringRef name) {
    if (name.empty())
      return true;
    if (isKnown(name))
      return false;
    names.push_back(name);
    return true;
  }

private:
  llvm::StringMap<Tensor> &tensors;
  llvm::StringMap<std::string> &missing;
  SmallVector<StringRef> names;
};
} // namespace

FailureOr<SmallVector<Tensor>> GraphImporter::importBranch(const Branch &branch,
                                                           const Node &owner) {
  Location loc = locationOf(owner.name);
  Scope scope(tensors, missing);
  auto complain = [&](ErrorCode code, StringRef name) {
    return emitError(loc, code)
           << "a branch of " << escapeName(owner.op) << " "
           << quoted(owner.name) << ": tensor " << quoted(name);
  };
  for (const auto &[name, host] : branch.initializers) {
    if (!scope.claim(name))
      return complain(ErrorCode::DuplicateName, name) << " is made twice";
    auto type = convertType(&context, host->type);
    define(name, {RankedTensorType::get(host->shape, type), Value(), host});
  }
  for (const Node &node : branch.nodes) {
    for (const std::string &input : node.inputs)
      if (!input.empty() && !scope.isKnown(input))
        return complain(ErrorCode::UnknownTensor, input)
               << " is used before it is made";
    for (const std::string &output : node.outputs)
      if (!scope.claim(output))
        return complain(ErrorCode::DuplicateName, output) << " is made twice";
    if (failed(importNode(node)))
      return failure();
  }
  SmallVector<Tensor> results;
  for (const std::string &output : branch.outputs) {
    auto place = missing.find(output);
    if (place != missing.end() && !place->second.empty())
      reject(owner, place->second);
    if (place != missing.end())
      return failure(); // of a node that is reported
    if (!isDefined(output))
      return complain(ErrorCode::UnknownTensor, output) << " is never made";
    results.push_back(tensor(output));
  }
  return results;
}

} // namespace kiln::onnx_import
