//===- ArtifactImpl.h - How an artifact is written and loaded ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_COMPILER_ARTIFACTIMPL_H
#define KILN_LIB_COMPILER_ARTIFACTIMPL_H

#include "kiln/Compiler/Artifact.h"

#include <memory>

namespace kiln {

/// The C header of a net's interface: self-contained, for C99 and C++.
std::string emitHeader(const NetInterface &net);

/// Refuses to put a file in the place of a device, pipe or folder.
Result<void> checkReplaceable(const std::string &path);

/// Writes a file so that `path` holds all of `bytes` or is as it was.
Result<void> writeFile(const std::string &path,
                       std::span<const std::byte> bytes);

/// Links one object to a shared library, with the same promise. One link at a
/// time: a second caller waits.
Result<void> linkSharedLibrary(std::span<const std::byte> object,
                               const std::string &path);

/// Loads an object into this process. `object` must live until this returns.
Result<std::unique_ptr<LoadedNet>> loadObject(std::span<const std::byte> object,
                                              const NetInterface &net,
                                              const RunOptions &options);

} // namespace kiln

#endif // KILN_LIB_COMPILER_ARTIFACTIMPL_H
