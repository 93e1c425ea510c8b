//===- OutputFile.cpp - Writing files whole or not at all ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OutputFile.h"

#include "CommonFlags.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace kiln::driver {

static Error unwritable(const std::string &path) {
  return {ErrorCode::FileUnwritable,
          "'" + printable(path) + "': " + std::strerror(errno)};
}

static bool writeAll(const std::string &path, const std::string &text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  return !file.fail();
}

Result<void> writeFile(const std::string &path, const std::string &text) {
  std::error_code error;
  std::filesystem::file_status status = std::filesystem::status(path, error);
  // /dev/stdout and pipes cannot be renamed over.
  if (std::filesystem::exists(status) &&
      !std::filesystem::is_regular_file(status)) {
    if (!writeAll(path, text))
      return unwritable(path);
    return {};
  }
  std::string temporary = path + ".tmp" + std::to_string(getpid());
  if (!writeAll(temporary, text)) {
    Error failure = unwritable(path);
    (void)std::remove(temporary.c_str());
    return failure;
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    Error failure = unwritable(path);
    (void)std::remove(temporary.c_str());
    return failure;
  }
  return {};
}

WrittenFiles::~WrittenFiles() {
  for (const std::string &path : paths) {
    std::error_code ignored;
    // Never a device or a pipe that was written to.
    if (std::filesystem::is_regular_file(path, ignored))
      std::filesystem::remove(path, ignored);
  }
}

} // namespace kiln::driver
