//===- Bench.h - How fast a compiled net runs ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Latency without any instrument first; then some runs with a clock around each
// kernel, for the table and the trace.
//===----------------------------------------------------------------------===//

#ifndef KILN_BENCH_BENCH_H
#define KILN_BENCH_BENCH_H

#include "kiln/Compiler/Artifact.h"
#include "kiln/Compiler/KernelCost.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kiln {

struct BenchOptions {
  int threads = 1; ///< 0: one for each core that this process may use
  double warmupSeconds = 0.2;
  double seconds = 1;  ///< of measured runs, at least one of them...
  int64_t repeat = 0;  ///< ...or, where it is not 0, so many runs
  bool layers = true;  ///< time each kernel as well
  double corePeak = 0; ///< FLOP/s of one core (measureFmaPeak); 0: not known
};

/// Seconds for one run.
struct Latency {
  int64_t runs = 0;
  double min = 0, median = 0, p90 = 0, p99 = 0, mean = 0;
};

/// A kernel and its median time in the net, in seconds.
struct KernelTime {
  KernelCost cost;
  double seconds = 0;
};

/// A piece of a kernel on one worker, of one run; seconds since its beginning.
struct Span {
  int64_t kernel = 0;
  int32_t worker = 0;
  int64_t firstTask = 0, endTask = 0;
  double begin = 0, end = 0;
};

struct BenchReport {
  std::string net;
  int threads = 1;
  int64_t images = 1; ///< of a batch, in each run
  Latency latency;
  double corePeak = 0;
  std::vector<KernelTime> kernels; ///< empty where layers are not timed
  std::vector<Span> trace;         ///< of the last run with a clock
  int64_t arenaBytes = 0, constantBytes = 0;
  int64_t flushedWeights = 0; ///< packed ones that were subnormal, and are zero
  int64_t peakResidentBytes = 0; ///< of this process, the compiler included
  /// Bytes that the kernels move, each operand once, and what must be moved at
  /// least: inputs, weights and outputs.
  int64_t movedBytes = 0, leastBytes = 0;
};

/// Values that exercise a net like data: floats uniform in [-1, 1), integers 0
/// and 1; the same for the same interface.
std::vector<HostTensor> makeBenchInputs(const NetInterface &net);

/// Loads and runs the net. `inputs` as LoadedNet::run takes them; `costs` of
/// the net that the artifact was compiled from.
Result<BenchReport> benchmark(const Artifact &artifact, const NetCosts &costs,
                              const std::vector<HostTensor> &inputs,
                              const BenchOptions &options);

/// The summary of times in seconds; of none, zeros. Percentiles are values that
/// occurred: the smallest with at least so many of the times at or below it.
Latency summarizeTimes(std::vector<double> times);

/// How near all convolutions of a net come to the peak: what they execute, over
/// what all threads could in the same time.
struct ConvolutionShares {
  double byWork = 0; ///< mean of the kernels' shares, weighted by their FLOPs
  double inAll = 0;  ///< all their FLOPs over all their time
  double least = 0;
  std::string leastLayer;
};

/// Of the kernels that are convolutions (KernelCost::isConvolution). Nothing
/// where there is none or the peak is not known.
std::optional<ConvolutionShares>
summarizeConvolutions(const BenchReport &report);

/// All of the report but the trace, as JSON.
std::string toJson(const BenchReport &report);

/// The trace in Chrome's format, which Perfetto opens: a row for each worker.
std::string toChromeTrace(const BenchReport &report);

} // namespace kiln

#endif // KILN_BENCH_BENCH_H
