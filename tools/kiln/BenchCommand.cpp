//===- BenchCommand.cpp - kiln bench ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BenchTable.h"
#include "Commands.h"
#include "CommonFlags.h"
#include "OutputFile.h"
#include "kiln/Compiler/FmaPeak.h"

#include <algorithm>
#include <iostream>

namespace kiln::driver {

namespace {
struct BenchFlags {
  CommonFlags common;
  BenchOptions bench;
  double warmupMilliseconds = 200;
  std::string json, trace;
  bool noLayers = false;
};

/// One net of fixed shapes: what the table describes.
std::optional<Error> checkShapes(const CompileOptions &options) {
  bool isOpen = std::ranges::any_of(options.shapes, [](const auto &shape) {
    return std::ranges::count(shape.second, kOpenBatch) != 0;
  });
  if (isOpen || !options.furtherShapes.empty())
    return Error{ErrorCode::Usage,
                 "bench measures one set of shapes; give --shapes a number for "
                 "each dimension"};
  return std::nullopt;
}

int writeReports(const BenchFlags &flags, const BenchReport &report) {
  WrittenFiles written;
  auto write = [&](const std::string &path, const std::string &text) {
    if (path.empty())
      return 0;
    if (path == "-") {
      std::cout << text;
      return 0;
    }
    if (Result<void> done = writeFile(path, text); !done)
      return reportError(done.error());
    written.add(path);
    return 0;
  };
  if (int code = write(flags.json, toJson(report)))
    return code;
  if (int code = write(flags.trace, toChromeTrace(report)))
    return code;
  written.keep();
  return 0;
}

int bench(const BenchFlags &flags) {
  Result<CompileOptions> options = flags.common.toOptions();
  if (!options)
    return reportError(options.error());
  if (std::optional<Error> error = checkShapes(*options))
    return reportError(*error);
  if (flags.noLayers && !flags.trace.empty())
    return reportError({ErrorCode::Usage,
                        "--trace shows kernels, which --no-layers leaves out"});
  Result<Artifact> artifact = Error{};
  NetCosts costs;
  {
    Progress progress(*options, flags.common.timing);
    Session session;
    printDiagnostics(session);
    Result<Net> net = session.load(flags.common.input, *options);
    if (!net)
      return exitCode(net.error());
    artifact = net->compile();
    if (!artifact)
      return exitCode(artifact.error());
    costs = net->costs();
  }
  BenchOptions bench = flags.bench;
  bench.warmupSeconds = flags.warmupMilliseconds / 1e3;
  bench.layers = !flags.noLayers;
  Result<double> peak = measureFmaPeak(options->target);
  if (!peak)
    return reportError(peak.error());
  bench.corePeak = *peak;
  Result<BenchReport> report = benchmark(
      *artifact, costs, makeBenchInputs(artifact->interface()), bench);
  if (!report)
    return reportError(report.error());
  if (flags.json != "-" && flags.trace != "-")
    printBench(std::cout, *report);
  return writeReports(flags, *report);
}
} // namespace

void addBenchCommand(CLI::App &app, Action &run) {
  auto flags = std::make_shared<BenchFlags>();
  CLI::App *command = app.add_subcommand(
      "bench", "Compile a net in memory and measure it, kernel by kernel");
  flags->common.addNetFlags(*command);
  flags->common.addTargetFlags(*command);
  command
      ->add_option("--threads", flags->bench.threads,
                   "Threads that the net runs on; 0: one for each core that "
                   "this process may use")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command
      ->add_option("--warmup", flags->warmupMilliseconds,
                   "Milliseconds of runs that do not count")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  CLI::Option *seconds =
      command
          ->add_option("--seconds", flags->bench.seconds,
                       "How long to measure, at least one run")
          ->check(CLI::NonNegativeNumber)
          ->capture_default_str();
  command
      ->add_option("--repeat", flags->bench.repeat,
                   "How many runs to measure, instead of --seconds")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 40))
      ->excludes(seconds);
  command->add_flag("--no-layers", flags->noLayers,
                    "Leave out the times of kernels");
  command
      ->add_option("--json", flags->json,
                   "Write all figures as JSON; '-' for standard output, "
                   "instead of the table")
      ->type_name("FILE");
  command
      ->add_option("--trace", flags->trace,
                   "Write one run's kernels on each thread as a trace in "
                   "Chrome's format, which Perfetto opens")
      ->type_name("FILE");
  command->callback([flags, &run] { run = [flags] { return bench(*flags); }; });
}

} // namespace kiln::driver
