//===- ModelFile.cpp - Parsing a model file with limits ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelFile.h"
#include "Error.h"
#include "ExternalData.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <limits>

using namespace llvm;

namespace kiln::onnx_import {

/// Models nest few levels deep; protobuf's parser recurses.
static constexpr int kMaxDepth = 64;

bool isTextFile(StringRef path) {
  StringRef ending = sys::path::extension(path);
  return ending == ".textproto" || ending == ".pbtxt" ||
         ending == ".prototxt" || ending == ".onnxtxt";
}

namespace {
/// Keeps the first error; protobuf's default prints to stderr.
class FirstError : public google::protobuf::io::ErrorCollector {
public:
  void AddError(int line, int column, const std::string &message) override {
    if (text.empty())
      text = (Twine("line ") + Twine(line + 1) + ", column " +
              Twine(column + 1) + ": " + escapeName(message))
                 .str();
  }
  std::string text;
};
} // namespace

static Expected<std::unique_ptr<MemoryBuffer>> readFile(StringRef path,
                                                        uint64_t maxBytes) {
  auto fail = [&](ErrorCode code, const Twine &reason) {
    return makeError(code, quoted(path) + ": " + reason);
  };
  sys::fs::file_status status;
  if (std::error_code error = sys::fs::status(path, status))
    return fail(ErrorCode::FileUnreadable, error.message());
  if (!sys::fs::is_regular_file(status))
    return fail(ErrorCode::FileUnreadable, "not a regular file");
  if (status.getSize() == 0)
    return fail(ErrorCode::TruncatedFile, "the file is empty");
  if (status.getSize() > maxBytes)
    return fail(ErrorCode::FileUnreadable,
                "the file has " + Twine(status.getSize()) +
                    " bytes, more than the limit of " + Twine(maxBytes) +
                    "; keep the weights as external data");
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return fail(ErrorCode::FileUnreadable, buffer.getError().message());
  return std::move(*buffer);
}

static Error parseText(StringRef path, StringRef text,
                       google::protobuf::Message &message) {
  FirstError errors;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.SetRecursionLimit(kMaxDepth);
  if (parser.ParseFromString(text.str(), &message))
    return Error::success();
  return makeError(ErrorCode::TruncatedFile,
                   quoted(path) +
                       ": not a message in text form: " + errors.text);
}

Error parseMessage(StringRef path, uint64_t maxBytes,
                   google::protobuf::Message &message) {
  // protobuf counts in int.
  uint64_t limit =
      std::min<uint64_t>(maxBytes, std::numeric_limits<int>::max());
  Expected<std::unique_ptr<MemoryBuffer>> buffer = readFile(path, limit);
  if (!buffer)
    return buffer.takeError();
  StringRef bytes = (*buffer)->getBuffer();
  if (isTextFile(path))
    return parseText(path, bytes, message);
  google::protobuf::io::CodedInputStream stream(
      reinterpret_cast<const uint8_t *>(bytes.data()),
      static_cast<int>(bytes.size()));
  stream.SetTotalBytesLimit(std::numeric_limits<int>::max());
  stream.SetRecursionLimit(kMaxDepth);
  if (message.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage())
    return Error::success();
  return makeError(ErrorCode::TruncatedFile,
                   quoted(path) +
                       ": not a protobuf message, truncated, or damaged");
}

static Expected<std::string>
serialise(StringRef path, const google::protobuf::Message &message) {
  std::string bytes;
  if (isTextFile(path)
          ? google::protobuf::TextFormat::PrintToString(message, &bytes)
          : message.SerializePartialToString(&bytes))
    return bytes;
  return makeError(ErrorCode::FileUnwritable,
                   quoted(path) + ": the model is too large for one file; keep "
                                  "the weights as external data");
}

Error writeMessage(StringRef path, const google::protobuf::Message &message) {
  Expected<std::string> bytes = serialise(path, message);
  if (!bytes)
    return bytes.takeError();
  return writeWhole(path, *bytes);
}

} // namespace kiln::onnx_import
