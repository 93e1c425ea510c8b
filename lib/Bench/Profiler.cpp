//===- Profiler.cpp - A clock around each kernel ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Profiler.h"

namespace kiln {

const kiln_executor *Profiler::wrap(const kiln_executor *wrapped) {
  inner = wrapped;
  executor = {this, inner ? inner->workers : 1, parallelFor};
  workers.resize(static_cast<size_t>(executor.workers));
  return &executor;
}

void Profiler::begin() {
  times.clear();
  for (std::vector<Span> &spans : workers)
    spans.clear();
  start = Clock::now();
}

double Profiler::now() const {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void Profiler::runRange(void *data, int64_t begin, int64_t end,
                        int32_t worker) {
  auto *dispatch = static_cast<Dispatch *>(data);
  Profiler &profiler = *dispatch->profiler;
  Span span{dispatch->kernel, worker, begin, end, profiler.now(), 0};
  dispatch->task(dispatch->data, begin, end, worker);
  span.end = profiler.now();
  profiler.workers[static_cast<size_t>(worker)].push_back(span);
}

void Profiler::parallelFor(void *context,
                           void (*task)(void *data, int64_t begin, int64_t end,
                                        int32_t worker),
                           void *data, int64_t count) {
  auto &profiler = *static_cast<Profiler *>(context);
  Dispatch dispatch{&profiler, static_cast<int64_t>(profiler.times.size()),
                    task, data};
  double begin = profiler.now();
  if (profiler.inner)
    profiler.inner->parallel_for(profiler.inner->context, runRange, &dispatch,
                                 count);
  else
    runRange(&dispatch, 0, count, 0);
  profiler.times.push_back(profiler.now() - begin);
}

std::vector<Span> Profiler::spans() const {
  std::vector<Span> all;
  for (const std::vector<Span> &spans : workers)
    all.insert(all.end(), spans.begin(), spans.end());
  return all;
}

} // namespace kiln
