//===- Linker.cpp - Shared libraries by LLD ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArtifactImpl.h"
#include "kiln/Support/LLD.h"
#include "kiln/Support/Names.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace kiln {

/// A name beside `path`, so that the rename stays within one file system.
static std::string besides(const std::string &path, llvm::StringRef suffix) {
  llvm::SmallString<128> unique;
  llvm::sys::fs::createUniquePath(path + ".tmp-%%%%%%" + suffix, unique,
                                  /*MakeAbsolute=*/false);
  return unique.str().str();
}

Result<void> linkSharedLibrary(std::span<const std::byte> object,
                               const std::string &path) {
  if (Result<void> replaceable = checkReplaceable(path); !replaceable)
    return replaceable;
  // LLD reads files only, and takes what begins with '-' for an option.
  std::string base =
      llvm::StringRef(path).starts_with("-") ? "./" + path : path;
  std::string objectPath = besides(base, ".o");
  std::string libraryPath = besides(base, ".so");
  auto cleanUp = llvm::scope_exit([&] {
    (void)llvm::sys::fs::remove(objectPath);
    (void)llvm::sys::fs::remove(libraryPath);
  });
  if (Result<void> written = writeFile(objectPath, object); !written)
    return Error{written.error().code, "cannot write '" + escapeName(path) +
                                           "': " + written.error().message};

  std::string name = llvm::sys::path::filename(path).str();
  const char *arguments[] = {"-shared",
                             "-soname",
                             name.c_str(),
                             "--no-undefined",
                             "--gc-sections",
                             "--build-id=none",
                             "--hash-style=gnu",
                             "-z",
                             "now",
                             "-z",
                             "relro",
                             "-z",
                             "noexecstack",
                             "-o",
                             libraryPath.c_str(),
                             objectPath.c_str()};
  if (Result<void> linked = runLLD(arguments); !linked)
    return Error{linked.error().code,
                 "'" + escapeName(path) + "': " + linked.error().message};
  if (std::error_code error = llvm::sys::fs::rename(libraryPath, path))
    return Error{ErrorCode::FileUnwritable,
                 "cannot write '" + escapeName(path) + "': " + error.message()};
  return {};
}

} // namespace kiln
