//===- RunCommand.cpp - kiln run ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "CommonFlags.h"
#include "TensorArguments.h"
#include "kiln/Compiler/TensorFiles.h"
#include "kiln/Support/Compare.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>

namespace kiln::driver {

namespace {
struct RunFlags {
  CommonFlags common;
  std::vector<std::string> inputs, outputs, expected;
  double rtol = 1e-4, atol = 1e-5;
  bool interpret = false;
  std::string interpretAfter = "mode";
  RunOptions run;
};

using Tensors = std::vector<HostTensor>;

/// Reads the files before the net, whose open dimensions may take the shapes
/// of the inputs that are given by name.
Result<Tensors> readFiles(const std::vector<TensorArgument> &arguments) {
  Tensors tensors;
  for (const TensorArgument &argument : arguments) {
    Result<HostTensor> tensor = readTensor(argument.path);
    if (!tensor)
      return tensor.error();
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

std::vector<Shapes *> shapeSets(CompileOptions &options) {
  std::vector<Shapes *> sets = {&options.shapes};
  for (Shapes &further : options.furtherShapes)
    sets.push_back(&further);
  return sets;
}

void addShapesOfInputs(CompileOptions &options,
                       const std::vector<TensorArgument> &arguments,
                       const Tensors &tensors) {
  for (size_t i = 0; i < arguments.size(); ++i)
    if (!arguments[i].name.empty())
      for (Shapes *shapes : shapeSets(options))
        shapes->emplace(arguments[i].name, tensors[i].shape);
}

/// The interpreter takes the batch as it is: it runs the net of the inputs'
/// own shapes, and so checks what walking over the images gives.
void closeShapes(CompileOptions &options,
                 const std::vector<TensorArgument> &arguments,
                 const Tensors &tensors) {
  options.furtherShapes.clear();
  for (size_t i = 0; i < arguments.size(); ++i)
    if (auto given = options.shapes.find(arguments[i].name);
        given != options.shapes.end())
      given->second = tensors[i].shape;
}

/// The tensors in the net's order, or an error naming what is missing.
Result<Tensors> orderInputs(const NetInterface &interface,
                            const std::vector<TensorArgument> &arguments,
                            const Tensors &tensors) {
  Result<std::vector<std::string>> files =
      assignFiles("--input", arguments, interface.inputs);
  if (!files)
    return files.error();
  Tensors ordered;
  for (size_t i = 0; i < interface.inputs.size(); ++i) {
    const TensorInterface &input = interface.inputs[i];
    if ((*files)[i].empty())
      return Error{ErrorCode::BadInput,
                   "input '" + printable(input.name) + "' (" +
                       std::string(elementTypeName(input.type)) + ", " +
                       shapeText(input.shape) + ") is missing; give --input=" +
                       printable(input.name) + "=@file.npy"};
    for (size_t j = 0; j < arguments.size(); ++j)
      if (arguments[j].path == (*files)[i]) {
        ordered.push_back(tensors[j]);
        break;
      }
  }
  return ordered;
}

/// Errors of the compiler have been printed by the session's handler; those of
/// the loaded net are printed here.
Result<Tensors> execute(const RunFlags &flags, Net &net,
                        const Tensors &inputs) {
  if (flags.interpret) {
    if (Result<void> advanced = net.advance(*parsePhase(flags.interpretAfter));
        !advanced)
      return advanced.error();
    return net.interpret(inputs);
  }
  Result<Artifact> artifact = net.compile();
  if (!artifact)
    return artifact.error();
  Result<std::unique_ptr<LoadedNet>> loaded = artifact->load(flags.run);
  if (!loaded) {
    (void)reportError(loaded.error());
    return loaded.error();
  }
  Result<Tensors> results = (*loaded)->run(inputs);
  if (!results)
    (void)reportError(results.error());
  return results;
}

void printOutput(const TensorInterface &output, const HostTensor &tensor) {
  constexpr size_t kShown = 10;
  std::vector<double> values = tensor.toDoubles();
  std::cout << printable(output.name) << "  " << elementTypeName(tensor.type)
            << "  " << shapeText(tensor.shape) << "  [";
  for (size_t i = 0; i < std::min(values.size(), kShown); ++i)
    std::cout << (i == 0 ? "" : ", ") << values[i];
  std::cout << (values.size() > kShown ? ", ...]\n" : "]\n");
}

std::string numberText(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

/// Prints the differences; 0, 3 where they exceed the tolerance, or 1.
int compareOutput(const RunFlags &flags, const TensorInterface &output,
                  const HostTensor &actual, const std::string &file) {
  Result<HostTensor> expected = readTensor(file);
  if (!expected)
    return reportError(expected.error());
  if (expected->shape != actual.shape)
    return reportError(
        {ErrorCode::BadInput, "--expected-output: '" + printable(output.name) +
                                  "' has shape " + shapeText(actual.shape) +
                                  ", " + printable(file) + " has " +
                                  shapeText(expected->shape)});
  Difference difference =
      compareElements(actual.toDoubles(), expected->toDoubles(), output.type,
                      flags.rtol, flags.atol);
  std::cout << printable(output.name) << ": max abs " << difference.maxAbs
            << ", max rel " << difference.maxRel << ", max ULP "
            << difference.maxUlp << ", greatest expected "
            << difference.maxExpected << '\n';
  if (difference.outside == 0)
    return 0;
  return reportError(
      {ErrorCode::NumbersDiffer,
       "'" + printable(output.name) +
           "': " + std::to_string(difference.outside) + " of " +
           std::to_string(actual.size()) + " elements differ by more than " +
           numberText(flags.atol) + " + " + numberText(flags.rtol) +
           " * |expected|; the greatest difference is at element " +
           std::to_string(difference.worstIndex)});
}

int finish(const RunFlags &flags, const NetInterface &interface,
           const Tensors &results, const std::vector<std::string> &outputFiles,
           const std::vector<std::string> &expectedFiles) {
  int code = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    if (!outputFiles[i].empty()) {
      Result<void> written = writeTensor(outputFiles[i], results[i]);
      if (!written)
        return reportError(written.error());
    }
    if (!expectedFiles[i].empty())
      code = std::max(code, compareOutput(flags, interface.outputs[i],
                                          results[i], expectedFiles[i]));
    else if (outputFiles[i].empty())
      printOutput(interface.outputs[i], results[i]);
  }
  return code;
}

/// File names of --output or --expected-output in the net's order.
Result<std::vector<std::string>>
outputFiles(const std::string &flag, const std::vector<std::string> &texts,
            const NetInterface &interface) {
  Result<std::vector<TensorArgument>> arguments =
      parseTensorArguments(flag, texts);
  if (!arguments)
    return arguments.error();
  return assignFiles(flag, *arguments, interface.outputs);
}

int runNet(const RunFlags &flags) {
  Result<CompileOptions> options = flags.common.toOptions();
  if (!options)
    return reportError(options.error());
  Result<std::vector<TensorArgument>> arguments =
      parseTensorArguments("--input", flags.inputs);
  if (!arguments)
    return reportError(arguments.error());
  Result<Tensors> tensors = readFiles(*arguments);
  if (!tensors)
    return reportError(tensors.error());
  addShapesOfInputs(*options, *arguments, *tensors);
  if (flags.interpret &&
      (!options->furtherShapes.empty() ||
       std::ranges::any_of(options->shapes, [](const auto &shape) {
         return std::ranges::count(shape.second, kOpenBatch) != 0;
       })))
    closeShapes(*options, *arguments, *tensors);

  Progress progress(*options, flags.common.timing);
  Session session;
  printDiagnostics(session);
  Result<Net> net = session.load(flags.common.input, *options);
  if (!net)
    return exitCode(net.error());
  NetInterface interface = net->interface();
  Result<Tensors> inputs = orderInputs(interface, *arguments, *tensors);
  if (!inputs)
    return reportError(inputs.error());
  Result<std::vector<std::string>> written =
      outputFiles("--output", flags.outputs, interface);
  if (!written)
    return reportError(written.error());
  Result<std::vector<std::string>> expected =
      outputFiles("--expected-output", flags.expected, interface);
  if (!expected)
    return reportError(expected.error());

  Result<Tensors> results = execute(flags, *net, *inputs);
  if (!results)
    return exitCode(results.error());
  return finish(flags, interface, *results, *written, *expected);
}
} // namespace

void addRunCommand(CLI::App &app, Action &run) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App *command = app.add_subcommand(
      "run", "Compile a net in memory and run it on tensors from files");
  flags->common.addNetFlags(*command);
  flags->common.addTargetFlags(*command);
  auto addTensors = [&](const char *name, std::vector<std::string> &texts,
                        const char *help) {
    command->add_option(name, texts, help)
        ->type_name("NAME=@FILE")
        ->delimiter('\0')
        ->allow_extra_args(false);
  };
  addTensors("--input", flags->inputs,
             "An input: .npy, .npz:member or an ONNX tensor .pb. Dimensions "
             "that the net leaves open are taken from it");
  addTensors("--output", flags->outputs, "Where to write an output (.npy)");
  addTensors("--expected-output", flags->expected,
             "Compare an output with a file; exit code 3 if they differ");
  command
      ->add_option("--rtol", flags->rtol, "Relative tolerance of a comparison")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--atol", flags->atol, "Absolute tolerance of a comparison")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--interpret", flags->interpret,
                    "Run the reference interpreter in f64 instead of compiled "
                    "code; outputs are f64");
  command
      ->add_option("--interpret-after", flags->interpretAfter,
                   "The phase whose IR is interpreted")
      ->check(CLI::IsMember({"import", "mode", "fold", "fuse"}))
      ->capture_default_str();
  command
      ->add_option("--threads", flags->run.threads,
                   "Threads that the net runs on; 0: one for each core that "
                   "this process may use")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->callback(
      [flags, &run] { run = [flags] { return runNet(*flags); }; });
}

} // namespace kiln::driver
