//===- RecalibrateCommand.cpp - kiln recalibrate ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "CommonFlags.h"
#include "OutputFile.h"
#include "RecalibrationTable.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <set>
#include <unistd.h>

namespace kiln::driver {

namespace {
struct RecalibrateFlags {
  CommonFlags common;
  std::string data, output, json;
  std::string estimator, weight, variance;
  std::string order = "one-pass";
  RecalibrateOptions options;
};

Result<EstimatorOptions> toEstimator(const RecalibrateFlags &flags) {
  EstimatorOptions options;
  if (flags.options.adapt && flags.estimator == "average")
    return Error{ErrorCode::Usage,
                 "--adapt takes the pooled statistics of the other domain; "
                 "leave out --estimator=average"};
  options.estimator =
      flags.estimator == "average" ? Estimator::Average : Estimator::Pooled;
  bool isPooled = options.estimator == Estimator::Pooled;
  if (isPooled && !flags.weight.empty())
    return Error{ErrorCode::Usage, "--weight is for --estimator=average; "
                                   "pooled statistics weigh every element"};
  options.weight =
      flags.weight == "equal" ? BatchWeight::Equal : BatchWeight::BySize;
  bool isBiased =
      flags.variance.empty() ? isPooled : flags.variance == "biased";
  options.variance = isBiased ? VarianceForm::Biased : VarianceForm::Unbiased;
  return options;
}

/// Prints each diagnostic once, though the net is read for each batch size, and
/// notes whether one was an error.
void printOnce(Session &session, bool &printedError) {
  auto printed = std::make_shared<std::set<std::string>>();
  session.setDiagnosticHandler([printed, &printedError](const Diagnostic &d) {
    printedError |= d.severity == Severity::Error;
    if (std::string text = toString(d); printed->insert(text).second)
      std::cerr << text << '\n';
  });
}

/// Before the model is written: a report that fails afterwards would leave it
/// behind.
Result<void> checkReportFile(const RecalibrateFlags &flags) {
  namespace fs = std::filesystem;
  if (flags.json.empty() || flags.json == "-")
    return {};
  std::error_code ignored;
  if (fs::weakly_canonical(flags.json, ignored) ==
      fs::weakly_canonical(flags.output, ignored))
    return Error{ErrorCode::Usage,
                 "--json and -o name one file; name another for the report"};
  fs::path folder = fs::path(flags.json).parent_path();
  bool isDirectory = fs::is_directory(flags.json, ignored);
  bool isSpecial = fs::exists(flags.json, ignored) &&
                   !fs::is_regular_file(flags.json, ignored);
  // Special files are written to, others by way of one beside them.
  int denied = isSpecial
                   ? access(flags.json.c_str(), W_OK)
                   : access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK);
  if (!isDirectory && denied == 0)
    return {};
  return Error{ErrorCode::FileUnwritable,
               "'" + printable(flags.json) +
                   "': " + std::strerror(isDirectory ? EISDIR : errno)};
}

int writeReport(const RecalibrateFlags &flags,
                const RecalibrationReport &report) {
  for (const std::string &warning : report.warnings)
    std::cerr << "warning: " << warning << '\n';
  if (flags.json == "-") {
    std::cout << toJson(report);
    return 0;
  }
  printRecalibration(std::cout, report);
  if (flags.json.empty())
    return 0;
  Result<void> written = writeFile(flags.json, toJson(report));
  return written ? 0 : reportError(written.error());
}

int runRecalibration(const RecalibrateFlags &flags) {
  Result<CompileOptions> compile = flags.common.toOptions();
  if (!compile)
    return reportError(compile.error());
  Result<EstimatorOptions> estimator = toEstimator(flags);
  if (!estimator)
    return reportError(estimator.error());
  if (Result<void> checked = checkReportFile(flags); !checked)
    return reportError(checked.error());
  RecalibrateOptions options = flags.options;
  options.compile = std::move(*compile);
  options.estimator = *estimator;
  options.order = flags.order == "one-pass" ? StatisticsOrder::OnePass
                                            : StatisticsOrder::LayerByLayer;
  Session session;
  bool printedError = false;
  printOnce(session, printedError);
  Result<RecalibrationReport> report = recalibrate(
      session, flags.common.input, flags.data, flags.output, options);
  if (!report)
    return printedError ? exitCode(report.error())
                        : reportError(report.error());
  return writeReport(flags, *report);
}

void addEstimatorFlags(CLI::App &command, RecalibrateFlags &flags) {
  command
      .add_option("--estimator", flags.estimator,
                  "pooled (default): mean and variance of all images together; "
                  "average: those of each batch, averaged, as PyTorch's "
                  "update_bn")
      ->check(CLI::IsMember({"pooled", "average"}));
  command
      .add_option("--weight", flags.weight,
                  "How batches weigh in an average: by size (default), or "
                  "equal, as in update_bn")
      ->check(CLI::IsMember({"size", "equal"}));
  command
      .add_option("--variance", flags.variance,
                  "Squared distances over n (biased: default of pooled, and "
                  "ONNX's convention) or over n - 1 (unbiased: default of "
                  "average, and PyTorch's)")
      ->check(CLI::IsMember({"biased", "unbiased"}));
  command
      .add_option("--order", flags.order,
                  "What the layers before do meanwhile: normalise by the batch "
                  "(one-pass), or by their new statistics (layer-by-layer: a "
                  "pass over the data for each layer)")
      ->check(CLI::IsMember({"one-pass", "layer-by-layer"}))
      ->capture_default_str();
  command
      .add_option("--batch", flags.options.batch,
                  "Images in a batch (default: as the net fixes, else as the "
                  "first file holds)")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 24));
  command.add_flag("--adapt", flags.options.adapt,
                   "The data are unlabelled images of another domain, to which "
                   "the net is adapted (AdaBN)");
}
} // namespace

void addRecalibrateCommand(CLI::App &app, Action &run) {
  auto flags = std::make_shared<RecalibrateFlags>();
  CLI::App *command = app.add_subcommand(
      "recalibrate",
      "Estimate the statistics of batch normalisation anew, with the weights "
      "as they are, and write the ONNX file with them");
  command
      ->add_option("net", flags->common.input, "The net: .onnx or .textproto")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--data", flags->data,
                   "Folder with images as .npy or .npz, along dimension 0; as "
                   "the net was trained on them, augmentation included")
      ->required()
      ->type_name("FOLDER");
  command->add_option("-o", flags->output, "The ONNX file to write")
      ->required()
      ->type_name("FILE");
  addEstimatorFlags(*command, *flags);
  flags->common.addTargetFlags(*command);
  command
      ->add_option("--bind", flags->common.bindings,
                   "Make an input of the file a constant; repeatable")
      ->type_name("NAME=@FILE")
      ->delimiter('\0')
      ->allow_extra_args(false);
  command
      ->add_option("--json", flags->json,
                   "Write the report as JSON; '-' for standard output, instead "
                   "of the table")
      ->type_name("FILE");
  command
      ->add_option("--threads", flags->options.run.threads,
                   "Threads that the net runs on; 0: one for each core that "
                   "this process may use")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->callback(
      [flags, &run] { run = [flags] { return runRecalibration(*flags); }; });
}

} // namespace kiln::driver
