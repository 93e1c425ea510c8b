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

/// --fold-report, and the ledger on standard output.
int reportFolds(const CompileFlags &flags, const FoldLedger &ledger,
                const std::string &netName, bool isQuiet) {
  if (!flags.foldReport.empty())
    if (Result<void> written =
            writeFile(flags.foldReport, toJson(ledger, netName));
        !written)
      return reportError(written.error());
  if (!isQuiet)
    printLedger(std::cout, ledger);
  return 0;
}

int printPhase(const CompileFlags &flags, Net &net, Phase phase) {
  if (Result<void> advanced = net.advance(phase); !advanced)
    return exitCode(advanced.error());
  if (int code =
          reportFolds(flags, net.foldLedger(), net.interface().identifier,
                      /*isQuiet=*/true))
    return code;
  std::string text = net.print(flags.elideWeights);
  if (flags.output.empty() || flags.output == "-") {
    std::cout << text;
    return 0;
  }
  if (Result<void> written = writeFile(flags.output, text); !written)
    return reportError(written.error());
  return 0;
}

int emitText(const CompileFlags &flags, Net &net) {
  bool isAssembly = flags.emit == "asm";
  Result<std::string> text =
      net.compileToText(isAssembly ? TextForm::Assembly : TextForm::LLVMIR);
  if (!text)
    return exitCode(text.error());
  std::string path = flags.output.empty() ? stem(flags.common.input) +
                                                (isAssembly ? ".s" : ".ll")
                                          : flags.output;
  if (path == "-") {
    std::cout << *text;
    return 0;
  }
  if (Result<void> written = writeFile(path, *text); !written)
    return reportError(written.error());
  return 0;
}

/// The library or object, and the header beside it.
int emitArtifact(const CompileFlags &flags, Net &net) {
  Result<Artifact> artifact = net.compile();
  if (!artifact)
    return exitCode(artifact.error());
  bool isObject = flags.emit == "obj";
  std::filesystem::path path =
      flags.output.empty()
          ? stem(flags.common.input) + (isObject ? ".o" : ".so")
          : flags.output;
  std::filesystem::path header = path;
  header.replace_extension(".h");
  Result<void> written = isObject ? artifact->writeObject(path.string())
                                  : artifact->writeLibrary(path.string());
  if (!written)
    return reportError(written.error());
  if (Result<void> headerWritten =
          writeFile(header.string(), artifact->header());
      !headerWritten) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return reportError(headerWritten.error());
  }
  if (int code = reportFolds(flags, net.foldLedger(),
                             artifact->interface().identifier, false))
    return code;
  std::cout << "wrote " << path.string() << " and " << header.string()
            << " for " << net.targetDescription() << '\n';
  return 0;
}

int compile(const CompileFlags &flags) {
  Result<CompileOptions> options = flags.common.toOptions();
  if (!options)
    return reportError(options.error());
  if (flags.emit == "cubin")
    return reportError({ErrorCode::UnsupportedTarget,
                        "--emit=cubin: this build has no GPU code generator"});
  Progress progress(*options);
  Session session;
  printDiagnostics(session);
  Result<Net> net = session.load(flags.common.input, *options);
  if (!net)
    return exitCode(net.error());
  if (std::optional<Phase> phase = phaseToPrint(flags))
    return printPhase(flags, *net, *phase);
  if (flags.emit == "llvm" || flags.emit == "asm")
    return emitText(flags, *net);
  return emitArtifact(flags, *net);
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
  command
      ->add_option("--emit", flags->emit,
                   "What to write: nn (IR of the nn dialect), mlir (LLVM "
                   "dialect), llvm, asm, obj, lib (default)")
      ->check(
          CLI::IsMember({"nn", "mlir", "llvm", "asm", "obj", "lib", "cubin"}));
  command
      ->add_option("--to", flags->to,
                   "Stop after a phase and print its IR (default: to standard "
                   "output)")
      ->check(CLI::IsMember(
          {"import", "mode", "fold", "fuse", "layout", "kernels"}))
      ->type_name("PHASE");
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
