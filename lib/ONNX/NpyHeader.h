//===- NpyHeader.h - The header of .npy files ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// numpy/lib/format.py describes the format: magic, version, the header's
// length, and a Python dictionary as text, then the data.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_NPYHEADER_H
#define KILN_LIB_ONNX_NPYHEADER_H

#include "kiln/Support/HostTensor.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <vector>

namespace kiln {

struct NpyHeader {
  ElementType type = ElementType::F32;
  bool isBigEndian = false;
  bool isFortranOrder = false;
  std::vector<int64_t> shape;
  size_t dataOffset = 0;
  /// Length of the data in bytes, by shape and element type.
  size_t dataSize = 0;
};

/// Reads the header at the start of `content`, which may go on after it.
/// `name` is what errors call the file.
llvm::Expected<NpyHeader> parseNpyHeader(llvm::StringRef content,
                                         llvm::StringRef name);

/// Magic, version and dictionary, padded so that data after it is aligned to
/// 64 bytes. Nothing for bf16.
std::optional<std::string> formatNpyHeader(ElementType type,
                                           llvm::ArrayRef<int64_t> shape);

} // namespace kiln

#endif // KILN_LIB_ONNX_NPYHEADER_H
