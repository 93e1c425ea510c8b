//===- DiagnoseCommand.cpp - kiln diagnose ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "CommonFlags.h"
#include "OutputFile.h"
#include "kiln/Diagnosis/Diagnose.h"

#include <iostream>

namespace kiln::driver {

namespace {
struct DiagnoseFlags {
  CommonFlags common;
  std::string data, loss, json, html;
  DiagnosisOptions options;
};

Loss parseLoss(const std::string &name) {
  return name == "ce"           ? Loss::CrossEntropy
         : name == "bce"        ? Loss::BinaryCrossEntropy
         : name == "bce-logits" ? Loss::BinaryCrossEntropyOfLogits
                                : Loss::Unknown;
}

int writeReports(const DiagnoseFlags &flags, const Diagnosis &diagnosis) {
  WrittenFiles written;
  if (!flags.html.empty()) {
    if (Result<void> done = writeFile(flags.html, toHtml(diagnosis)); !done)
      return reportError(done.error());
    written.add(flags.html);
  }
  if (flags.json == "-") {
    std::cout << toJson(diagnosis);
  } else {
    if (!flags.json.empty())
      if (Result<void> done = writeFile(flags.json, toJson(diagnosis)); !done)
        return reportError(done.error());
    std::cout << toText(diagnosis);
  }
  written.keep();
  return 0;
}

int diagnoseNet(const DiagnoseFlags &flags) {
  Result<CompileOptions> compile = flags.common.toOptions();
  if (!compile)
    return reportError(compile.error());
  DiagnosisOptions options = flags.options;
  options.compile = std::move(*compile);
  options.loss = parseLoss(flags.loss);
  bool wasReported = false;
  Session session;
  session.setDiagnosticHandler([&](const Diagnostic &diagnostic) {
    // That layers stand in training mode is what the report is about.
    if (diagnostic.severity != Severity::Error)
      return;
    wasReported = true;
    std::cerr << toString(diagnostic) << '\n';
  });
  auto fail = [&](const Error &error) {
    return wasReported ? exitCode(error) : reportError(error);
  };
  Result<std::vector<GraphInput>> inputs =
      readNetInputs(session, flags.common.input, options.compile);
  if (!inputs)
    return fail(inputs.error());
  Result<DataSet> data = DataSet::open(flags.data, std::move(*inputs));
  if (!data)
    return fail(data.error());
  Result<Diagnosis> diagnosis =
      diagnose(session, flags.common.input, *data, options);
  if (!diagnosis)
    return fail(diagnosis.error());
  return writeReports(flags, *diagnosis);
}
} // namespace

void addDiagnoseCommand(CLI::App &app, Action &run) {
  auto flags = std::make_shared<DiagnoseFlags>();
  CLI::App *command = app.add_subcommand(
      "diagnose", "Say why a net answers differently in training and in "
                  "evaluation mode, from batches of data");
  flags->common.addFileFlags(*command);
  command
      ->add_option("--data", flags->data,
                   "A folder of batches: .npy, or .npz with a member for each "
                   "input; images along dimension 0")
      ->required()
      ->type_name("FOLDER");
  command
      ->add_option("--batch", flags->options.batch,
                   "Images in a batch (default: as many as the net's file "
                   "fixes, or as the first file holds, at most 256)")
      ->check(CLI::Range(int64_t{2}, int64_t{1} << 20));
  command
      ->add_option("--loss", flags->loss,
                   "The loss that the net is trained with: cross entropy over "
                   "logits, or binary cross entropy over probabilities or over "
                   "logits")
      ->check(CLI::IsMember({"ce", "bce", "bce-logits"}));
  command
      ->add_option("--threads", flags->options.run.threads,
                   "Threads that the net runs on; 0: one for each core that "
                   "this process may use")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command
      ->add_option("--json", flags->json,
                   "Write all figures as JSON; '-' for standard output, "
                   "instead of the text")
      ->type_name("FILE");
  command
      ->add_option("--html", flags->html,
                   "Write a page with plots, one file that needs no other")
      ->type_name("FILE");
  command->callback(
      [flags, &run] { run = [flags] { return diagnoseNet(*flags); }; });
}

} // namespace kiln::driver
