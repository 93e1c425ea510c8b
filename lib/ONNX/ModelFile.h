//===- ModelFile.h - Parsing a model file with limits ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_MODELFILE_H
#define KILN_LIB_ONNX_MODELFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace google::protobuf {
class Message;
} // namespace google::protobuf

namespace kiln::onnx_import {

/// Whether the name's ending says that the file holds protobuf's text form.
bool isTextFile(llvm::StringRef path);

/// Parses the file into `message`: binary, or text where the name's ending
/// says so (.textproto, .pbtxt, .prototxt, .onnxtxt). Nesting and size are
/// limited.
llvm::Error parseMessage(llvm::StringRef path, uint64_t maxBytes,
                         ::google::protobuf::Message &message);

/// Writes the file, which appears whole or not at all; text or binary as for
/// parsing.
llvm::Error writeMessage(llvm::StringRef path,
                         const ::google::protobuf::Message &message);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_MODELFILE_H
