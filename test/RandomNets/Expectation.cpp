//===- Expectation.cpp - What a net must compute, and how nearly ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expectation.h"

#include "Random.h"
#include "kiln/Dialect/NN/Utils/Constants.h"
#include "kiln/Dialect/NN/Utils/ElementTypes.h"
#include "kiln/Reference/Interpreter.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir;

namespace kiln::test {

using reference::Tensor;

static constexpr int64_t kSamples = 6;

static FailureOr<std::vector<HostTensor>> makeInputs(func::FuncOp net) {
  Random random(/*seed=*/1);
  std::vector<HostTensor> inputs;
  for (Type type : net.getArgumentTypes()) {
    auto tensor = cast<RankedTensorType>(type);
    std::optional<ElementType> element =
        nn::toElementType(tensor.getElementType());
    if (!element || !tensor.hasStaticShape())
      return net.emitError("an input of type ") << type << " is not supported";
    std::vector<double> values(tensor.getNumElements());
    for (double &value : values)
      value = random.uniform(-2, 2);
    inputs.push_back(
        HostTensor::fromDoubles(*element, tensor.getShape().vec(), values));
  }
  return inputs;
}

static double magnitudeOf(const Tensor &tensor) {
  double greatest = 0;
  for (double value : tensor.data) {
    if (std::isnan(value))
      return std::numeric_limits<double>::infinity();
    greatest = std::max(greatest, std::abs(value));
  }
  return greatest;
}

/// True for operations whose results hold elements of their operands, or a
/// constant, as they are.
static bool onlyMoves(Operation *op) {
  return isa<tensor::TensorDialect>(op->getDialect()) ||
         isa<linalg::TransposeOp, linalg::FillOp>(op);
}

/// The model of the header comment.
static void perturb(Tensor &tensor, Type type, Random &random) {
  Type element = getElementTypeOrSelf(type);
  if (!isa<FloatType>(element) || tensor.data.empty())
    return;
  double squares = 0;
  for (double value : tensor.data)
    squares += value * value;
  double rms = std::sqrt(squares / static_cast<double>(tensor.size()));
  double unit = nn::unitRoundoff(element);
  double least = nn::smallestSubnormal(element);
  for (double &value : tensor.data)
    value += random.uniform(-1, 1) * (unit * (std::abs(value) + rms) + least);
}

static FailureOr<std::vector<Tensor>>
runPerturbed(func::FuncOp net, std::vector<Tensor> inputs, uint64_t sample) {
  Random random(sample + 1);
  for (auto [input, type] : llvm::zip_equal(inputs, net.getArgumentTypes()))
    perturb(input, type, random);
  auto observer = [&](Operation *op, MutableArrayRef<Tensor> results) {
    if (onlyMoves(op))
      return;
    for (auto [tensor, type] : llvm::zip_equal(results, op->getResultTypes()))
      perturb(tensor, type, random);
  };
  return reference::interpret(net, inputs, observer);
}

static double furthest(const Tensor &a, const Tensor &b) {
  double distance = 0;
  for (auto [x, y] : llvm::zip_equal(a.data, b.data))
    distance = std::max(distance, std::isnan(x - y)
                                      ? std::numeric_limits<double>::infinity()
                                      : std::abs(x - y));
  return distance;
}

/// Beyond this, sums over some terms may leave the type's range.
static double rangeOf(Type element) { return element.isF16() ? 1e3 : 1e4; }

/// How much of an output's spread its tolerance may be, by the narrowest
/// element type in the net.
static double mostTolerance(func::FuncOp net) {
  double most = 1e-3;
  net.walk([&](Operation *op) {
    for (Type type : op->getResultTypes()) {
      Type element = getElementTypeOrSelf(type);
      most = std::max(most, element.isBF16() ? 0.3 : element.isF16() ? 0.1 : 0);
    }
  });
  return most;
}

static std::string objectionTo(const Tensor &output, double tolerance,
                               double mostTolerance) {
  if (output.data.empty())
    return "an output is empty";
  auto [least, greatest] =
      std::minmax_element(output.data.begin(), output.data.end());
  double spread =
      output.size() == 1 ? std::abs(output.data[0]) : *greatest - *least;
  if (spread <= 1e-2 * magnitudeOf(output))
    return "an output is the same everywhere";
  if (tolerance > mostTolerance * spread)
    return "an output is ill-conditioned";
  return "";
}

FailureOr<Expectation> expect(func::FuncOp net) {
  Expectation result;
  FailureOr<std::vector<HostTensor>> inputs = makeInputs(net);
  if (failed(inputs))
    return failure();
  result.inputs = std::move(*inputs);
  std::vector<Tensor> arguments;
  for (const HostTensor &input : result.inputs)
    arguments.push_back(reference::fromHost(input));

  auto observer = [&](Operation *op, MutableArrayRef<Tensor> results) {
    for (auto [tensor, type] : llvm::zip_equal(results, op->getResultTypes()))
      if (!isa<linalg::FillOp, tensor::EmptyOp>(op) &&
          !(magnitudeOf(tensor) <= rangeOf(getElementTypeOrSelf(type))))
        result.objection = "a value is near the end of its type's range";
  };
  auto outputs = reference::interpret(net, arguments, observer);
  if (failed(outputs))
    return failure();
  result.outputs = std::move(*outputs);
  result.deviations.assign(result.outputs.size(), 0);
  for (int64_t sample = 0; sample < kSamples; ++sample) {
    auto moved = runPerturbed(net, arguments, sample);
    if (failed(moved))
      return failure();
    for (size_t i = 0; i < moved->size(); ++i)
      result.deviations[i] = std::max(result.deviations[i],
                                      furthest((*moved)[i], result.outputs[i]));
  }
  for (size_t i = 0; i < result.outputs.size() && result.objection.empty(); ++i)
    result.objection =
        objectionTo(result.outputs[i], kAllowance * result.deviations[i],
                    mostTolerance(net));
  return result;
}

double errorInDeviations(const Expectation &expectation, size_t index,
                         const HostTensor &actual) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Tensor &expected = expectation.outputs[index];
  if (actual.shape != expected.shape)
    return kInfinity;
  double error = furthest({actual.shape, actual.toDoubles()}, expected);
  double deviation = expectation.deviations[index];
  if (error == 0)
    return 0;
  return deviation > 0 && std::isfinite(deviation) ? error / deviation
                                                   : kInfinity;
}

} // namespace kiln::test
