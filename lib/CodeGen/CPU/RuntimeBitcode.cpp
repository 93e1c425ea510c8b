//===- RuntimeBitcode.cpp - The artifact runtime, embedded ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeBitcode.h"

namespace kiln::cpu {

static const unsigned char x86[] = {
#include "runtime-x86_64.inc"
};
static const unsigned char aarch64[] = {
#include "runtime-aarch64.inc"
};

static llvm::StringRef asText(llvm::ArrayRef<unsigned char> bytes) {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

llvm::StringRef runtimeBitcode(llvm::Triple::ArchType arch) {
  switch (arch) {
  case llvm::Triple::x86_64:
    return asText(x86);
  case llvm::Triple::aarch64:
    return asText(aarch64);
  default:
    return {};
  }
}

} // namespace kiln::cpu
