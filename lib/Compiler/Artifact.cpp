//===- Artifact.cpp - What compiling a net makes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Compiler/Artifact.h"

#include "ArtifactImpl.h"
#include "kiln/Support/Names.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace kiln {

Artifact::Artifact(std::vector<std::byte> object, NetInterface interface)
    : bytes(std::make_shared<const std::vector<std::byte>>(std::move(object))),
      net(std::move(interface)) {}

std::string Artifact::header() const { return emitHeader(net); }

Result<void> Artifact::writeObject(const std::string &path) const {
  return writeFile(path, *bytes);
}

Result<void> Artifact::writeLibrary(const std::string &path) const {
  return linkSharedLibrary(*bytes, path);
}

Result<std::unique_ptr<LoadedNet>>
Artifact::load(const RunOptions &options) const {
  return loadObject(*bytes, net, options);
}

static Error unwritable(const std::string &path, std::error_code error) {
  return {ErrorCode::FileUnwritable,
          "cannot write '" + escapeName(path) + "': " + error.message()};
}

Result<void> checkReplaceable(const std::string &path) {
  llvm::sys::fs::file_status status;
  // What cannot be looked at is reported when it is written.
  if (llvm::sys::fs::status(path, status) || !llvm::sys::fs::exists(status) ||
      llvm::sys::fs::is_regular_file(status))
    return {};
  return Error{ErrorCode::FileUnwritable, "cannot write '" + escapeName(path) +
                                              "': it is not a regular file"};
}

Result<void> writeFile(const std::string &path,
                       std::span<const std::byte> bytes) {
  if (Result<void> replaceable = checkReplaceable(path); !replaceable)
    return replaceable;
  llvm::SmallString<128> temporary;
  int descriptor;
  if (std::error_code error = llvm::sys::fs::createUniqueFile(
          path + ".tmp-%%%%%%", descriptor, temporary, llvm::sys::fs::OF_None,
          llvm::sys::fs::all_read | llvm::sys::fs::all_write))
    return unwritable(path, error);
  // After the rename there is nothing left of that name.
  auto cleanUp =
      llvm::scope_exit([&] { (void)llvm::sys::fs::remove(temporary); });

  llvm::raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
  stream.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  stream.close();
  if (stream.has_error()) {
    std::error_code error = stream.error();
    stream.clear_error();
    return unwritable(path, error);
  }
  if (std::error_code error = llvm::sys::fs::rename(temporary, path))
    return unwritable(path, error);
  return {};
}

} // namespace kiln
