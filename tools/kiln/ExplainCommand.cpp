//===- ExplainCommand.cpp - kiln explain ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "CommonFlags.h"

#include <iostream>

namespace kiln::driver {

static int explain(const std::string &label) {
  std::optional<ErrorCode> code = parseErrorLabel(label);
  if (!code || label.size() != 5)
    return reportError({ErrorCode::Usage, "no error code '" + printable(label) +
                                              "'; codes read like K0301"});
  const ErrorInfo &info = errorInfo(*code);
  std::cout << errorLabel(*code) << ": " << info.title << " (exit code "
            << info.exitCode << ")\n"
            << info.explanation << '\n';
  return 0;
}

void addExplainCommand(CLI::App &app, Action &run) {
  auto label = std::make_shared<std::string>();
  CLI::App *command =
      app.add_subcommand("explain", "Explain an error code: K0301");
  command->add_option("code", *label, "The code")->required();
  command->callback(
      [label, &run] { run = [label] { return explain(*label); }; });
}

} // namespace kiln::driver
