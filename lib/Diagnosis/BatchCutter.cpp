//===- BatchCutter.cpp - Cutting a stream of images anew ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BatchCutter.h"

#include <algorithm>

namespace kiln {

BatchCutter::BatchCutter(const std::vector<GraphInput> &inputs,
                         const std::vector<std::vector<int64_t>> &imageShapes,
                         int64_t batch)
    : wanted(batch) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    HostTensor &tensor = pending.inputs.emplace_back();
    tensor.type = inputs[i].type;
    tensor.shape = imageShapes[i];
    tensor.shape.insert(tensor.shape.begin(), 0);
    imageBytes.push_back(
        static_cast<size_t>(elementCount(imageShapes[i]).value_or(0)) *
        elementSize(inputs[i].type));
  }
}

Result<void> BatchCutter::give(const Visitor &visit) {
  for (HostTensor &tensor : pending.inputs)
    tensor.shape[0] = pending.images;
  if (Result<void> visited = visit(pending); !visited)
    return visited;
  pending.images = 0;
  for (HostTensor &tensor : pending.inputs)
    tensor.data.clear();
  return {};
}

Result<void> BatchCutter::feed(const std::vector<HostTensor> &tensors,
                               const Visitor &visit) {
  int64_t available = tensors.front().shape.front();
  for (int64_t begin = 0; begin < available;) {
    int64_t take = std::min(available - begin, wanted - pending.images);
    for (size_t i = 0; i < tensors.size(); ++i) {
      auto from =
          tensors[i].data.begin() + begin * static_cast<int64_t>(imageBytes[i]);
      pending.inputs[i].data.insert(
          pending.inputs[i].data.end(), from,
          from + take * static_cast<int64_t>(imageBytes[i]));
    }
    pending.images += take;
    begin += take;
    if (pending.images == wanted)
      if (Result<void> given = give(visit); !given)
        return given;
  }
  return {};
}

Result<void> BatchCutter::flush(const Visitor &visit) {
  return pending.images == 0 ? Result<void>() : give(visit);
}

} // namespace kiln
