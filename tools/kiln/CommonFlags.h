//===- CommonFlags.h - Flags that several commands share ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_COMMONFLAGS_H
#define KILN_TOOLS_KILN_COMMONFLAGS_H

#include "kiln/Compiler/Compiler.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace kiln::driver {

/// A net's file and how it is to be compiled, as read from the command line.
struct CommonFlags {
  std::string input;
  std::vector<std::string> shapes;
  std::vector<std::string> bindings;
  std::string mode = "keep";
  std::string state = "keep";
  std::string from = "import";
  std::vector<std::string> printAfter;
  std::string netName;
  std::string triple, cpu, features;
  unsigned optLevel = 3;
  std::string convAccuracy = "strict";
  unsigned compileThreads = 0;
  bool noFold = false;
  bool timing = false;

  /// Adds the net's file and the inputs that become constants.
  void addFileFlags(CLI::App &command);
  /// Adds those and the flags that decide what the net means (shapes, mode,
  /// fold).
  void addNetFlags(CLI::App &command);
  /// Adds the flags that decide how it is compiled (target, phases).
  void addTargetFlags(CLI::App &command);

  /// As the library's options.
  Result<CompileOptions> toOptions() const;
};

/// Writes the current phase to a terminal once something has taken a second;
/// silent when stderr is no terminal. With `printTimes` it writes in the end
/// how long each phase took.
class Progress {
public:
  explicit Progress(CompileOptions &options, bool printTimes = false);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

private:
  struct State;
  std::unique_ptr<State> state;
};

/// Prints diagnostics to stderr.
void printDiagnostics(Session &session);

/// Prints an error that no diagnostic handler has printed; the exit code.
int reportError(const Error &error);

/// The exit code of an error that the handler has printed already.
int exitCode(const Error &error);

/// `text` with what is not printable escaped.
std::string printable(const std::string &text);

/// "1x3x224x224", with "?" where a dimension is open.
std::string shapeText(const std::vector<int64_t> &shape);

/// "net" of "dir/net.onnx".
std::string stem(const std::string &path);

} // namespace kiln::driver

#endif // KILN_TOOLS_KILN_COMMONFLAGS_H
