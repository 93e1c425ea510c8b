//===- Options.h - What a caller asks of the compiler ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Plain structs; the driver binds flags to them, an embedder fills them in.
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_OPTIONS_H
#define KILN_COMPILER_OPTIONS_H

#include "kiln/Runtime/Executor.h"
#include "kiln/Support/HostTensor.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kiln {

/// The stops on a net's way, in order (docs/architecture.md).
enum class Phase { Import, Mode, Fold, Fuse, Layout, Kernels };

/// "import", "mode", ...
std::string_view phaseName(Phase phase);
std::optional<Phase> parsePhase(std::string_view name);

/// Which of its two functions batch normalisation is to be.
enum class Mode {
  Keep,  ///< as the file says
  Eval,  ///< running statistics, where the layer tracks them
  Train, ///< the batch's own statistics
};

/// Where a net in training mode keeps its running statistics.
enum class StateForm {
  Keep,     ///< as the file says: constants, unless they are inputs there
  Explicit, ///< inputs and outputs of the net, each layer's by its name
};

/// The machine to compile for.
struct TargetOptions {
  std::string triple;   ///< empty: the host's
  std::string cpu;      ///< empty or "native": the host's
  std::string features; ///< "+avx2,-fma": added to those of the CPU
  unsigned optLevel = 3;
};

/// Stands in a shape for a batch that is known at run time only.
inline constexpr int64_t kOpenBatch = -1;

/// Shapes of inputs by name.
using Shapes = std::map<std::string, std::vector<int64_t>>;

/// How far a convolution may be from the exact result, as a multiple of the
/// error of a plain sum in the element type.
enum class ConvAccuracy {
  Direct, ///< once: no other sum
  Strict, ///< at most twice
  Fast,   ///< at most ten times, and 1e-4 of the output's largest magnitude
};

struct CompileOptions {
  /// Prefix of the artifact's symbols, made a C identifier; empty: the file's
  /// stem.
  std::string netName;
  /// Inputs of an ONNX file that become constants of the net, by name; type
  /// and shape must agree with the file's declaration (K0600).
  std::map<std::string, HostTensor> constants;
  /// Shapes of inputs, for dimensions that the file leaves open. Dimension 0
  /// may be kOpenBatch: the artifact then serves any batch from 1 on, the same
  /// for all such inputs, provided that images can be proven independent
  /// (K0302).
  Shapes shapes;
  /// Further sets of shapes, of the same inputs, that the artifact serves
  /// beside `shapes`, each by code of its own over shared weights.
  std::vector<Shapes> furtherShapes;
  Mode mode = Mode::Keep;
  StateForm state = StateForm::Keep;
  /// False leaves every batch normalisation unfolded.
  bool fold = true;
  TargetOptions target;
  ConvAccuracy convAccuracy = ConvAccuracy::Strict;
  /// How many threads compile; 0: as many as this process has CPUs. The code
  /// does not depend on it. Within a session the passes keep the number of the
  /// first net.
  unsigned threads = 0;
  /// For IR as input: the phase that it has already gone through.
  Phase from = Phase::Import;
  /// Called with the IR's text (weights elided) after each phase in
  /// `printAfter`.
  std::vector<Phase> printAfter;
  std::function<void(Phase, const std::string &)> print;
  /// Called with a phase's name when it begins.
  std::function<void(std::string_view)> progress;
  /// A folder where an internal failure leaves IR and pipeline to replay it;
  /// empty: none.
  std::string reproducerDir;
};

/// How a loaded net runs.
struct RunOptions {
  /// How many threads the net uses, the calling one among them; 0: one for each
  /// core that this process may use. Outputs do not depend on it.
  int threads = 1;
  /// Spreads the work instead of threads of the net's own; null: none. Must
  /// outlive the net.
  const kiln_executor *executor = nullptr;
  /// Called once when the net is loaded, with the executor that it would use
  /// (null: none), for one to use instead, which must outlive the net.
  std::function<const kiln_executor *(const kiln_executor *)> wrapExecutor =
      nullptr;
};

} // namespace kiln

#endif // KILN_COMPILER_OPTIONS_H
