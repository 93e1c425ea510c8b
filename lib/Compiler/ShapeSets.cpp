//===- ShapeSets.cpp - The sets of shapes that a net is to serve ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShapeSets.h"

#include "kiln/Support/Names.h"
#include "llvm/ADT/STLExtras.h"

namespace kiln {

/// Each set is a net of its own in the artifact.
static constexpr size_t kMaxShapeSets = 32;

bool hasOpenBatch(const Shapes &shapes) {
  return llvm::any_of(shapes, [](const auto &entry) {
    return llvm::is_contained(entry.second, kOpenBatch);
  });
}

ImportOptions importOptions(const CompileOptions &options, Shapes shapes,
                            int64_t batch) {
  for (auto &[name, dims] : shapes)
    llvm::replace(dims, kOpenBatch, batch);
  ImportOptions import;
  import.netName = options.netName;
  import.shapes = std::move(shapes);
  import.constants = options.constants;
  return import;
}

static std::string quoted(const std::string &name) {
  return "'" + escapeName(name) + "'";
}

static Result<void> checkDims(const Shapes &shapes) {
  for (const auto &[name, dims] : shapes)
    for (size_t i = 0; i < dims.size(); ++i)
      if (dims[i] < kOpenBatch || (dims[i] == kOpenBatch && i != 0))
        return Error{ErrorCode::Usage,
                     "--shapes: dimension " + std::to_string(i) + " of " +
                         quoted(name) +
                         " is no number; only the batch, dimension 0, may stay "
                         "open. Give a number, or --shapes once for each shape "
                         "that the artifact is to serve"};
  return {};
}

/// Every set must name the same inputs: what one leaves out would silently be
/// the file's.
static Result<void> checkNames(const Shapes &first, const Shapes &other,
                               size_t index) {
  auto missing = [&](const std::string &name, size_t without, size_t with) {
    return Error{ErrorCode::Usage,
                 "--shapes: set " + std::to_string(without) +
                     " gives no shape for input " + quoted(name) +
                     ", which set " + std::to_string(with) +
                     " gives; a set begins where an input is named again, and "
                     "each must name the same inputs"};
  };
  for (const auto &[name, dims] : first)
    if (!other.contains(name))
      return missing(name, index, 1);
  for (const auto &[name, dims] : other) {
    auto found = first.find(name);
    if (found == first.end())
      return missing(name, 1, index);
    if (found->second.size() != dims.size())
      return Error{ErrorCode::Usage,
                   "--shapes: set 1 gives input " + quoted(name) + " " +
                       std::to_string(found->second.size()) +
                       " dimensions, set " + std::to_string(index) + " gives " +
                       std::to_string(dims.size())};
  }
  return {};
}

Result<std::vector<Shapes>> collectShapeSets(const CompileOptions &options,
                                             size_t &numDropped) {
  std::vector<Shapes> sets = {options.shapes};
  if (Result<void> good = checkDims(options.shapes); !good)
    return good.error();
  numDropped = 0;
  for (size_t i = 0; i < options.furtherShapes.size(); ++i) {
    const Shapes &next = options.furtherShapes[i];
    if (Result<void> good = checkDims(next); !good)
      return good.error();
    if (Result<void> good = checkNames(sets.front(), next, i + 2); !good)
      return good.error();
    if (llvm::is_contained(sets, next))
      ++numDropped;
    else
      sets.push_back(next);
  }
  if (sets.size() > kMaxShapeSets)
    return Error{ErrorCode::Usage,
                 "--shapes: " + std::to_string(sets.size()) +
                     " sets of shapes; an artifact serves at most " +
                     std::to_string(kMaxShapeSets) +
                     ", each with code of its own. An open batch "
                     "(input:Nx3x224x224) serves every batch size by one"};
  return sets;
}

} // namespace kiln
