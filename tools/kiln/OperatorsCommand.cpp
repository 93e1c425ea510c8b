//===- OperatorsCommand.cpp - kiln operators ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "CommonFlags.h"
#include "kiln/Compiler/Operators.h"

#include <algorithm>
#include <iostream>

namespace kiln::driver {

namespace {
struct OperatorsFlags {
  std::vector<std::string> names;
  bool markdown = false;
};

/// "11-17", "18-" or "1".
std::string opsetText(const OperatorForm &form) {
  std::string since = std::to_string(form.since);
  if (!form.until)
    return since + "-";
  return *form.until == form.since ? since
                                   : since + "-" + std::to_string(*form.until);
}

/// "2", "1-3" or "1-".
std::string inputText(const OperatorForm &form) {
  std::string least = std::to_string(form.minInputs);
  if (!form.maxInputs)
    return least + "-";
  return *form.maxInputs == form.minInputs
             ? least
             : least + "-" + std::to_string(*form.maxInputs);
}

std::string attributeText(const OperatorForm &form) {
  std::string text;
  for (const std::string &attribute : form.attributes)
    text += (text.empty() ? "" : ", ") + attribute;
  return text;
}

void printText(const OperatorForm &form) {
  std::cout << form.name << ' ' << opsetText(form) << ": " << inputText(form)
            << (form.maxInputs == 1 ? " input" : " inputs");
  if (!form.types.empty())
    std::cout << " of " << form.types;
  if (!form.attributes.empty())
    std::cout << "; attributes " << attributeText(form);
  if (!form.limits.empty())
    std::cout << "\n  not: " << form.limits;
  std::cout << '\n';
}

void printMarkdownRow(const OperatorForm &form) {
  std::cout << "| " << form.name << " | " << opsetText(form) << " | "
            << inputText(form) << " | " << attributeText(form) << " | "
            << form.types << " | " << form.limits << " |\n";
}

int printOperators(const OperatorsFlags &flags) {
  std::vector<OperatorForm> forms = supportedOperators();
  for (const std::string &name : flags.names)
    if (std::ranges::none_of(
            forms, [&](const OperatorForm &f) { return f.name == name; }))
      return reportError({ErrorCode::UnsupportedOperator,
                          "'" + printable(name) + "' is not taken"});
  if (flags.markdown)
    std::cout << "| Operator | Opsets | Inputs | Attributes | Element types | "
                 "Not taken |\n|---|---|---|---|---|---|\n";
  for (const OperatorForm &form : forms) {
    if (!flags.names.empty() && !std::ranges::count(flags.names, form.name))
      continue;
    if (flags.markdown)
      printMarkdownRow(form);
    else
      printText(form);
  }
  return 0;
}
} // namespace

void addOperatorsCommand(CLI::App &app, Action &run) {
  auto flags = std::make_shared<OperatorsFlags>();
  CLI::App *command = app.add_subcommand(
      "operators", "Print the ONNX operators that are taken, by opset");
  command->add_option("names", flags->names, "Only these operators");
  command->add_flag("--markdown", flags->markdown, "As a Markdown table");
  command->callback(
      [flags, &run] { run = [flags] { return printOperators(*flags); }; });
}

} // namespace kiln::driver
