//===- Commands.h - The driver's commands ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TOOLS_KILN_COMMANDS_H
#define KILN_TOOLS_KILN_COMMANDS_H

#include <CLI/CLI.hpp>

#include <functional>

namespace kiln::driver {

/// Each adds its subcommand to `app`; when the subcommand is chosen, `run` is
/// set to what carries it out and returns the exit code.
using Action = std::function<int()>;

void addBenchCommand(CLI::App &app, Action &run);
void addCompileCommand(CLI::App &app, Action &run);
void addDiagnoseCommand(CLI::App &app, Action &run);
void addRunCommand(CLI::App &app, Action &run);
void addInspectCommand(CLI::App &app, Action &run);
void addExplainCommand(CLI::App &app, Action &run);
void addOperatorsCommand(CLI::App &app, Action &run);
void addRecalibrateCommand(CLI::App &app, Action &run);

} // namespace kiln::driver

#endif // KILN_TOOLS_KILN_COMMANDS_H
