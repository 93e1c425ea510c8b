//===- ProbedNets.cpp - A probed net for each batch size ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProbedNets.h"

#include "kiln/Support/Names.h"

#include <algorithm>

namespace kiln {

static Result<int64_t> chooseBatch(const DataSet &data, int64_t wanted) {
  std::optional<int64_t> fixed = data.fixedBatch();
  if (fixed && wanted != 0 && wanted != *fixed)
    return Error{ErrorCode::Usage,
                 "the net takes batches of " + std::to_string(*fixed) +
                     " images, not of " + std::to_string(wanted) +
                     "; export it with an open batch"};
  int64_t batch = fixed ? *fixed : wanted != 0 ? wanted : data.batchSize();
  if (fixed && data.images() < *fixed)
    return Error{
        ErrorCode::BadInput,
        escapeName(data.folder()) + ": holds " + std::to_string(data.images()) +
            " images, fewer than the net's batch of " + std::to_string(*fixed)};
  return std::min(batch, data.images());
}

Result<ProbedNets>
ProbedNets::compile(Session &session, const std::string &path,
                    const std::string &folder, int64_t wanted,
                    const CompileOptions &options, const RunOptions &run) {
  Result<std::vector<GraphInput>> inputs =
      readNetInputs(session, path, options);
  if (!inputs)
    return inputs.error();
  Result<DataSet> data = DataSet::open(folder, std::move(*inputs));
  if (!data)
    return data.error();
  Result<int64_t> batch = chooseBatch(*data, wanted);
  if (!batch)
    return batch.error();
  std::vector<int64_t> sizes = {*batch};
  int64_t rest = data->images() % *batch;
  // A single image has no variance where the layer has one element of each.
  if (rest > 1 && !data->fixedBatch())
    sizes.push_back(rest);

  ProbedNets result(std::move(*data), *batch);
  result.unused = sizes.size() == 2 ? 0 : rest;
  for (int64_t size : sizes) {
    CompileOptions sized = options;
    sized.shapes = result.data.shapes(size);
    Result<ProbedNet> net = ProbedNet::load(session, path, sized);
    if (!net)
      return net.error();
    if (Result<void> compiled = net->compile(run); !compiled)
      return compiled.error();
    result.nets.push_back(std::move(*net));
  }
  return result;
}

Result<void> ProbedNets::forEach(const Visitor &visit) const {
  ShortBatch shortBatch =
      nets.size() == 2 ? ShortBatch::Keep : ShortBatch::Drop;
  return data.forEach(batchSize, shortBatch, [&](const Batch &batch) {
    return visit(batch, batch.images == batchSize ? nets.front() : nets.back());
  });
}

} // namespace kiln
