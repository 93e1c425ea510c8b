//===- BenchTest.cpp - Measuring a net ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// No test here depends on how long something takes.
//===----------------------------------------------------------------------===//

#include "kiln/Bench/Bench.h"
#include "kiln/Compiler/Compiler.h"
#include "kiln/Compiler/FmaPeak.h"
#include "llvm/Support/JSON.h"

#include <gtest/gtest.h>

using namespace kiln;

namespace {

struct Compiled {
  Artifact artifact;
  NetCosts costs;
};

Compiled compileTutorial() {
  Session session;
  Result<Net> net =
      session.load(KILN_SOURCE_DIR "/examples/tutorial/eval.onnx");
  EXPECT_TRUE(bool(net));
  Result<Artifact> artifact = net->compile();
  EXPECT_TRUE(bool(artifact));
  return {*artifact, net->costs()};
}

BenchOptions twoRuns() {
  BenchOptions options;
  options.warmupSeconds = 0;
  options.repeat = 2;
  return options;
}

} // namespace

TEST(Bench, PercentilesAreTimesThatOccurred) {
  std::vector<double> times;
  for (int i = 100; i > 0; --i)
    times.push_back(i);
  Latency latency = summarizeTimes(times);
  EXPECT_EQ(latency.runs, 100);
  EXPECT_EQ(latency.min, 1);
  EXPECT_EQ(latency.median, 50);
  EXPECT_EQ(latency.p90, 90);
  EXPECT_EQ(latency.p99, 99);
  EXPECT_EQ(latency.mean, 50.5);
  EXPECT_EQ(summarizeTimes({7}).p99, 7);
  EXPECT_EQ(summarizeTimes({}).runs, 0);
}

TEST(Bench, InputsAreTheSameEachTime) {
  NetInterface net;
  net.inputs = {{"x", ElementType::F32, {3, 5}}, {"i", ElementType::I64, {7}}};
  std::vector<HostTensor> one = makeBenchInputs(net),
                          two = makeBenchInputs(net);
  ASSERT_EQ(one.size(), 2u);
  EXPECT_EQ(one[0].data, two[0].data);
  std::vector<double> values = one[0].toDoubles();
  EXPECT_NE(values[0], values[1]);
  for (double value : values)
    EXPECT_LE(std::abs(value), 1);
  for (double value : one[1].toDoubles())
    EXPECT_TRUE(value == 0 || value == 1);
}

// Every kernel has a time and a place in the trace, on one thread and on two.
TEST(Bench, ReportsEveryKernel) {
  Compiled net = compileTutorial();
  ASSERT_FALSE(net.costs.kernels.empty());
  int64_t flops = 0;
  for (const KernelCost &cost : net.costs.kernels) {
    flops += cost.nominalFlops;
    EXPECT_GT(cost.bytes, 0);
  }
  EXPECT_GT(flops, 0);
  for (int threads : {1, 2}) {
    BenchOptions options = twoRuns();
    options.threads = threads;
    Result<BenchReport> report =
        benchmark(net.artifact, net.costs,
                  makeBenchInputs(net.artifact.interface()), options);
    ASSERT_TRUE(bool(report)) << report.error().text();
    EXPECT_EQ(report->threads, threads);
    EXPECT_EQ(report->latency.runs, 2);
    ASSERT_EQ(report->kernels.size(), net.costs.kernels.size());
    std::vector<int> seen(report->kernels.size());
    for (const Span &span : report->trace) {
      ++seen.at(static_cast<size_t>(span.kernel));
      EXPECT_LT(span.worker, threads);
      EXPECT_LE(span.begin, span.end);
    }
    for (size_t i = 0; i < seen.size(); ++i) {
      EXPECT_GT(seen[i], 0) << i;
      EXPECT_GT(report->kernels[i].seconds, 0) << i;
    }
    EXPECT_GT(report->leastBytes, net.costs.constantBytes);
    EXPECT_GE(report->movedBytes, report->leastBytes);
  }
}

TEST(Bench, ReportsAreJson) {
  Compiled net = compileTutorial();
  Result<BenchReport> report =
      benchmark(net.artifact, net.costs,
                makeBenchInputs(net.artifact.interface()), twoRuns());
  ASSERT_TRUE(bool(report)) << report.error().text();
  // A name from a file may be anything.
  report->kernels[0].cost.layer = "a\"\n\xff";
  report->flushedWeights = 3;
  llvm::json::Value json = llvm::cantFail(llvm::json::parse(toJson(*report)));
  EXPECT_EQ(json.getAsObject()->getArray("kernels")->size(),
            report->kernels.size());
  EXPECT_EQ(json.getAsObject()->getInteger("flushed_weights"), 3);
  json = llvm::cantFail(llvm::json::parse(toChromeTrace(*report)));
  int complete = 0;
  for (const llvm::json::Value &event :
       *json.getAsObject()->getArray("traceEvents"))
    if (event.getAsObject()->getString("ph") == "X") {
      ++complete;
      EXPECT_TRUE(event.getAsObject()->getNumber("dur").has_value());
    }
  EXPECT_EQ(complete, static_cast<int>(report->trace.size()));
}

// 6 and 2 GFLOP in a second each, where two threads could do 10; the linear
// layer and the batch of two do not mislead.
TEST(Bench, ConvolutionsAreSetAgainstThePeak) {
  BenchReport report;
  report.threads = 2;
  report.images = 2;
  report.corePeak = 5e9;
  EXPECT_FALSE(summarizeConvolutions(report).has_value());
  auto add = [&](const char *layer, const char *kind, int64_t flops) {
    KernelCost cost;
    cost.layer = layer;
    cost.kind = kind;
    cost.executedFlops = flops;
    report.kernels.push_back({cost, /*seconds=*/1});
  };
  add("linear", "contraction", 1000);
  EXPECT_FALSE(summarizeConvolutions(report).has_value());
  add("a", "convolution", 3000000000);
  add("b", "winograd", 1000000000);
  std::optional<ConvolutionShares> shares = summarizeConvolutions(report);
  ASSERT_TRUE(shares.has_value());
  EXPECT_DOUBLE_EQ(shares->byWork, (6 * 0.6 + 2 * 0.2) / 8);
  EXPECT_DOUBLE_EQ(shares->inAll, 0.4);
  EXPECT_DOUBLE_EQ(shares->least, 0.2);
  EXPECT_EQ(shares->leastLayer, "b");
  report.corePeak = 0;
  EXPECT_FALSE(summarizeConvolutions(report).has_value());
}

TEST(Bench, PeakIsOfThisMachineOrRefused) {
  Result<double> native = measureFmaPeak({});
  ASSERT_TRUE(bool(native)) << native.error().text();
  EXPECT_GT(*native, 0);
  TargetOptions other;
#if defined(__x86_64__)
  other.triple = "aarch64-linux-gnu";
#else
  other.triple = "x86_64-linux-gnu";
#endif
  other.cpu = "generic";
  EXPECT_EQ(measureFmaPeak(other).error().code, ErrorCode::UnsupportedTarget);
}
