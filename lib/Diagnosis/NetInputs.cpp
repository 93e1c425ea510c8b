//===- NetInputs.cpp - What a net takes, before its shapes are chosen ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/ProbedNet.h"

#include "kiln/Support/Names.h"
#include "llvm/Support/FileSystem.h"

namespace kiln {

/// The compiler's own checks of the path come first, with its messages.
static Result<std::vector<GraphInput>> readDeclared(const std::string &path) {
  if (!llvm::sys::fs::is_regular_file(path))
    return Error{ErrorCode::FileUnreadable,
                 escapeName(path) +
                     ": does not exist or is not a regular file"};
  llvm::Expected<std::vector<GraphInput>> inputs = readGraphInputs(path);
  if (inputs)
    return std::move(*inputs);
  std::string text = llvm::toString(inputs.takeError());
  std::optional<ErrorCode> code = parseErrorLabel(text);
  return Error{code.value_or(ErrorCode::BadModel),
               code ? text.substr(7) : text};
}

Result<std::vector<GraphInput>> readNetInputs(Session &session,
                                              const std::string &path,
                                              const CompileOptions &options) {
  if (path.ends_with(".mlir")) {
    Result<Net> net = session.load(path, options);
    if (!net)
      return net.error();
    std::vector<GraphInput> inputs;
    for (const TensorInterface &input : net->interface().inputs)
      inputs.push_back({input.name, input.type, input.shape});
    return inputs;
  }
  Result<std::vector<GraphInput>> inputs = readDeclared(path);
  if (!inputs)
    return inputs;
  std::erase_if(*inputs, [&](const GraphInput &input) {
    return options.constants.contains(input.name);
  });
  return inputs;
}

} // namespace kiln
