//===- OutputFile.h - Writing files whole or not at all ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_OUTPUTFILE_H
#define KILN_TOOLS_KILN_OUTPUTFILE_H

#include "kiln/Support/Result.h"

#include <string>
#include <vector>

namespace kiln::driver {

/// Writes `text` to `path` by way of a temporary file beside it, so that a
/// failure leaves nothing half-written. Special files are written directly.
Result<void> writeFile(const std::string &path, const std::string &text);

/// Files that belong together: unless they are kept, they are removed again.
class WrittenFiles {
public:
  WrittenFiles() = default;
  WrittenFiles(const WrittenFiles &) = delete;
  WrittenFiles &operator=(const WrittenFiles &) = delete;
  ~WrittenFiles();

  void add(const std::string &path) { paths.push_back(path); }
  void keep() { paths.clear(); }

private:
  std::vector<std::string> paths;
};

} // namespace kiln::driver

#endif // KILN_TOOLS_KILN_OUTPUTFILE_H
