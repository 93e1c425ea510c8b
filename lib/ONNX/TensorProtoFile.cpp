//===- TensorProtoFile.cpp - Reads tensors in ONNX's protobuf form ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelFile.h"
#include "TensorFileError.h"
#include "TensorProto.h"

#include "onnx.pb.h"

using namespace llvm;

namespace kiln {

Expected<HostTensor> readTensorProto(StringRef path) {
  constexpr uint64_t kMaxBytes = (uint64_t{1} << 31) - 1;
  ::onnx::TensorProto proto;
  if (Error error = onnx_import::parseMessage(path, kMaxBytes, proto))
    return std::move(error);
  // No external data: a tensor given on a command line is one file.
  return onnx_import::decodeTensor(proto, std::nullopt, kMaxBytes,
                                   escapeName(path));
}

} // namespace kiln
