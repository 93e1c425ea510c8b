//===- LLD.cpp - The linker, as a function ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Support/LLD.h"

#include "kiln/Support/Names.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <mutex>

LLD_HAS_DRIVER(elf)

namespace kiln {

/// LLD's messages as a part of one, with nothing in them that a terminal obeys.
static std::string onOneLine(llvm::StringRef errors) {
  std::string text;
  llvm::SmallVector<llvm::StringRef> lines;
  errors.split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : lines)
    text += "; " + escapeName(line);
  return text;
}

/// A crash inside may leave LLD's state broken: then there is no second run.
Result<void> runLLD(llvm::ArrayRef<const char *> arguments) {
  static std::mutex mutex;
  static bool isBroken = false;
  std::lock_guard<std::mutex> lock(mutex);
  if (isBroken)
    return Error{ErrorCode::LinkFailed,
                 "LLD crashed earlier in this process and cannot run again"};
  llvm::SmallVector<const char *> all = {"ld.lld"};
  all.append(arguments.begin(), arguments.end());
  std::string output, errors;
  llvm::raw_string_ostream outputStream(output), errorStream(errors);
  lld::Result result = lld::lldMain(all, outputStream, errorStream,
                                    {{lld::Gnu, &lld::elf::link}});
  isBroken = !result.canRunAgain;
  if (result.retCode != 0)
    return Error{ErrorCode::LinkFailed, "LLD failed with code " +
                                            std::to_string(result.retCode) +
                                            onOneLine(errors)};
  return {};
}

} // namespace kiln
