//===- torch_runner.cpp - PyTorch from C++ --------------------------------===//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Option kind: "frozen", a frozen TorchScript file; or "compiled", what
// TorchInductor (torch.compile's back end) compiled ahead of time (.pt2).
// Outputs are copied to the job's memory only for a check: the contender's own
// tensors, made dense in NCHW where they are not, are the end of a run.
//
//===----------------------------------------------------------------------===//
#include "harness.h"

#include <ATen/Parallel.h>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <torch/csrc/inductor/aoti_package/model_package_loader.h>
#include <torch/script.h>
#include <vector>

namespace {

struct Net {
  const job *Job = nullptr;
  c10::InferenceMode Mode;
  torch::jit::Module Frozen;
  std::unique_ptr<torch::inductor::AOTIModelPackageLoader> Compiled;
  std::vector<at::Tensor> Inputs;
};

std::vector<at::Tensor> flatten(const c10::IValue &Value) {
  if (Value.isTensor())
    return {Value.toTensor()};
  std::vector<at::Tensor> Tensors;
  if (Value.isTensorList()) {
    for (const at::Tensor &Each : Value.toTensorList())
      Tensors.push_back(Each);
    return Tensors;
  }
  for (const c10::IValue &Each : Value.toTuple()->elements())
    Tensors.push_back(Each.toTensor());
  return Tensors;
}

torch::jit::Module loadFrozen(const char *Path) {
  torch::jit::Module Module = torch::jit::load(Path);
  Module.eval();
  return torch::jit::optimize_for_inference(Module);
}

void *create(const job *Job) try {
  at::set_num_threads(Job->threads);
  at::set_num_interop_threads(1);
  at::globalContext().setFlushDenormal(Job->flush != 0);
  auto Made = std::make_unique<Net>();
  Made->Job = Job;
  for (int I = 0; I < Job->num_inputs; ++I)
    Made->Inputs.push_back(torch::from_blob(
        Job->inputs[I].data,
        at::IntArrayRef(Job->inputs[I].dims, size_t(Job->inputs[I].rank))));
  if (std::string(job_option(Job, "kind", "frozen")) == "compiled")
    Made->Compiled = std::make_unique<torch::inductor::AOTIModelPackageLoader>(
        Job->model, "model", /*run_single_threaded=*/true);
  else
    Made->Frozen = loadFrozen(Job->model);
  return Made.release();
} catch (const std::exception &Error) {
  fail("%s", Error.what());
}

void run(void *State) try {
  Net &This = *static_cast<Net *>(State);
  std::vector<at::Tensor> Outputs;
  if (This.Compiled) {
    Outputs = This.Compiled->run(This.Inputs);
  } else {
    std::vector<c10::IValue> Arguments(This.Inputs.begin(), This.Inputs.end());
    Outputs = flatten(This.Frozen.forward(std::move(Arguments)));
  }
  if (Outputs.size() != size_t(This.Job->num_outputs))
    fail("%zu outputs", Outputs.size());
  for (size_t I = 0; I < Outputs.size(); ++I) {
    at::Tensor Dense = Outputs[I].contiguous();
    const tensor &Wanted = This.Job->outputs[I];
    if (size_t(Dense.numel()) != Wanted.elements)
      fail("%s has %ld elements", Wanted.name, long(Dense.numel()));
    if (This.Job->mode == MODE_CHECK)
      std::memcpy(Wanted.data, Dense.data_ptr<float>(),
                  Wanted.elements * sizeof(float));
  }
} catch (const std::exception &Error) {
  fail("%s", Error.what());
}

} // namespace

int main(int argc, char **argv) {
  static const contender Torch = {create, run};
  if (argc != 2)
    fail("usage: torch_runner JOB");
  return run_job(argv[1], &Torch);
}
