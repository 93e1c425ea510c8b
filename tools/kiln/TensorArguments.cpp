//===- TensorArguments.cpp - --input, --output and --expected-output ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorArguments.h"

#include "CommonFlags.h"

#include <algorithm>

namespace kiln::driver {

Result<std::vector<TensorArgument>>
parseTensorArguments(const std::string &flag,
                     const std::vector<std::string> &texts) {
  std::vector<TensorArgument> arguments;
  for (const std::string &text : texts) {
    // Names may hold '=' and '@'; paths may, too: the first "=@" divides.
    size_t divide = text.find("=@");
    if (divide != std::string::npos && divide > 0)
      arguments.push_back({text.substr(0, divide), text.substr(divide + 2)});
    else if (text.size() > 1 && text[0] == '@')
      arguments.push_back({"", text.substr(1)});
    else
      return Error{ErrorCode::Usage,
                   flag + ": cannot read '" + printable(text) +
                       "'; write name=@file.npy or @file.npy"};
  }
  return arguments;
}

static Error unknownName(const std::string &flag, const std::string &name,
                         const std::vector<TensorInterface> &tensors) {
  std::string names;
  for (const TensorInterface &tensor : tensors)
    names += (names.empty() ? "'" : ", '") + printable(tensor.name) + "'";
  return {ErrorCode::BadInput,
          flag + ": the net has no '" + printable(name) + "'; it has " + names};
}

Result<std::vector<std::string>>
assignFiles(const std::string &flag,
            const std::vector<TensorArgument> &arguments,
            const std::vector<TensorInterface> &tensors) {
  std::vector<std::string> files(tensors.size());
  size_t unnamed = 0;
  for (const TensorArgument &argument : arguments) {
    size_t index = unnamed;
    if (argument.name.empty()) {
      if (unnamed++ >= tensors.size())
        return Error{ErrorCode::BadInput, flag + ": the net has only " +
                                              std::to_string(tensors.size())};
    } else {
      auto found = std::find_if(tensors.begin(), tensors.end(),
                                [&](const TensorInterface &tensor) {
                                  return tensor.name == argument.name;
                                });
      if (found == tensors.end())
        return unknownName(flag, argument.name, tensors);
      index = static_cast<size_t>(found - tensors.begin());
    }
    if (!files[index].empty())
      return Error{ErrorCode::Usage, flag + ": '" +
                                         printable(tensors[index].name) +
                                         "' is given twice"};
    files[index] = argument.path;
  }
  return files;
}

} // namespace kiln::driver
