//===- TensorFile.cpp - Tensors in files ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/ONNX/TensorFile.h"
#include "TensorFileError.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace kiln {

/// Only regular files: a device or a pipe may never end.
static Error checkRegular(StringRef path) {
  sys::fs::file_status status;
  if (std::error_code code = sys::fs::status(path, status))
    return tensorFileError(ErrorCode::FileUnreadable, path, code.message());
  if (!sys::fs::is_regular_file(status))
    return tensorFileError(ErrorCode::FileUnreadable, path,
                           "is not a regular file");
  return Error::success();
}

static Expected<HostTensor> readNpy(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return tensorFileError(ErrorCode::FileUnreadable, path,
                           buffer.getError().message());
  return parseNpy((*buffer)->getBuffer(), path);
}

Expected<HostTensor> readTensorFile(StringRef path) {
  // "x.npz:member": the last ".npz:" parts the archive from the member.
  StringRef file = path, member;
  if (size_t at = path.rfind(".npz:"); at != StringRef::npos) {
    file = path.take_front(at + 4);
    member = path.drop_front(at + 5);
  }
  if (Error error = checkRegular(file))
    return error;
  if (file.ends_with(".npy"))
    return readNpy(file);
  if (file.ends_with(".npz"))
    return readNpz(file, member);
  if (file.ends_with(".pb"))
    return readTensorProto(file);
  return tensorFileError(ErrorCode::UnknownFormat, path,
                         "expects a file name that ends in .npy, .npz or .pb");
}

} // namespace kiln
