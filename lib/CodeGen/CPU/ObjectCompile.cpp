//===- ObjectCompile.cpp - The parts of a net to machine code ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ObjectStages.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>

using namespace llvm;

namespace kiln::cpu {

/// Everything that a part needs is made here: contexts and target machines
/// belong to one thread.
static Error compilePart(const PartitionedModule &parts, size_t index,
                         const TargetDescription &target, ObjectBytes &bytes) {
  LLVMContext context;
  Expected<std::unique_ptr<Module>> module = parts.load(index, context);
  if (!module)
    return module.takeError();
  Expected<std::unique_ptr<TargetMachine>> machine =
      createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  optimize(**module, **machine, target.optLevel);
  raw_svector_ostream stream(bytes);
  return emitFile(**module, **machine, stream, CodeGenFileType::ObjectFile);
}

Expected<std::vector<ObjectBytes>> compileParts(const PartitionedModule &parts,
                                                const TargetDescription &target,
                                                unsigned numThreads) {
  std::vector<ObjectBytes> objects(parts.size());
  std::vector<std::optional<Error>> errors(parts.size());
  auto compile = [&](size_t index) {
    errors[index] = compilePart(parts, index, target, objects[index]);
  };
  ThreadPoolStrategy strategy = hardware_concurrency(numThreads);
  if (strategy.compute_thread_count() == 1 || parts.size() == 1) {
    for (size_t i = 0; i < parts.size(); ++i)
      compile(i);
  } else {
    // The kernels' parts are in order of size: the last to begin are short.
    DefaultThreadPool pool(strategy);
    for (size_t i = 1; i < parts.size(); ++i)
      pool.async(compile, i);
    pool.async(compile, 0);
    pool.wait();
  }
  Error all = Error::success();
  for (std::optional<Error> &error : errors)
    all = joinErrors(std::move(all), std::move(*error));
  if (all)
    return std::move(all);
  return objects;
}

} // namespace kiln::cpu
