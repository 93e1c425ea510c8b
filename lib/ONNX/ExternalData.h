//===- ExternalData.h - Tensor data outside the model file ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_EXTERNALDATA_H
#define KILN_LIB_ONNX_EXTERNALDATA_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kiln::onnx_import {

/// Where a tensor's bytes lie, as the file states it.
struct ExternalLocation {
  std::string file; // relative to the model's folder
  uint64_t offset = 0;
  std::optional<uint64_t> length;
  std::string tensor = "a tensor"; // as errors name it
};

/// Reads exactly `size` bytes from a regular file inside `folder`. Refused are
/// absolute paths, "..", links anywhere on the way (they could lead out of the
/// folder), devices and pipes, and ranges that leave the file.
llvm::Expected<std::vector<std::byte>>
readExternalData(llvm::StringRef folder, const ExternalLocation &location,
                 uint64_t size);

/// Copies a file inside `folder`, found as above, to `path`, and makes the
/// folders on its way. False: `path` holds the same bytes already. Another file
/// there is not replaced but refused.
llvm::Expected<bool> copyExternalFile(llvm::StringRef folder,
                                      llvm::StringRef file,
                                      llvm::StringRef path);

/// Writes a file by way of a temporary one beside it: it appears whole or not
/// at all (K0002).
llvm::Error writeWhole(llvm::StringRef path, llvm::StringRef bytes);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_EXTERNALDATA_H
