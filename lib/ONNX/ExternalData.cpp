//===- ExternalData.cpp - Tensor data outside the model file ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExternalData.h"
#include "Error.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace kiln::onnx_import {

static Error refuse(const ExternalLocation &location, const Twine &reason) {
  return makeError(ErrorCode::BadExternalData,
                   location.tensor + ": external data " +
                       quoted(location.file) + ": " + reason);
}

/// The steps of a relative path, or nothing for one that is not allowed.
static std::optional<SmallVector<StringRef>> splitPath(StringRef path) {
  if (path.empty() || path.starts_with("/") || path.contains('\\') ||
      path.contains('\0'))
    return std::nullopt;
  SmallVector<StringRef> steps;
  path.split(steps, '/', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  llvm::erase(steps, ".");
  if (steps.empty() || llvm::is_contained(steps, ".."))
    return std::nullopt;
  return steps;
}

/// Opens the file step by step, following no link, so that a folder swapped
/// for a link while reading does not lead out either.
static Expected<int> openInside(StringRef folder,
                                const ExternalLocation &location) {
  std::optional<SmallVector<StringRef>> steps = splitPath(location.file);
  if (!steps)
    return refuse(location, "the path must be relative and stay inside the "
                            "model's folder");
  std::string start = folder.empty() ? "." : folder.str();
  int current = ::open(start.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (auto [i, step] : llvm::enumerate(*steps)) {
    if (current < 0)
      break;
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
                (i + 1 < steps->size() ? O_DIRECTORY : 0);
    int next = ::openat(current, step.str().c_str(), flags);
    int cause = errno;
    ::close(current);
    errno = cause;
    current = next;
  }
  if (current < 0)
    return refuse(location, errno == ELOOP || errno == ENOTDIR
                                ? "links are not followed"
                                : sys::StrError(errno));
  return current;
}

/// The same for a regular file, whose bytes are counted into `size`.
static Expected<int> openRegular(StringRef folder,
                                 const ExternalLocation &location,
                                 uint64_t &size) {
  Expected<int> file = openInside(folder, location);
  if (!file)
    return file;
  struct stat info;
  std::string reason;
  if (::fstat(*file, &info) != 0)
    reason = sys::StrError(errno);
  else if (!S_ISREG(info.st_mode))
    reason = "not a regular file";
  if (!reason.empty()) {
    ::close(*file);
    return refuse(location, reason);
  }
  size = static_cast<uint64_t>(info.st_size);
  return file;
}

Expected<std::vector<std::byte>>
readExternalData(StringRef folder, const ExternalLocation &location,
                 uint64_t size) {
  if (location.length && *location.length != size)
    return refuse(location, "length " + Twine(*location.length) +
                                " where the "
                                "tensor needs " +
                                Twine(size) + " bytes");
  uint64_t available = 0;
  Expected<int> file = openRegular(folder, location, available);
  if (!file)
    return file.takeError();
  llvm::scope_exit closeFile([&] { ::close(*file); });
  if (location.offset > available || size > available - location.offset)
    return refuse(location, "offset " + Twine(location.offset) + " and " +
                                Twine(size) + " bytes leave the file of " +
                                Twine(available) + " bytes");

  std::vector<std::byte> bytes(size);
  uint64_t done = 0;
  while (done < size) {
    ssize_t count = ::pread(*file, bytes.data() + done, size - done,
                            static_cast<off_t>(location.offset + done));
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return refuse(location,
                    count < 0 ? sys::StrError(errno) : "the file ends early");
    done += static_cast<uint64_t>(count);
  }
  return bytes;
}

Error writeWhole(StringRef path, StringRef bytes) {
  Error error = writeToOutput(path, [&](raw_ostream &stream) -> Error {
    stream << bytes;
    stream.flush();
    // Left in the stream, a full disk would end the program.
    auto &file = static_cast<raw_fd_ostream &>(stream);
    std::error_code code = file.error();
    file.clear_error();
    return errorCodeToError(code);
  });
  if (!error)
    return Error::success();
  return makeError(ErrorCode::FileUnwritable,
                   quoted(path) + ": " + toString(std::move(error)));
}

/// The whole file, mapped.
static Expected<std::unique_ptr<MemoryBuffer>>
mapExternalFile(StringRef folder, const ExternalLocation &location) {
  uint64_t size = 0;
  Expected<int> file = openRegular(folder, location, size);
  if (!file)
    return file.takeError();
  llvm::scope_exit closeFile([&] { ::close(*file); });
  auto buffer = MemoryBuffer::getOpenFile(sys::fs::convertFDToNativeFile(*file),
                                          location.file, size,
                                          /*RequiresNullTerminator=*/false);
  if (!buffer)
    return refuse(location, buffer.getError().message());
  return std::move(*buffer);
}

Expected<bool> copyExternalFile(StringRef folder, StringRef file,
                                StringRef path) {
  ExternalLocation location;
  location.file = file.str();
  Expected<std::unique_ptr<MemoryBuffer>> source =
      mapExternalFile(folder, location);
  if (!source)
    return source.takeError();
  if (sys::fs::exists(path)) {
    auto there = MemoryBuffer::getFile(path, /*IsText=*/false,
                                       /*RequiresNullTerminator=*/false);
    if (there && (*there)->getBuffer() == (*source)->getBuffer())
      return false;
    return makeError(ErrorCode::FileUnwritable,
                     quoted(path) + ": another file of this name is there; "
                                    "the model needs its external data beside "
                                    "it, so write to another folder");
  }
  if (std::error_code code =
          sys::fs::create_directories(sys::path::parent_path(path)))
    return makeError(ErrorCode::FileUnwritable,
                     quoted(path) + ": " + code.message());
  if (Error error = writeWhole(path, (*source)->getBuffer()))
    return std::move(error);
  return true;
}

} // namespace kiln::onnx_import
