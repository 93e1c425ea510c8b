//===- Report.cpp - A benchmark's results as JSON ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Bench/Bench.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace kiln {

/// Names from a file need not be UTF-8.
static std::string utf8(const std::string &text) {
  return llvm::json::isUTF8(text) ? text : llvm::json::fixUTF8(text);
}

static std::string print(const llvm::json::Value &value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::formatv("{0:2}", value) << '\n';
  return text;
}

static llvm::json::Object toJson(const KernelTime &kernel,
                                 const BenchReport &report) {
  const KernelCost &cost = kernel.cost;
  llvm::json::Object object{{"layer", utf8(cost.layer)},
                            {"kind", cost.kind},
                            {"seconds", kernel.seconds},
                            {"nominal_flops", cost.nominalFlops},
                            {"executed_flops", cost.executedFlops},
                            {"bytes", cost.bytes}};
  if (cost.predictedCycles)
    object["predicted_cycles"] = *cost.predictedCycles;
  double work = static_cast<double>(cost.executedFlops) *
                static_cast<double>(report.images);
  double peak = report.corePeak * report.threads;
  if (work > 0 && kernel.seconds > 0) {
    object["executed_gflops_per_second"] = work / kernel.seconds / 1e9;
    if (peak > 0)
      object["share_of_peak"] = work / kernel.seconds / peak;
  }
  return object;
}

static llvm::json::Value
toJson(const std::optional<ConvolutionShares> &shares) {
  if (!shares)
    return nullptr;
  return llvm::json::Object{{"share_of_peak_by_work", shares->byWork},
                            {"share_of_peak", shares->inAll},
                            {"least_share_of_peak", shares->least},
                            {"least_layer", utf8(shares->leastLayer)}};
}

std::string toJson(const BenchReport &report) {
  const Latency &latency = report.latency;
  llvm::json::Array kernels;
  for (const KernelTime &kernel : report.kernels)
    kernels.push_back(toJson(kernel, report));
  double perSecond =
      latency.mean > 0 ? static_cast<double>(report.images) / latency.mean : 0;
  return print(llvm::json::Object{
      {"net", utf8(report.net)},
      {"threads", report.threads},
      {"images", report.images},
      {"core_peak_flops", report.corePeak},
      {"latency_seconds", llvm::json::Object{{"runs", latency.runs},
                                             {"min", latency.min},
                                             {"median", latency.median},
                                             {"p90", latency.p90},
                                             {"p99", latency.p99},
                                             {"mean", latency.mean}}},
      {"images_per_second", perSecond},
      {"memory_bytes",
       llvm::json::Object{{"arena", report.arenaBytes},
                          {"constants", report.constantBytes},
                          {"peak_resident", report.peakResidentBytes},
                          {"moved", report.movedBytes},
                          {"least_moved", report.leastBytes}}},
      {"flushed_weights", report.flushedWeights},
      {"convolutions", toJson(summarizeConvolutions(report))},
      {"kernels", std::move(kernels)}});
}

std::string toChromeTrace(const BenchReport &report) {
  llvm::json::Array events;
  auto name = [&](int32_t worker, std::string text) {
    events.push_back(llvm::json::Object{
        {"ph", "M"},
        {"name", "thread_name"},
        {"pid", 1},
        {"tid", worker},
        {"args", llvm::json::Object{{"name", std::move(text)}}}});
  };
  for (int worker = 0; worker < report.threads; ++worker)
    name(worker, "worker " + std::to_string(worker));
  for (const Span &span : report.trace) {
    const KernelCost &cost =
        report.kernels[static_cast<size_t>(span.kernel) % report.kernels.size()]
            .cost;
    events.push_back(llvm::json::Object{
        {"ph", "X"},
        {"name", cost.layer.empty() ? cost.kind : utf8(cost.layer)},
        {"cat", cost.kind},
        {"pid", 1},
        {"tid", span.worker},
        {"ts", span.begin * 1e6},
        {"dur", (span.end - span.begin) * 1e6},
        {"args", llvm::json::Object{{"kernel", span.kernel},
                                    {"first task", span.firstTask},
                                    {"end task", span.endTask},
                                    {"executed FLOP", cost.executedFlops},
                                    {"bytes", cost.bytes}}}});
  }
  return print(llvm::json::Object{{"displayTimeUnit", "ms"},
                                  {"traceEvents", std::move(events)}});
}

} // namespace kiln
