//===- TensorFileError.h - Errors about tensor files ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_TENSORFILEERROR_H
#define KILN_LIB_ONNX_TENSORFILEERROR_H

#include "kiln/ONNX/TensorFile.h"
#include "kiln/Support/ErrorCodes.h"
#include "kiln/Support/Names.h"

#include "llvm/ADT/Twine.h"

namespace kiln {

/// "K0005: x.npy: message".
inline llvm::Error tensorFileError(ErrorCode code, llvm::StringRef name,
                                   const llvm::Twine &message) {
  return llvm::createStringError(errorLabel(code) + ": " + escapeName(name) +
                                 ": " + message);
}

/// Reads a member, named with or without ".npy", of a .npz archive; an empty
/// name stands for its only member.
llvm::Expected<HostTensor> readNpz(llvm::StringRef path,
                                   llvm::StringRef member);

/// Reads a tensor in ONNX's protobuf form (test_data_set_0/input_0.pb).
llvm::Expected<HostTensor> readTensorProto(llvm::StringRef path);

} // namespace kiln

#endif // KILN_LIB_ONNX_TENSORFILEERROR_H
