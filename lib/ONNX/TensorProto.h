//===- TensorProto.h - Stored tensors, checked ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_TENSORPROTO_H
#define KILN_LIB_ONNX_TENSORPROTO_H

#include "kiln/Support/HostTensor.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>

namespace onnx {
class TensorProto;
} // namespace onnx

namespace kiln::onnx_import {

/// The element type of an ONNX number, or nothing where it is not taken.
std::optional<ElementType> elementTypeOf(int32_t onnxType);

/// ONNX's name of an element type, newer ones than the schema's included.
std::string onnxTypeName(int32_t onnxType);

/// The schema's spelling: "FLOAT", "INT64"; empty for unknown numbers.
llvm::StringRef schemaTypeName(int32_t onnxType);

/// Decodes a tensor: shape, element type and the exact length of its data are
/// checked. `folder` is the model's, for external data; nothing where external
/// data is not allowed. `what` names the tensor in messages.
llvm::Expected<HostTensor> decodeTensor(const ::onnx::TensorProto &proto,
                                        std::optional<llvm::StringRef> folder,
                                        int64_t maxElements,
                                        llvm::StringRef what);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_TENSORPROTO_H
