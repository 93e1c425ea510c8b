//===- Compiler.h - Compiling nets from a program ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The whole compiler as a library:
//
//   kiln::Session session;
//   kiln::Result<kiln::Net> net = session.load("net.onnx");
//   if (!net) ...                       // net.error().text()
//   kiln::Result<kiln::Artifact> artifact = net->compile();
//   if (artifact) artifact->writeLibrary("net.so");
//
// Neither MLIR nor LLVM headers are needed. Failures come back as Result and,
// in full, through the diagnostic handler; nothing throws.
//===----------------------------------------------------------------------===//

#ifndef KILN_COMPILER_COMPILER_H
#define KILN_COMPILER_COMPILER_H

#include "kiln/Compiler/Artifact.h"
#include "kiln/Compiler/Diagnostic.h"
#include "kiln/Compiler/FoldLedger.h"
#include "kiln/Compiler/KernelCost.h"
#include "kiln/Compiler/NetSummary.h"
#include "kiln/Compiler/Options.h"
#include "kiln/Support/HostTensor.h"
#include "kiln/Support/Result.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm {
template <typename Fn> class function_ref;
struct LogicalResult;
} // namespace llvm
namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace kiln {

class Session;

/// A net on its way through the compiler. It uses its session's context: the
/// session must outlive it. Movable, not copyable; one thread at a time.
class Net {
public:
  Net(Net &&);
  Net &operator=(Net &&);
  ~Net();

  /// The last phase that it has gone through.
  Phase phase() const;

  /// Goes on through all phases up to and including `to`. After a failure the
  /// net must not be used any more.
  Result<void> advance(Phase to);

  /// The IR as text. With `elideWeights` large constants are left out, for
  /// reading; without, the text can be loaded again.
  std::string print(bool elideWeights) const;

  /// What the net is made of, as it stands; before the layout phase.
  NetSummary summarize() const;

  /// Names, types and shapes at the net's border, and the prefix of the
  /// artifact's symbols; `arenaBytes` is set after the kernels phase.
  const NetInterface &interface() const;

  /// "znver5 (x86_64-pc-linux-gnu)": what it is compiled for.
  std::string targetDescription() const;

  /// Empty before the fold phase.
  FoldLedger foldLedger() const;

  /// What the kernels compute and move, in the order in which a run calls them,
  /// of the first set of shapes; empty before the kernels phase.
  const NetCosts &costs() const;

  /// Runs the net as it stands (up to the fuse phase) by the reference
  /// interpreter, in f64. Inputs in the net's order; outputs are f64.
  Result<std::vector<HostTensor>>
  interpret(const std::vector<HostTensor> &inputs);

  /// Goes through the remaining phases and makes an object. The IR is given up
  /// for it: `interface`, `targetDescription`, `foldLedger` and `costs` still
  /// answer.
  Result<Artifact> compile();

  /// LLVM IR or assembly instead of an object.
  Result<std::string> compileToText(TextForm form);

private:
  friend class Session;
  friend Result<void>
  rewriteNet(Net &net,
             llvm::function_ref<llvm::LogicalResult(mlir::func::FuncOp)>);
  struct Impl;
  explicit Net(std::unique_ptr<Impl> impl);
  void printIfAsked() const;
  std::unique_ptr<Impl> impl;
};

/// Owns the compiler's context and says where diagnostics go. Use one thread
/// at a time; sessions are independent of each other.
class Session {
public:
  Session();
  ~Session();
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  /// Where diagnostics go from now on; nowhere unless set.
  void setDiagnosticHandler(DiagnosticHandler handler);

  /// Reads an ONNX file (.onnx, or .textproto), or IR (.mlir) that has gone
  /// through `options.from`.
  Result<Net> load(const std::string &path, const CompileOptions &options = {});

private:
  friend class Net;
  struct Impl;
  std::unique_ptr<Impl> impl;
};

/// "22.1.8": the LLVM that Kiln is built on.
std::string llvmVersion();
/// "0.1.0".
std::string kilnVersion();

} // namespace kiln

#endif // KILN_COMPILER_COMPILER_H
