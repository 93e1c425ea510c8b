//===- ProbedNetTest.cpp - Nets whose batch normalisations are switched ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/ProbedNet.h"

#include "TwoNorms.h"

#include <cmath>
#include <fstream>

using namespace kiln;
using namespace kiln::test;

namespace {

/// With means of 0 and with means a hundred deviations away.
class ProbedNetTest : public FolderTest {
protected:
  std::string write(double bias) const {
    std::ofstream(path("net.mlir")) << twoNorms(bias);
    return path("net.mlir");
  }

  ProbedNet load(const std::string &file) {
    Result<ProbedNet> net = ProbedNet::load(session, file, {});
    if (!net)
      throw std::runtime_error(net.error().text());
    return std::move(*net);
  }

  /// The ordinary net by the interpreter, in `mode`.
  HostTensor oracle(const std::string &file, Mode mode) {
    CompileOptions options;
    options.mode = mode;
    Result<Net> net = session.load(file, options);
    EXPECT_TRUE(bool(net));
    EXPECT_TRUE(bool(net->advance(Phase::Mode)));
    Result<std::vector<HostTensor>> outputs = net->interpret({image});
    EXPECT_TRUE(bool(outputs));
    return outputs->front();
  }

  Session session;
  HostTensor image = pattern({kImages, 2, 7, 5}, 3);
};

/// `tolerance` is relative to the greatest element.
void expectNear(const std::vector<double> &actual,
                const std::vector<double> &expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  double greatest = 0;
  for (double value : expected)
    greatest = std::max(greatest, std::abs(value));
  ASSERT_GT(greatest, 0);
  for (size_t i = 0; i < actual.size(); ++i)
    EXPECT_NEAR(actual[i], expected[i], tolerance * greatest)
        << "element " << i;
}

void expectNear(const HostTensor &actual, const HostTensor &expected,
                double tolerance) {
  EXPECT_EQ(actual.shape, expected.shape);
  expectNear(actual.toDoubles(), expected.toDoubles(), tolerance);
}

/// The convolution before the first BN rounds its results, of the size of the
/// bias, to f32.
double toleranceFor(double bias) { return 2e-6 * (1 + bias); }

} // namespace

TEST_F(ProbedNetTest, DescribesItsLayers) {
  ProbedNet net = load(write(0));
  ASSERT_EQ(net.layers().size(), 2u);
  const NormLayer &first = net.layers()[0], &second = net.layers()[1];
  EXPECT_EQ(first.name, "first");
  EXPECT_EQ(first.channels, 5);
  EXPECT_EQ(first.elements, 35);
  EXPECT_TRUE(first.tracks);
  EXPECT_FALSE(first.isTraining);
  EXPECT_EQ(first.epsilon, 1e-3);
  EXPECT_EQ(first.scale, (std::vector<double>{1.5, -0.75, 0.5, -2, 0.25}));
  EXPECT_EQ(first.runningVariance, (std::vector<double>{7, 3, 11, 2.5, 19}));
  EXPECT_EQ(second.name, "second");
  EXPECT_TRUE(second.isTraining);
  EXPECT_TRUE(second.tracks);
  EXPECT_EQ(second.momentum, 0.25);
  EXPECT_EQ(second.runningMean, (std::vector<double>{0.5, -0.25, 1}));
  EXPECT_EQ(net.batch(), kImages);
}

TEST_F(ProbedNetTest, AllEvalIsTheOrdinaryNet) {
  for (double bias : {0.0, 100.0}) {
    SCOPED_TRACE(bias);
    std::string file = write(bias);
    ProbedNet net = load(file);
    ASSERT_TRUE(bool(net.compile()));
    Result<ProbedRun> run = net.run({image}, net.allEval());
    ASSERT_TRUE(bool(run));
    ASSERT_EQ(run->outputs.size(), 1u);
    expectNear(run->outputs[0], oracle(file, Mode::Eval), toleranceFor(bias));
  }
}

TEST_F(ProbedNetTest, AllBatchIsTheNetInTrainingMode) {
  for (double bias : {0.0, 100.0}) {
    SCOPED_TRACE(bias);
    std::string file = write(bias);
    ProbedNet net = load(file);
    ASSERT_TRUE(bool(net.compile()));
    Result<ProbedRun> run = net.run({image}, net.allBatch());
    ASSERT_TRUE(bool(run));
    expectNear(run->outputs[0], oracle(file, Mode::Train), toleranceFor(bias));
  }
}

TEST_F(ProbedNetTest, OneLayerSwitchedIsWhatTheInterpreterGives) {
  for (size_t layer : {0, 1}) {
    SCOPED_TRACE(layer);
    std::string file = write(5);
    ProbedNet compiled = load(file), interpreted = load(file);
    ASSERT_TRUE(bool(compiled.compile()));
    std::vector<LayerSetting> settings = compiled.allEval();
    settings[layer].useBatch = true;
    Result<ProbedRun> run = compiled.run({image}, settings);
    Result<ProbedRun> expected = interpreted.interpret({image}, settings);
    ASSERT_TRUE(bool(run));
    ASSERT_TRUE(bool(expected));
    expectNear(run->outputs[0], expected->outputs[0], toleranceFor(5));
    // The switch must matter, or the comparison proves nothing.
    Result<ProbedRun> unswitched = compiled.run({image}, compiled.allEval());
    ASSERT_TRUE(bool(unswitched));
    EXPECT_GT(std::abs(unswitched->outputs[0].toDoubles()[4] -
                       run->outputs[0].toDoubles()[4]),
              1e-2);
  }
}

TEST_F(ProbedNetTest, StatisticsGivenAreUsed) {
  std::string file = write(5);
  ProbedNet compiled = load(file), interpreted = load(file);
  ASSERT_TRUE(bool(compiled.compile()));
  std::vector<LayerSetting> settings = compiled.allEval();
  settings[0].mean = {4, 6, 2.5, 5, 5.25};
  settings[1].variance = {0.5, 9, 3};
  Result<ProbedRun> run = compiled.run({image}, settings);
  Result<ProbedRun> expected = interpreted.interpret({image}, settings);
  ASSERT_TRUE(bool(run));
  ASSERT_TRUE(bool(expected));
  expectNear(run->outputs[0], expected->outputs[0], toleranceFor(5));
  settings[1].mean.pop_back();
  EXPECT_FALSE(bool(compiled.run({image}, settings)));
}

/// Moments of what enters the first BN, in f64, from the weights as stored.
TEST_F(ProbedNetTest, ImageMomentsAreThoseOfF64) {
  for (double bias : {0.0, 1000.0}) {
    SCOPED_TRACE(bias);
    std::string file = write(bias);
    ProbedNet compiled = load(file), interpreted = load(file);
    ASSERT_TRUE(bool(compiled.compile()));
    Result<ProbedRun> run = compiled.run({image}, compiled.allEval());
    Result<ProbedRun> exact =
        interpreted.interpret({image}, compiled.allEval());
    ASSERT_TRUE(bool(run));
    ASSERT_TRUE(bool(exact));
    const ImageMoments &actual = run->layers[0], &expected = exact->layers[0];
    ASSERT_EQ(imageCount(actual, 5), static_cast<size_t>(kImages));
    EXPECT_EQ(actual.count, 35);
    expectNear(actual.mean, expected.mean, 1e-6);
    expectNear(actual.m2, expected.m2, bias == 0 ? 1e-5 : 1e-3);
  }
}

TEST_F(ProbedNetTest, MomentsFollowTheModeOfEarlierLayers) {
  ProbedNet net = load(write(0));
  ASSERT_TRUE(bool(net.compile()));
  Result<ProbedRun> eval = net.run({image}, net.allEval());
  Result<ProbedRun> batch = net.run({image}, net.allBatch());
  ASSERT_TRUE(bool(eval));
  ASSERT_TRUE(bool(batch));
  EXPECT_EQ(eval->layers[0].mean, batch->layers[0].mean);
  EXPECT_GT(std::abs(eval->layers[1].mean[0] - batch->layers[1].mean[0]), 1e-3);
}

/// As exporters write weight standardisation: the batch is the weights.
TEST_F(ProbedNetTest, ANormalisationOfConstantsIsNoLayer) {
  std::ofstream(path("net.mlir")) << R"(
func.func @net(%x: tensor<3x2xf32> {nn.name = "image"})
    -> (tensor<3x2xf32> {nn.name = "y"}) {
  %w = arith.constant dense<[[1.0, 2.0], [3.0, 5.0], [4.0, -1.0]]> : tensor<3x2xf32>
  %s = arith.constant dense<1.0> : tensor<2xf32>
  %o = arith.constant dense<0.0> : tensor<2xf32>
  %c = nn.batch_norm_inference %w, %s, %o, %o, %s {epsilon = 1.0e-03 : f64}
    : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
    -> tensor<3x2xf32> loc("weights")
  %n = nn.batch_norm_inference %x, %s, %o, %o, %s {epsilon = 1.0e-03 : f64}
    : (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
    -> tensor<3x2xf32> loc("data")
  %e = tensor.empty() : tensor<3x2xf32>
  %y = linalg.add ins(%c, %n : tensor<3x2xf32>, tensor<3x2xf32>)
    outs(%e : tensor<3x2xf32>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
})";
  ProbedNet net = load(path("net.mlir"));
  ASSERT_EQ(net.layers().size(), 1u);
  EXPECT_EQ(net.layers()[0].name, "data");
  ASSERT_TRUE(bool(net.compile()));
  EXPECT_TRUE(bool(net.run({pattern({3, 2}, 3)}, net.allBatch())));
}
