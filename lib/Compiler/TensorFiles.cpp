//===- TensorFiles.cpp - Tensors in files ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Compiler/TensorFiles.h"

#include "ArtifactImpl.h"
#include "LLVMErrors.h"
#include "kiln/ONNX/TensorFile.h"

namespace kiln {

Result<HostTensor> readTensor(const std::string &path) {
  llvm::Expected<HostTensor> tensor = readTensorFile(path);
  if (!tensor)
    return toError(tensor.takeError(), ErrorCode::BadTensorFile);
  return std::move(*tensor);
}

Result<void> writeTensor(const std::string &path, const HostTensor &tensor) {
  if (Result<void> replaceable = checkReplaceable(path); !replaceable)
    return replaceable;
  if (llvm::Error error = writeNpy(path, tensor))
    return toError(std::move(error), ErrorCode::FileUnwritable);
  return {};
}

} // namespace kiln
