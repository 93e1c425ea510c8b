//===- CheckNet.cpp - Compiles, runs and compares one net ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckNet.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace kiln::test {

static Verdict failAt(const std::string &stage, const Error &error) {
  return {stage + " " + errorLabel(error.code), error.text()};
}

/// Compares `outputs` of `what`; fills in the greatest error.
static Verdict compare(const Expectation &expectation,
                       const std::vector<HostTensor> &outputs,
                       const std::string &what) {
  Verdict verdict;
  size_t worstOutput = 0;
  for (size_t i = 0; i < expectation.outputs.size(); ++i) {
    double error = errorInDeviations(expectation, i, outputs[i]);
    if (error > verdict.worst) {
      verdict.worst = error;
      worstOutput = i;
    }
  }
  if (verdict.worst <= kAllowance)
    return verdict;
  verdict.failure = what + " differs";
  verdict.details =
      llvm::formatv(
          "output {0} is {1:f1} deviations off, of which each is {2:e}",
          worstOutput, verdict.worst, expectation.deviations[worstOutput])
          .str();
  return verdict;
}

/// The net as it stands after `phase`, by the interpreter.
static Verdict checkPhase(Net &net, Phase phase,
                          const Expectation &expectation) {
  std::string name(phaseName(phase));
  if (Result<void> advanced = net.advance(phase); !advanced)
    return failAt(name, advanced.error());
  auto outputs = net.interpret(expectation.inputs);
  if (!outputs)
    return failAt("interpreting after " + name, outputs.error());
  return compare(expectation, *outputs, "the net after " + name);
}

Verdict checkNet(Session &session, const std::string &path,
                 const Expectation &expectation, const CheckOptions &options) {
  CompileOptions compileOptions;
  compileOptions.fold = options.fold;
  compileOptions.target.features = options.features;
  Result<Net> net = session.load(path, compileOptions);
  if (!net)
    return failAt("load", net.error());
  for (Phase phase : {Phase::Fold, Phase::Fuse}) {
    Verdict verdict = checkPhase(*net, phase, expectation);
    if (!verdict.failure.empty())
      return verdict;
  }
  Result<Artifact> artifact = net->compile();
  if (!artifact)
    return failAt("compile", artifact.error());
  auto loaded = artifact->load();
  if (!loaded)
    return failAt("link", loaded.error());
  auto outputs = (*loaded)->run(expectation.inputs);
  if (!outputs)
    return failAt("run", outputs.error());
  return compare(expectation, *outputs, "compiled code");
}

} // namespace kiln::test
