//===- InspectCommand.cpp - kiln inspect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "CommonFlags.h"

#include <iomanip>
#include <iostream>

namespace kiln::driver {

namespace {
void printBorder(const char *title,
                 const std::vector<TensorInterface> &tensors) {
  std::cout << title << '\n';
  for (const TensorInterface &tensor : tensors) {
    std::cout << "  " << printable(tensor.name) << "  "
              << elementTypeName(tensor.type) << "  "
              << shapeText(tensor.shape);
    if (!tensor.dependsOnBatch.empty())
      std::cout << "  depends on the rest of its batch ("
                << printable(tensor.dependsOnBatch)
                << " normalises by the whole batch)";
    std::cout << '\n';
  }
}

void printOps(const NetSummary &summary) {
  std::cout << "operations\n";
  for (const OpCount &op : summary.ops) {
    std::cout << "  " << std::left << std::setw(26) << op.name << std::right
              << std::setw(6) << op.count;
    if (op.flops > 0)
      std::cout << std::setw(14) << op.flops << " FLOP";
    std::cout << '\n';
  }
}

void printLayers(const std::vector<LayerInfo> &layers) {
  std::cout << "layers: operation, result, parameters, FLOP, node\n";
  for (const LayerInfo &layer : layers)
    std::cout << "  " << std::left << std::setw(26) << layer.op << std::setw(18)
              << shapeText(layer.shape) << std::right << std::setw(10)
              << layer.parameters << std::setw(14) << layer.flops << "  "
              << printable(layer.name) << '\n';
}

std::string rangeText(const std::optional<Range> &range) {
  if (!range)
    return "not constant";
  std::ostringstream text;
  text << std::setprecision(4) << range->least << " .. " << range->greatest;
  return text.str();
}

void printBatchNorms(const std::vector<BatchNormInfo> &infos) {
  if (infos.empty()) {
    std::cout << "no batch normalisation\n";
    return;
  }
  std::cout << "batch normalisation: mode, tracks statistics, channels, "
               "epsilon, variance, scale\n";
  for (const BatchNormInfo &info : infos)
    std::cout << "  " << printable(info.name) << "  "
              << (info.isTraining ? "training" : "inference") << "  "
              << (info.tracksStatistics ? "tracks" : "does not track") << "  "
              << info.channels << "  " << info.epsilon << "  "
              << rangeText(info.variance) << "  " << rangeText(info.scale)
              << '\n';
}

int inspect(const CommonFlags &flags) {
  Result<CompileOptions> options = flags.toOptions();
  if (!options)
    return reportError(options.error());
  Session session;
  printDiagnostics(session);
  Result<Net> net = session.load(flags.input, *options);
  if (!net)
    return exitCode(net.error());
  if (Result<void> advanced = net->advance(Phase::Mode); !advanced)
    return exitCode(advanced.error());
  NetSummary summary = net->summarize();
  std::cout << "net " << summary.name << '\n';
  printBorder("inputs", summary.inputs);
  printBorder("outputs", summary.outputs);
  std::cout << "parameters " << summary.parameterCount << " ("
            << summary.parameterBytes << " bytes)\n"
            << "work " << summary.flops << " FLOP in convolutions, linear "
            << "layers and matrix products\n";
  printOps(summary);
  printLayers(summary.layers);
  printBatchNorms(summary.batchNorms);
  return 0;
}
} // namespace

void addInspectCommand(CLI::App &app, Action &run) {
  auto flags = std::make_shared<CommonFlags>();
  CLI::App *command = app.add_subcommand(
      "inspect", "Print what a net is made of, and each batch normalisation");
  flags->addNetFlags(*command);
  command->callback(
      [flags, &run] { run = [flags] { return inspect(*flags); }; });
}

} // namespace kiln::driver
