//===- Bench.cpp - How fast a compiled net runs ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Bench/Bench.h"

#include "Profiler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <sys/resource.h>

namespace kiln {

/// Runs with a clock around each kernel, of which the median is taken.
static constexpr int64_t kProfiledRuns = 31;

Latency summarizeTimes(std::vector<double> times) {
  Latency latency;
  if (times.empty())
    return latency;
  std::sort(times.begin(), times.end());
  auto percentile = [&](double share) {
    auto rank = static_cast<size_t>(
        std::ceil(share * static_cast<double>(times.size())));
    return times[std::max<size_t>(rank, 1) - 1];
  };
  latency.runs = static_cast<int64_t>(times.size());
  latency.min = times.front();
  latency.median = percentile(0.5);
  latency.p90 = percentile(0.9);
  latency.p99 = percentile(0.99);
  latency.mean = std::accumulate(times.begin(), times.end(), 0.0) /
                 static_cast<double>(times.size());
  return latency;
}

std::vector<HostTensor> makeBenchInputs(const NetInterface &net) {
  std::mt19937 random(1);
  std::vector<HostTensor> inputs;
  for (const TensorInterface &input : net.inputs) {
    bool isFloat =
        input.type == ElementType::F32 || input.type == ElementType::F64 ||
        input.type == ElementType::F16 || input.type == ElementType::BF16;
    std::vector<int64_t> shape = input.shape;
    std::replace(shape.begin(), shape.end(), int64_t{-1}, int64_t{1});
    std::vector<double> values(
        static_cast<size_t>(elementCount(shape).value_or(0)));
    // Not by a distribution of the library, which is free to choose.
    for (double &value : values)
      value = isFloat ? static_cast<double>(random() >> 8) * 0x1p-23 - 1
                      : static_cast<double>(random() & 1);
    inputs.push_back(HostTensor::fromDoubles(input.type, shape, values));
  }
  return inputs;
}

std::optional<ConvolutionShares>
summarizeConvolutions(const BenchReport &report) {
  double peak = report.corePeak * report.threads;
  double flops = 0, seconds = 0, weighted = 0;
  ConvolutionShares shares;
  for (const KernelTime &kernel : report.kernels) {
    double work = static_cast<double>(kernel.cost.executedFlops) *
                  static_cast<double>(report.images);
    if (!kernel.cost.isConvolution() || work <= 0 || kernel.seconds <= 0)
      continue;
    double share = peak > 0 ? work / (kernel.seconds * peak) : 0;
    if (flops == 0 || share < shares.least) {
      shares.least = share;
      shares.leastLayer = kernel.cost.layer;
    }
    flops += work;
    seconds += kernel.seconds;
    weighted += work * share;
  }
  if (flops == 0 || peak <= 0)
    return std::nullopt;
  shares.byWork = weighted / flops;
  shares.inAll = flops / (seconds * peak);
  return shares;
}

namespace {
/// A loaded net with its inputs, and outputs that are used again.
class Runner {
public:
  Runner(LoadedNet &net, const std::vector<HostTensor> &inputs)
      : net(net), inputs(inputs) {}

  /// Seconds of one run.
  Result<double> run() {
    if (outputs.empty()) {
      Result<std::vector<HostTensor>> made = net.run(inputs);
      if (!made)
        return made.error();
      outputs = std::move(*made);
    }
    auto start = Profiler::Clock::now();
    if (Result<void> done = net.runInto(inputs, outputs); !done)
      return done.error();
    return std::chrono::duration<double>(Profiler::Clock::now() - start)
        .count();
  }

  /// Times of runs until `isEnough(number, seconds so far)`.
  template <typename Enough>
  Result<std::vector<double>> runUntil(Enough isEnough) {
    std::vector<double> times;
    auto start = Profiler::Clock::now();
    std::chrono::duration<double> passed{};
    while (!isEnough(static_cast<int64_t>(times.size()), passed.count())) {
      Result<double> time = run();
      if (!time)
        return time.error();
      times.push_back(*time);
      passed = Profiler::Clock::now() - start;
    }
    return times;
  }

private:
  LoadedNet &net;
  const std::vector<HostTensor> &inputs;
  std::vector<HostTensor> outputs;
};
} // namespace

static Result<void> measureLatency(Runner &runner, const BenchOptions &options,
                                   BenchReport &report) {
  Result<std::vector<double>> warm =
      runner.runUntil([&](int64_t count, double seconds) {
        return count > 0 && seconds >= options.warmupSeconds;
      });
  if (!warm)
    return warm.error();
  Result<std::vector<double>> times =
      runner.runUntil([&](int64_t count, double seconds) {
        return options.repeat > 0 ? count >= options.repeat
                                  : count > 0 && seconds >= options.seconds;
      });
  if (!times)
    return times.error();
  report.latency = summarizeTimes(std::move(*times));
  return {};
}

/// Each kernel once an image: the table gives the sum over a batch.
static Result<void> measureKernels(Runner &runner, Profiler &profiler,
                                   const NetCosts &costs, BenchReport &report) {
  std::vector<std::vector<double>> times(costs.kernels.size());
  for (int64_t i = 0; i < kProfiledRuns; ++i) {
    profiler.begin();
    if (Result<double> done = runner.run(); !done)
      return done.error();
    const std::vector<double> &dispatches = profiler.dispatches();
    if (dispatches.size() !=
        costs.kernels.size() * static_cast<size_t>(report.images))
      return Error{ErrorCode::Internal,
                   "a run called " + std::to_string(dispatches.size()) +
                       " kernels, not the net's " +
                       std::to_string(costs.kernels.size())};
    for (size_t k = 0; k < times.size(); ++k) {
      double sum = 0;
      for (size_t d = k; d < dispatches.size(); d += times.size())
        sum += dispatches[d];
      times[k].push_back(sum);
    }
  }
  for (size_t k = 0; k < times.size(); ++k)
    report.kernels.push_back(
        {costs.kernels[k], summarizeTimes(std::move(times[k])).median});
  report.trace = profiler.spans();
  return {};
}

/// The batch size, if the net leaves it open.
static int64_t countImages(const NetInterface &net,
                           const std::vector<HostTensor> &inputs) {
  for (const ServedShapes &served : net.served)
    for (size_t i = 0; i < served.inputs.size() && i < inputs.size(); ++i)
      if (served.inputs[i].isBatched && !inputs[i].shape.empty())
        return std::max<int64_t>(inputs[i].shape[0], 1);
  return 1;
}

static int64_t bytesOf(const std::vector<HostTensor> &tensors) {
  int64_t bytes = 0;
  for (const HostTensor &tensor : tensors)
    bytes += static_cast<int64_t>(tensor.data.size());
  return bytes;
}

static void describeMemory(const NetCosts &costs, BenchReport &report,
                           int64_t borderBytes) {
  report.constantBytes = costs.constantBytes;
  report.flushedWeights = costs.flushedWeights;
  for (const KernelCost &cost : costs.kernels)
    report.movedBytes += cost.bytes * report.images;
  report.leastBytes = borderBytes + costs.constantBytes;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  report.peakResidentBytes = int64_t{usage.ru_maxrss} * 1024;
}

Result<BenchReport> benchmark(const Artifact &artifact, const NetCosts &costs,
                              const std::vector<HostTensor> &inputs,
                              const BenchOptions &options) {
  const NetInterface &net = artifact.interface();
  BenchReport report;
  report.net = net.identifier;
  report.threads = options.threads;
  report.images = countImages(net, inputs);
  report.corePeak = options.corePeak;
  RunOptions run;
  run.threads = options.threads;
  Result<std::unique_ptr<LoadedNet>> loaded = artifact.load(run);
  if (!loaded)
    return loaded.error();
  Runner runner(**loaded, inputs);
  if (Result<void> done = measureLatency(runner, options, report); !done)
    return done.error();
  Result<std::vector<HostTensor>> outputs = (*loaded)->run(inputs);
  if (!outputs)
    return outputs.error();
  report.arenaBytes = (*loaded)->arenaBytes();
  describeMemory(costs, report, bytesOf(inputs) + bytesOf(*outputs));
  if (!options.layers)
    return report;

  Profiler profiler;
  run.wrapExecutor = [&](const kiln_executor *inner) {
    report.threads = inner ? inner->workers : 1;
    return profiler.wrap(inner);
  };
  Result<std::unique_ptr<LoadedNet>> profiled = artifact.load(run);
  if (!profiled)
    return profiled.error();
  Runner profiledRunner(**profiled, inputs);
  if (Result<double> warm = profiledRunner.run(); !warm)
    return warm.error();
  if (Result<void> done =
          measureKernels(profiledRunner, profiler, costs, report);
      !done)
    return done.error();
  return report;
}

} // namespace kiln
