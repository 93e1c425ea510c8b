//===- TensorFile.h - Tensors in files ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ONNX_TENSORFILE_H
#define KILN_ONNX_TENSORFILE_H

#include "kiln/Support/HostTensor.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace kiln {

/// Reads `x.npy`, `x.npz:member` (without a member the archive must hold one),
/// or an ONNX TensorProto `x.pb`. Files are not trusted: whatever contradicts
/// itself is an error whose message begins with the code and names the file.
llvm::Expected<HostTensor> readTensorFile(llvm::StringRef path);

/// Reads the content of a .npy file (format versions 1 to 3). Fortran order
/// and big-endian data are turned into C order and little-endian. `name` is
/// what errors call it.
llvm::Expected<HostTensor> parseNpy(llvm::StringRef content,
                                    llvm::StringRef name);

/// Writes a .npy file of version 1. A regular file appears whole, by a rename,
/// or not at all. bf16, which .npy does not know, is an error.
llvm::Error writeNpy(llvm::StringRef path, const HostTensor &tensor);

} // namespace kiln

#endif // KILN_ONNX_TENSORFILE_H
