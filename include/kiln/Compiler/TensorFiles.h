//===- TensorFiles.h - Tensors in files ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_TENSORFILES_H
#define KILN_COMPILER_TENSORFILES_H

#include "kiln/Support/HostTensor.h"
#include "kiln/Support/Result.h"

#include <string>

namespace kiln {

/// Reads `x.npy`, `x.npz:member` or an ONNX tensor `x.pb`.
Result<HostTensor> readTensor(const std::string &path);

/// Writes a .npy file; a failure leaves nothing behind.
Result<void> writeTensor(const std::string &path, const HostTensor &tensor);

} // namespace kiln

#endif // KILN_COMPILER_TENSORFILES_H
