//===- Npy.cpp - .npy files ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NpyHeader.h"
#include "TensorFileError.h"

#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cstring>

using namespace llvm;

namespace kiln {

static void reverseBytes(HostTensor &tensor) {
  size_t width = elementSize(tensor.type);
  for (size_t i = 0; i < tensor.data.size(); i += width)
    std::reverse(tensor.data.begin() + static_cast<ptrdiff_t>(i),
                 tensor.data.begin() + static_cast<ptrdiff_t>(i + width));
}

/// From the first dimension running fastest to the last.
static void fortranToC(HostTensor &tensor) {
  size_t width = elementSize(tensor.type), rank = tensor.shape.size();
  std::vector<std::byte> source = std::move(tensor.data);
  tensor.data.resize(source.size());
  std::vector<size_t> strides(rank, width), index(rank, 0);
  for (size_t d = 1; d < rank; ++d)
    strides[d] = strides[d - 1] * static_cast<size_t>(tensor.shape[d - 1]);
  size_t from = 0;
  for (size_t to = 0; to < source.size(); to += width) {
    std::memcpy(&tensor.data[to], &source[from], width);
    for (size_t d = rank; d-- > 0;) {
      from += strides[d];
      if (++index[d] < static_cast<size_t>(tensor.shape[d]))
        break;
      from -= strides[d] * index[d];
      index[d] = 0;
    }
  }
}

Expected<HostTensor> parseNpy(StringRef content, StringRef name) {
  Expected<NpyHeader> header = parseNpyHeader(content, name);
  if (!header)
    return header.takeError();
  size_t available = content.size() - header->dataOffset;
  if (available != header->dataSize)
    return tensorFileError(available < header->dataSize
                               ? ErrorCode::TruncatedFile
                               : ErrorCode::BadTensorFile,
                           name,
                           "holds " + Twine(available) +
                               " bytes of data, its shape and type need " +
                               Twine(header->dataSize));
  HostTensor tensor = HostTensor::zeros(header->type, header->shape);
  if (available != 0)
    std::memcpy(tensor.data.data(), content.data() + header->dataOffset,
                available);
  if (header->isBigEndian)
    reverseBytes(tensor);
  if (header->isFortranOrder)
    fortranToC(tensor);
  if (tensor.type == ElementType::Bool)
    for (std::byte &value : tensor.data)
      value = std::byte(value != std::byte(0));
  return tensor;
}

Error writeNpy(StringRef path, const HostTensor &tensor) {
  std::optional<std::string> header =
      formatNpyHeader(tensor.type, tensor.shape);
  if (!header)
    return tensorFileError(ErrorCode::UnsupportedType, path,
                           "a .npy file cannot hold " +
                               Twine(elementTypeName(tensor.type)));
  // Writes to a temporary file beside it, then renames.
  Error error = writeToOutput(path, [&](raw_ostream &stream) -> Error {
    stream << *header;
    stream.write(reinterpret_cast<const char *>(tensor.data.data()),
                 tensor.data.size());
    stream.flush();
    // Left in the stream, a full disk would end the program.
    auto &file = static_cast<raw_fd_ostream &>(stream);
    std::error_code code = file.error();
    file.clear_error();
    return errorCodeToError(code);
  });
  if (!error)
    return Error::success();
  return tensorFileError(ErrorCode::FileUnwritable, path,
                         toString(std::move(error)));
}

} // namespace kiln
