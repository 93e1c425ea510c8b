//===- BenchTable.cpp - A benchmark for people ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BenchTable.h"

#include "CommonFlags.h"

#include <cstdarg>
#include <cstdio>

namespace kiln::driver {

/// printf's formats are what a table of numbers needs.
[[gnu::format(printf, 1, 2)]] static std::string format(const char *text, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, text);
  (void)std::vsnprintf(line, sizeof(line), text, arguments);
  va_end(arguments);
  return line;
}

static void printSummary(std::ostream &out, const BenchReport &report) {
  const Latency &latency = report.latency;
  out << format("latency   min %.4f  median %.4f  p90 %.4f  p99 %.4f ms  "
                "(%lld runs, %d thread%s)\n",
                latency.min * 1e3, latency.median * 1e3, latency.p90 * 1e3,
                latency.p99 * 1e3, static_cast<long long>(latency.runs),
                report.threads, report.threads == 1 ? "" : "s");
  if (latency.mean > 0)
    out << format("rate      %.2f images/s\n",
                  static_cast<double>(report.images) / latency.mean);
  out << format("memory    arena %.2f  weights %.2f  peak of the process %.2f "
                "MB\n",
                report.arenaBytes / 1e6, report.constantBytes / 1e6,
                report.peakResidentBytes / 1e6);
  if (report.leastBytes > 0)
    out << format("traffic   %.2f MB, %.2f times the least possible %.2f MB "
                  "(inputs, weights, outputs)\n",
                  report.movedBytes / 1e6,
                  static_cast<double>(report.movedBytes) /
                      static_cast<double>(report.leastBytes),
                  report.leastBytes / 1e6);
  if (report.flushedWeights > 0)
    out << format("weights   %lld subnormal ones set to zero\n",
                  static_cast<long long>(report.flushedWeights));
  if (report.corePeak > 0)
    out << format("peak      %.1f GFLOP/s, one core, f32 FMA\n",
                  report.corePeak / 1e9);
}

/// GFLOP/s, or a dash where there is nothing to count.
static std::string rate(double flops, double seconds) {
  return flops > 0 && seconds > 0 ? format("%9.1f", flops / seconds / 1e9)
                                  : format("%9s", "-");
}

static std::string share(double part, double whole) {
  return part > 0 && whole > 0 ? format("%6.1f", 100 * part / whole)
                               : format("%6s", "-");
}

static void printLine(std::ostream &out, const KernelCost &cost, double seconds,
                      double total, double peak, const std::string &name) {
  auto executed = static_cast<double>(cost.executedFlops);
  out << format("%10.4f %s %s %s %s %9.3f %10s  ", seconds * 1e3,
                share(seconds, total).c_str(), rate(executed, seconds).c_str(),
                rate(static_cast<double>(cost.nominalFlops), seconds).c_str(),
                share(executed, peak * seconds).c_str(),
                static_cast<double>(cost.bytes) / 1e6,
                cost.predictedCycles
                    ? format("%.0f", *cost.predictedCycles / 1e3).c_str()
                    : "-")
      << name << '\n';
}

void printBench(std::ostream &out, const BenchReport &report) {
  printSummary(out, report);
  if (report.kernels.empty())
    return;
  out << "\n        ms      %  GFLOP/s   nominal  %peak        MB    kcycles  "
         "kernel\n";
  KernelCost sum;
  double total = 0;
  for (const KernelTime &kernel : report.kernels)
    total += kernel.seconds;
  double peak = report.corePeak * report.threads;
  for (const KernelTime &kernel : report.kernels) {
    KernelCost cost = kernel.cost;
    cost.executedFlops *= report.images;
    cost.nominalFlops *= report.images;
    cost.bytes *= report.images;
    sum.executedFlops += cost.executedFlops;
    sum.nominalFlops += cost.nominalFlops;
    sum.bytes += cost.bytes;
    printLine(out, cost, kernel.seconds, total, peak,
              cost.kind + "  " + printable(cost.layer));
  }
  printLine(out, sum, total, total, peak, "all");
  if (std::optional<ConvolutionShares> shares = summarizeConvolutions(report))
    out << format(
               "\nconvolutions  %.1f %% of the peak weighted by work, %.1f %% "
               "over their time; least %.1f %%: ",
               100 * shares->byWork, 100 * shares->inAll, 100 * shares->least)
        << printable(shares->leastLayer) << '\n';
}

} // namespace kiln::driver
