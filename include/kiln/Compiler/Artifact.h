//===- Artifact.h - What compiling a net makes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_ARTIFACT_H
#define KILN_COMPILER_ARTIFACT_H

#include "kiln/Compiler/Options.h"
#include "kiln/Support/HostTensor.h"
#include "kiln/Support/NetInterface.h"
#include "kiln/Support/Result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace kiln {

/// Forms of machine code as text.
enum class TextForm { LLVMIR, Assembly };

/// A net loaded into this process. `run` may be called from several threads
/// at once: each call has an arena of its own. One of them at a time has the
/// net's threads, the others run in theirs alone.
class LoadedNet {
public:
  virtual ~LoadedNet() = default;

  /// Inputs in the net's order; their types must be the net's, their shapes
  /// together one set that it serves, any batch where that is open (K0600).
  virtual Result<std::vector<HostTensor>>
  run(const std::vector<HostTensor> &inputs) = 0;

  /// The same into `outputs`, which an earlier run for inputs of the same
  /// shapes has returned (else K0600): no memory is taken for them.
  virtual Result<void> runInto(const std::vector<HostTensor> &inputs,
                               std::vector<HostTensor> &outputs) = 0;

  /// Bytes of scratch memory that one call needs.
  virtual size_t arenaBytes() const = 0;
};

/// A relocatable object with the net's code and weights, and what belongs to
/// it. Copies share the object's bytes.
class Artifact {
public:
  Artifact(std::vector<std::byte> object, NetInterface interface);

  /// A PIC object in the target's format; no undefined symbols but weak
  /// references to libc's threads.
  std::span<const std::byte> object() const { return *bytes; }

  /// Text of the C header that declares the interface.
  std::string header() const;

  const NetInterface &interface() const { return net; }

  /// Writes the object, or links it to a shared library that needs no other
  /// library. A failure leaves no file behind.
  Result<void> writeObject(const std::string &path) const;
  Result<void> writeLibrary(const std::string &path) const;

  /// Loads the object into this process. Fails with K0600 where there are no
  /// such threads to be had.
  Result<std::unique_ptr<LoadedNet>> load(const RunOptions &options = {}) const;

private:
  std::shared_ptr<const std::vector<std::byte>> bytes;
  NetInterface net;
};

} // namespace kiln

#endif // KILN_COMPILER_ARTIFACT_H
