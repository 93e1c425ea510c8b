//===- CompileCommand.cpp - kiln compile ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "CommonFlags.h"
#include "LedgerTable.h"
#include "OutputFile.h"

#include <filesystem>
#include <iostream>

namespace kiln::driver {

namespace {
struct CompileFlags {
  CommonFlags common;
  std::string output;
  std::string emit;
  std::string to;
  std::string foldReport;
  bool elideWeights = false;
};

/// The phase whose IR a form of output prints; nothing for machine code.
std::optional<Phase> phaseToPrint(const CompileFlags &flags) {
  if (!flags.to.empty())
    return parsePhase(flags.to);
  if (flags.emit == "nn")
    return Phase::Fuse;
  if (flags.emit == "mlir")
    return Phase::Kernels;
  return std::nullopt;
}

/// One compile's files: all of them are written, or none stays.
class Emitter {
public:
  Emitter(const CompileFlags &flags, const CompileOptions &options, Net &net)
      : flags(flags), progress(options.progress), net(net) {}

  int printPhase(Phase phase) {
    if (Result<void> advanced = net.advance(phase); !advanced)
      return exitCode(advanced.error());
    if (!writeReport() || !write(flags.output.empty() ? "-" : flags.output,
                                 net.print(flags.elideWeights)))
      return failed();
    return done();
  }

  int emitText() {
    bool isAssembly = flags.emit == "asm";
    Result<std::string> text =
        net.compileToText(isAssembly ? TextForm::Assembly : TextForm::LLVMIR);
    if (!text)
      return exitCode(text.error());
    if (!writeReport() || !write(outputPath(isAssembly ? ".s" : ".ll"), *text))
      return failed();
    return done();
  }

  /// The library or object, and the header beside it.
  int emitArtifact() {
    Result<Artifact> artifact = net.compile();
    if (!artifact)
      return exitCode(artifact.error());
    bool isObject = flags.emit == "obj";
    if (progress)
      progress("write");
    std::string path = outputPath(isObject ? ".o" : ".so");
    std::string header = headerPath(path);
    if (!writeReport() || !write(header, artifact->header()) ||
        !check(path, isObject ? artifact->writeObject(path)
                              : artifact->writeLibrary(path)))
      return failed();
    printLedger(std::cout, net.foldLedger());
    if (int64_t flushed = net.costs().flushedWeights)
      std::cout << "subnormal weights set to zero: " << flushed << '\n';
    std::cout << "wrote " << path << " and " << header << " for "
              << net.targetDescription() << '\n';
    return done();
  }

  /// Names that cannot hold both a library and its header.
  static std::optional<Error> checkArtifactPath(const std::string &path) {
    if (path == "-")
      return Error{ErrorCode::Usage,
                   "-o: '-' is for text; a library or object needs a file"};
    if (!path.empty() && headerPath(path) == path)
      return Error{ErrorCode::Usage, "-o: '" + printable(path) +
                                         "' is the name of the header that "
                                         "lies beside the library"};
    return std::nullopt;
  }

private:
  static std::string headerPath(const std::string &path) {
    return std::filesystem::path(path).replace_extension(".h").string();
  }

  std::string outputPath(const char *extension) const {
    return flags.output.empty() ? stem(flags.common.input) + extension
                                : flags.output;
  }

  bool writeReport() {
    return flags.foldReport.empty() ||
           write(flags.foldReport,
                 toJson(net.foldLedger(), net.interface().identifier));
  }

  bool write(const std::string &path, const std::string &text) {
    if (path == "-") {
      std::cout << text;
      return true;
    }
    return check(path, writeFile(path, text));
  }

  bool check(const std::string &path, const Result<void> &result) {
    if (result) {
      written.add(path);
      return true;
    }
    error = result.error();
    return false;
  }

  int failed() const {
    return reportError(
        {error.code, printable(flags.common.input) + ": " + error.message});
  }

  int done() {
    written.keep();
    return 0;
  }

  const CompileFlags &flags;
  const std::function<void(std::string_view)> &progress;
  Net &net;
  WrittenFiles written;
  Error error;
};

int compile(const CompileFlags &flags) {
  Result<CompileOptions> options = flags.common.toOptions();
  if (!options)
    return reportError(options.error());
  if (flags.emit == "cubin")
    return reportError({ErrorCode::UnsupportedTarget,
                        "--emit=cubin: this build has no GPU code generator"});
  if (phaseToPrint(flags) && !options->furtherShapes.empty())
    return reportError({ErrorCode::Usage,
                        "--to and --emit of IR print one net; give one set of "
                        "shapes"});
  bool isText =
      phaseToPrint(flags) || flags.emit == "llvm" || flags.emit == "asm";
  if (!isText)
    if (std::optional<Error> error = Emitter::checkArtifactPath(flags.output))
      return reportError(*error);
  Progress progress(*options, flags.common.timing);
  Session session;
  printDiagnostics(session);
  Result<Net> net = session.load(flags.common.input, *options);
  if (!net)
    return exitCode(net.error());
  Emitter emitter(flags, *options, *net);
  if (std::optional<Phase> phase = phaseToPrint(flags))
    return emitter.printPhase(*phase);
  if (flags.emit == "llvm" || flags.emit == "asm")
    return emitter.emitText();
  return emitter.emitArtifact();
}
} // namespace

void addCompileCommand(CLI::App &app, Action &run) {
  auto flags = std::make_shared<CompileFlags>();
  CLI::App *command = app.add_subcommand(
      "compile", "Compile a net to a shared library with a C header");
  flags->common.addNetFlags(*command);
  flags->common.addTargetFlags(*command);
  command->add_option("-o", flags->output,
                      "Output file (default: the net's stem); '-' for standard "
                      "output where it is text. The header lies beside it");
  CLI::Option *emit =
      command
          ->add_option("--emit", flags->emit,
                       "What to write: nn (IR of the nn dialect), mlir (LLVM "
                       "dialect), llvm, asm, obj, lib (default)")
          ->check(CLI::IsMember(
              {"nn", "mlir", "llvm", "asm", "obj", "lib", "cubin"}));
  command
      ->add_option("--to", flags->to,
                   "Stop after a phase and print its IR (default: to standard "
                   "output)")
      ->check(CLI::IsMember(
          {"import", "mode", "fold", "fuse", "layout", "kernels"}))
      ->type_name("PHASE")
      ->excludes(emit);
  command->add_flag("--elide-weights", flags->elideWeights,
                    "Leave large constants out of printed IR: for reading, "
                    "not for going on from");
  command
      ->add_option("--fold-report", flags->foldReport,
                   "Write the fold ledger as JSON")
      ->type_name("FILE");
  command->callback(
      [flags, &run] { run = [flags] { return compile(*flags); }; });
}

} // namespace kiln::driver
