//===- CommonFlags.cpp - Flags that several commands share ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommonFlags.h"

#include "ShapeArgument.h"
#include "TensorArguments.h"
#include "kiln/Compiler/TensorFiles.h"
#include "kiln/Support/Names.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace kiln::driver {

void CommonFlags::addFileFlags(CLI::App &command) {
  command.add_option("net", input, "The net: .onnx, .textproto or .mlir")
      ->required()
      ->type_name("FILE");
  command
      .add_option("--bind", bindings,
                  "Make an input of an ONNX file a constant: .npy, "
                  ".npz:member or an ONNX tensor .pb; repeatable")
      ->type_name("NAME=@FILE")
      ->delimiter('\0')
      ->allow_extra_args(false);
}

void CommonFlags::addNetFlags(CLI::App &command) {
  addFileFlags(command);
  command
      .add_option("--shapes", shapes,
                  "Shapes of inputs, for dimensions that the file leaves open: "
                  "x:1x3x224x224 or x[1,3,224,224]; several inputs with commas "
                  "or by repeating; names with ':' in double quotes. N instead "
                  "of a number leaves the batch (dimension 0) open: one "
                  "artifact serves any. An input named again begins a further "
                  "set of shapes, which the artifact serves as well")
      ->type_name("NAME:DIMS")
      ->delimiter('\0')
      ->allow_extra_args(false);
  command
      .add_option("--mode", mode,
                  "Batch normalisation by running statistics (eval), by the "
                  "batch's own (train), or as the file says (keep)")
      ->check(CLI::IsMember({"keep", "eval", "train"}))
      ->capture_default_str();
  command
      .add_option("--state", state,
                  "Running statistics of layers in training mode: inputs and "
                  "outputs of the net (explicit), or as the file says (keep)")
      ->check(CLI::IsMember({"keep", "explicit"}))
      ->capture_default_str();
  command.add_flag("--no-fold", noFold,
                   "Leave every batch normalisation as it is");
  command
      .add_option("--from", from,
                  "For .mlir: the phase that the IR has gone through already")
      ->check(CLI::IsMember(
          {"import", "mode", "fold", "fuse", "layout", "kernels"}))
      ->capture_default_str();
  command
      .add_option("--print-ir-after", printAfter,
                  "Print the IR after a phase, weights left out, to stderr")
      ->check(CLI::IsMember(
          {"import", "mode", "fold", "fuse", "layout", "kernels"}))
      ->type_name("PHASE")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void CommonFlags::addTargetFlags(CLI::App &command) {
  command.add_option("--net-name", netName,
                     "Prefix of the artifact's symbols (default: the file's "
                     "stem)");
  command.add_option("--mtriple", triple,
                     "Target triple (default: the host's)");
  command.add_option(
      "--mcpu", cpu,
      "CPU to compile for (default: native, the host's). For x86-64 "
      "generic means code for x86-64-v4 and x86-64-v3 over one "
      "copy of the weights; the artifact chooses as it runs");
  command.add_option("--mattr", features,
                     "CPU features to add or remove: +avx2,-fma");
  command
      .add_option("--conv-accuracy", convAccuracy,
                  "How exact convolutions are: direct (plain sums), strict "
                  "(error at most twice that of a plain sum) or fast (at most "
                  "ten times)")
      ->check(CLI::IsMember({"direct", "strict", "fast"}))
      ->capture_default_str();
  command
      .add_option("--compile-threads", compileThreads,
                  "Threads that the compiler works with (default: 0, as many "
                  "as there are CPUs for this process); the code is the same "
                  "for any number")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command.add_flag("--timing", timing,
                   "Print to stderr how long each phase of compiling took");
  command.add_option("-O", optLevel, "Optimisation level")
      ->check(CLI::Range(0, 3))
      ->capture_default_str();
}

/// Reads the tensors of --bind.
static Result<void> bind(const std::vector<std::string> &texts,
                         CompileOptions &options) {
  Result<std::vector<TensorArgument>> arguments =
      parseTensorArguments("--bind", texts);
  if (!arguments)
    return arguments.error();
  for (const TensorArgument &argument : *arguments) {
    if (argument.name.empty())
      return Error{ErrorCode::Usage, "--bind: '@" + printable(argument.path) +
                                         "' names no input; write name=@file"};
    Result<HostTensor> tensor = readTensor(argument.path);
    if (!tensor)
      return tensor.error();
    if (!options.constants.emplace(argument.name, std::move(*tensor)).second)
      return Error{ErrorCode::Usage,
                   "--bind: '" + printable(argument.name) + "' is given twice"};
  }
  return {};
}

Result<CompileOptions> CommonFlags::toOptions() const {
  CompileOptions options;
  options.netName = netName;
  std::vector<Shapes> sets;
  for (const std::string &text : shapes)
    if (Result<void> parsed = parseShapes(text, sets); !parsed)
      return parsed.error();
  if (Result<void> bound = bind(bindings, options); !bound)
    return bound.error();
  if (!sets.empty()) {
    options.shapes = std::move(sets.front());
    options.furtherShapes.assign(sets.begin() + 1, sets.end());
  }
  options.mode = mode == "eval"    ? Mode::Eval
                 : mode == "train" ? Mode::Train
                                   : Mode::Keep;
  options.state = state == "explicit" ? StateForm::Explicit : StateForm::Keep;
  options.fold = !noFold;
  options.target = {triple, cpu, features, optLevel};
  options.convAccuracy = convAccuracy == "fast"     ? ConvAccuracy::Fast
                         : convAccuracy == "direct" ? ConvAccuracy::Direct
                                                    : ConvAccuracy::Strict;
  options.threads = compileThreads;
  options.from = *parsePhase(from);
  for (const std::string &name : printAfter)
    options.printAfter.push_back(*parsePhase(name));
  options.print = [](Phase phase, const std::string &text) {
    std::cerr << "// ----- after phase " << phaseName(phase) << " -----\n"
              << text;
  };
  if (const char *folder = std::getenv("KILN_REPRODUCER_DIR"))
    options.reproducerDir = folder;
  return options;
}

void printDiagnostics(Session &session) {
  session.setDiagnosticHandler([](const Diagnostic &diagnostic) {
    std::cerr << toString(diagnostic) << '\n';
  });
}

int exitCode(const Error &error) { return errorInfo(error.code).exitCode; }

int reportError(const Error &error) {
  std::cerr << "error: " << error.text() << '\n';
  return exitCode(error);
}

std::string printable(const std::string &text) { return escapeName(text); }

std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t dim : shape) {
    if (!text.empty())
      text += 'x';
    text += dim < 0 ? "?" : std::to_string(dim);
  }
  return text.empty() ? "scalar" : text;
}

std::string stem(const std::string &path) {
  return std::filesystem::path(path).stem().string();
}

} // namespace kiln::driver
