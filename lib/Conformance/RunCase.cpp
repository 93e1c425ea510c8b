//===- RunCase.cpp - Running one conformance case ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Conformance/RunCase.h"

#include "kiln/Compiler/Compiler.h"
#include "kiln/Compiler/TensorFiles.h"
#include "kiln/Support/Names.h"

#include <filesystem>

namespace kiln::conformance {

namespace {
using Tensors = std::vector<HostTensor>;

/// What stops a case; a refusal is an error of the compiler that says so.
struct Stop {
  Outcome outcome;
  Error error;
};

class CaseRun {
public:
  CaseRun(const std::string &dataFolder, const Case &entry)
      : folder(std::filesystem::path(dataFolder) / entry.folder), entry(entry) {
  }

  std::optional<Stop> run();

private:
  std::optional<Stop> runDataSet(const std::filesystem::path &set);
  std::optional<Stop> compileNet(const std::filesystem::path &set,
                                 Tensors &inputs, Tensors &reference,
                                 std::optional<Artifact> &artifact);
  std::optional<Stop> readInputs(const std::filesystem::path &set,
                                 const NetInterface &net,
                                 Tensors &inputs) const;
  std::optional<Stop> check(const std::filesystem::path &set,
                            const NetInterface &net, const Tensors &results,
                            const Tensors &reference) const;
  Stop compilerError(const Error &error) const;

  static Stop fail(const Error &error) { return {Outcome::Failed, error}; }
  static std::string file(const std::filesystem::path &set, const char *kind,
                          size_t number) {
    return set / (kind + std::to_string(number) + ".pb");
  }

  std::filesystem::path folder;
  const Case &entry;
  /// First error that the session's handler has seen, in full.
  std::optional<Diagnostic> diagnostic;
};
} // namespace

/// The diagnostic's text on one line, without the heading of a list of one.
static std::string oneLine(const std::string &message) {
  std::string text;
  for (char c : message)
    if (c != '\n')
      text += c;
    else if (!text.empty() && text.back() == ':')
      text += ' ';
    else
      text += "; ";
  for (size_t place = 0;
       (place = text.find("   ", place)) != std::string::npos;)
    text.replace(place, 3, " ");
  constexpr std::string_view kHeading = "1 operator is not supported: ";
  return text.starts_with(kHeading) ? text.substr(kHeading.size()) : text;
}

Stop CaseRun::compilerError(const Error &error) const {
  Error full = error;
  if (diagnostic && diagnostic->code)
    full = {*diagnostic->code, oneLine(diagnostic->message)};
  constexpr int kUnsupported = 4;
  bool isRefusal = errorInfo(full.code).exitCode == kUnsupported;
  return {isRefusal ? Outcome::Refused : Outcome::Failed, full};
}

/// numpy has no bf16: the cases' files state its bits as u16.
static void restoreBFloat(HostTensor &tensor, ElementType wanted) {
  if (tensor.type == ElementType::U16 && wanted == ElementType::BF16)
    tensor.type = ElementType::BF16;
}

std::optional<Stop> CaseRun::readInputs(const std::filesystem::path &set,
                                        const NetInterface &net,
                                        Tensors &inputs) const {
  for (size_t i = 0; inputs.size() < net.inputs.size(); ++i) {
    if (entry.bound.contains(i))
      continue;
    Result<HostTensor> tensor = readTensor(file(set, "input_", i));
    if (!tensor)
      return fail(tensor.error());
    restoreBFloat(*tensor, net.inputs[inputs.size()].type);
    inputs.push_back(std::move(*tensor));
  }
  return std::nullopt;
}

std::optional<Stop> CaseRun::compileNet(const std::filesystem::path &set,
                                        Tensors &inputs, Tensors &reference,
                                        std::optional<Artifact> &artifact) {
  CompileOptions options;
  for (const auto &[index, name] : entry.bound) {
    Result<HostTensor> tensor = readTensor(file(set, "input_", index));
    if (!tensor)
      return fail(tensor.error());
    options.constants.emplace(name, std::move(*tensor));
  }
  Session session;
  session.setDiagnosticHandler([&](const Diagnostic &seen) {
    if (seen.severity == Severity::Error && !diagnostic)
      diagnostic = seen;
  });
  Result<Net> net = session.load(folder / "model.onnx", options);
  if (!net)
    return compilerError(net.error());
  if (std::optional<Stop> stop = readInputs(set, net->interface(), inputs))
    return stop;
  Result<Tensors> interpreted = net->interpret(inputs);
  if (!interpreted)
    return fail({interpreted.error().code,
                 "the interpreter: " + interpreted.error().message});
  reference = std::move(*interpreted);
  Result<Artifact> compiled = net->compile();
  if (!compiled)
    return compilerError(compiled.error());
  artifact = std::move(*compiled);
  return std::nullopt;
}

std::optional<Stop> CaseRun::check(const std::filesystem::path &set,
                                   const NetInterface &net,
                                   const Tensors &results,
                                   const Tensors &reference) const {
  if (std::filesystem::exists(file(set, "output_", results.size())))
    return fail(
        {ErrorCode::BadInput, "the case has more outputs than the net"});
  for (size_t i = 0; i < results.size(); ++i) {
    auto differs = [&](const char *from, const std::string &how) {
      return fail(
          {ErrorCode::NumbersDiffer, set.filename().string() + ": output '" +
                                         escapeName(net.outputs[i].name) +
                                         "', against " + from + ": " + how});
    };
    Result<HostTensor> expected = readTensor(file(set, "output_", i));
    if (!expected)
      return fail(expected.error());
    restoreBFloat(*expected, results[i].type);
    if (auto wrong = compareOutput(results[i], *expected, kBackendTolerance))
      return differs("the case", *wrong);
    ElementType type = results[i].type;
    HostTensor exact = HostTensor::fromDoubles(type, reference[i].shape,
                                               reference[i].toDoubles());
    if (auto wrong =
            compareOutput(results[i], exact, interpreterTolerance(type)))
      return differs("the interpreter", *wrong);
  }
  return std::nullopt;
}

std::optional<Stop> CaseRun::runDataSet(const std::filesystem::path &set) {
  Tensors inputs, reference;
  std::optional<Artifact> artifact;
  if (std::optional<Stop> stop = compileNet(set, inputs, reference, artifact))
    return stop;
  Result<std::unique_ptr<LoadedNet>> loaded = artifact->load();
  if (!loaded)
    return fail(loaded.error());
  Result<Tensors> results = (*loaded)->run(inputs);
  if (!results)
    return fail(results.error());
  return check(set, artifact->interface(), *results, reference);
}

std::optional<Stop> CaseRun::run() {
  for (size_t i = 0;; ++i) {
    std::filesystem::path set = folder / ("test_data_set_" + std::to_string(i));
    if (i > 0 && !std::filesystem::exists(set))
      return std::nullopt;
    if (!std::filesystem::exists(set))
      return fail({ErrorCode::FileUnreadable, set.string() + ": is absent"});
    if (std::optional<Stop> stop = runDataSet(set))
      return stop;
  }
}

CaseResult runCase(const std::string &dataFolder, const Case &entry) {
  if (std::optional<Stop> stop = CaseRun(dataFolder, entry).run())
    return {stop->outcome, std::move(stop->error)};
  return {Outcome::Passed, {}};
}

} // namespace kiln::conformance
