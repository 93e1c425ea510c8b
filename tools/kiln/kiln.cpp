//===- kiln.cpp - Kiln's driver ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "CommonFlags.h"

#include <cstdlib>
#include <exception>
#include <iostream>

namespace kiln::driver {

static constexpr const char *kDescription =
    "Kiln compiles convolutional nets to native code.\n\n"
    "  kiln compile net.onnx -o net.so       a shared library and net.h\n"
    "  kiln run net.onnx --input=x=@x.npy    compile in memory and run\n"
    "  kiln bench net.onnx                   measure it, kernel by kernel\n"
    "  kiln inspect net.onnx                 what the net is made of\n"
    "  kiln diagnose net.onnx --data=folder  why train and eval differ\n"
    "  kiln recalibrate net.onnx --data=folder -o new.onnx\n"
    "                                        statistics of BN, estimated anew\n"
    "  kiln explain K0301                    what an error code means\n"
    "  kiln operators Resize                 what of an operator is taken";

static constexpr const char *kFooter =
    "Exit codes: 0 done, 1 bad net or input, 2 usage, 3 numbers differ,\n"
    "4 unsupported, 70 internal error.\n"
    "Environment: KILN_FLAGS holds flags put before those of the command\n"
    "line; KILN_REPRODUCER_DIR names a folder for what replays an internal\n"
    "failure.";

/// The arguments after the program's name, in CLI11's order (last first), with
/// KILN_FLAGS after the command's name.
static std::vector<std::string> arguments(int argc, char **argv) {
  std::vector<std::string> all(argv + 1, argv + argc);
  // `explain`, `--help` and `--version` take none of them.
  bool takesFlags =
      !all.empty() &&
      (all[0] == "compile" || all[0] == "run" || all[0] == "bench" ||
       all[0] == "inspect" || all[0] == "diagnose" || all[0] == "recalibrate");
  if (const char *flags = std::getenv("KILN_FLAGS"); flags && takesFlags) {
    std::vector<std::string> extra = CLI::detail::split_up(flags);
    all.insert(all.begin() + 1, extra.begin(), extra.end());
  }
  return {all.rbegin(), all.rend()};
}

static int main(int argc, char **argv) {
  CLI::App app(kDescription, "kiln");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.set_version_flag("--version", "kiln " + kilnVersion() + " (LLVM " +
                                        llvmVersion() + ")");
  Action run;
  addCompileCommand(app, run);
  addRunCommand(app, run);
  addBenchCommand(app, run);
  addDiagnoseCommand(app, run);
  addInspectCommand(app, run);
  addExplainCommand(app, run);
  addOperatorsCommand(app, run);
  addRecalibrateCommand(app, run);
  try {
    app.parse(arguments(argc, argv));
  } catch (const CLI::Success &success) {
    return app.exit(success);
  } catch (const CLI::ParseError &error) {
    return reportError(
        {ErrorCode::Usage, std::string(error.what()) + "; see kiln --help"});
  }
  int code = run();
  // A full disk or a closed pipe shows at the latest now.
  std::cout.flush();
  if (code == 0 && !std::cout)
    return reportError(
        {ErrorCode::FileUnwritable, "standard output cannot be written"});
  return code;
}

} // namespace kiln::driver

int main(int argc, char **argv) {
  try {
    return kiln::driver::main(argc, argv);
  } catch (const std::exception &exception) {
    return kiln::driver::reportError(
        {kiln::ErrorCode::Internal, exception.what()});
  }
}
