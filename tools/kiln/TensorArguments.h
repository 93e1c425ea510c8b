//===- TensorArguments.h - --input, --output and --expected-output ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_TENSORARGUMENTS_H
#define KILN_TOOLS_KILN_TENSORARGUMENTS_H

#include "kiln/Support/HostTensor.h"
#include "kiln/Support/NetInterface.h"
#include "kiln/Support/Result.h"

#include <map>
#include <string>
#include <vector>

namespace kiln::driver {

/// `name=@file`; without a name (`@file`) the tensor's number decides.
struct TensorArgument {
  std::string name; ///< empty where none was given
  std::string path;
};

Result<std::vector<TensorArgument>>
parseTensorArguments(const std::string &flag,
                     const std::vector<std::string> &texts);

/// The file for each tensor of the net, in the net's order: "" where none was
/// given. A name that the net does not have is an error that lists its names.
Result<std::vector<std::string>>
assignFiles(const std::string &flag,
            const std::vector<TensorArgument> &arguments,
            const std::vector<TensorInterface> &tensors);

} // namespace kiln::driver

#endif // KILN_TOOLS_KILN_TENSORARGUMENTS_H
