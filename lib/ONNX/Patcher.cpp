//===- Patcher.cpp - Writing statistics back to an ONNX file ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/ONNX/Patcher.h"
#include "Error.h"
#include "ExternalData.h"
#include "ModelFile.h"
#include "StatisticsTensors.h"

#include "onnx.pb.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cmath>
#include <set>

using namespace llvm;
using ::onnx::GraphProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;

namespace kiln {

using namespace onnx_import;

using Norms = StringMap<NodeProto *>;

/// The normalisations of the graph by name; null where two have the same.
static Norms findNorms(GraphProto &graph) {
  Norms norms;
  for (auto [index, node] : llvm::enumerate(*graph.mutable_node())) {
    if (node.op_type() != "BatchNormalization" ||
        !(node.domain().empty() || node.domain() == "ai.onnx"))
      continue;
    std::string name = node.name().empty()
                           ? node.op_type() + "_" + std::to_string(index)
                           : node.name();
    auto [place, isNew] = norms.try_emplace(name, &node);
    if (!isNew)
      place->second = nullptr;
  }
  return norms;
}

static Error checkPatch(const StatisticsPatch &patch, const Norms &norms) {
  std::string what = "batch normalisation " + quoted(patch.node);
  auto found = norms.find(patch.node);
  if (found == norms.end())
    return makeError(ErrorCode::UnsupportedForm,
                     what + " is no node of the graph itself; one in a branch "
                            "or a function is not changed");
  if (!found->second)
    return makeError(ErrorCode::DuplicateName,
                     what + ": two nodes have this name; give each its own");
  if (found->second->input_size() < 5 || found->second->output_size() < 1)
    return makeError(ErrorCode::BadModel,
                     what + " has fewer than five inputs or no output");
  auto isGood = [](double v) { return std::isfinite(v); };
  auto isVariance = [](double v) { return std::isfinite(v) && v >= 0; };
  if (patch.mean.empty() || patch.mean.size() != patch.variance.size() ||
      !llvm::all_of(patch.mean, isGood) ||
      !llvm::all_of(patch.variance, isVariance))
    return makeError(ErrorCode::BadStatistics,
                     what + ": means must be finite, variances finite and not "
                            "negative, one each a channel");
  return Error::success();
}

static Error changeStatistics(::onnx::ModelProto &model,
                              ArrayRef<StatisticsPatch> patches,
                              PatchSummary &summary) {
  GraphProto &graph = *model.mutable_graph();
  Norms norms = findNorms(graph);
  StatisticsTensors tensors(graph, model.ir_version());
  if (Error error = tensors.index())
    return error;
  StringSet<> seen;
  for (const StatisticsPatch &patch : patches) {
    if (Error error = checkPatch(patch, norms))
      return error;
    std::string what = "batch normalisation " + quoted(patch.node);
    if (!seen.insert(patch.node).second)
      return makeError(ErrorCode::BadStatistics,
                       what + ": statistics are given twice");
    NodeProto &norm = *norms.lookup(patch.node);
    if (Error error = tensors.replace(norm, 3, patch.mean, what + ": mean"))
      return error;
    if (Error error =
            tensors.replace(norm, 4, patch.variance, what + ": variance"))
      return error;
  }
  summary = std::move(tensors.summary);
  return Error::success();
}

/// Files of external data that the model names.
using Locations = std::set<std::string>;

static void addLocation(const TensorProto &tensor, Locations &locations) {
  if (tensor.data_location() == TensorProto::EXTERNAL)
    for (const auto &entry : tensor.external_data())
      if (entry.key() == "location")
        locations.insert(entry.value());
}

static void addLocations(const google::protobuf::RepeatedPtrField<NodeProto> &,
                         Locations &);

static void addLocations(const GraphProto &graph, Locations &locations) {
  for (const TensorProto &tensor : graph.initializer())
    addLocation(tensor, locations);
  for (const auto &sparse : graph.sparse_initializer()) {
    addLocation(sparse.values(), locations);
    addLocation(sparse.indices(), locations);
  }
  addLocations(graph.node(), locations);
}

static void
addLocations(const google::protobuf::RepeatedPtrField<NodeProto> &nodes,
             Locations &locations) {
  for (const NodeProto &node : nodes)
    for (const auto &attribute : node.attribute()) {
      if (attribute.has_t())
        addLocation(attribute.t(), locations);
      for (const TensorProto &tensor : attribute.tensors())
        addLocation(tensor, locations);
      if (attribute.has_g())
        addLocations(attribute.g(), locations);
      for (const GraphProto &graph : attribute.graphs())
        addLocations(graph, locations);
    }
}

static Locations externalFiles(const ::onnx::ModelProto &model) {
  Locations locations;
  addLocations(model.graph(), locations);
  for (const auto &function : model.functions())
    addLocations(function.node(), locations);
  for (const auto &training : model.training_info()) {
    addLocations(training.initialization(), locations);
    addLocations(training.algorithm(), locations);
  }
  return locations;
}

static StringRef folderOf(StringRef path) {
  StringRef folder = sys::path::parent_path(path);
  return folder.empty() ? StringRef(".") : folder;
}

/// Removes what was copied unless all goes well.
namespace {
struct Copies {
  ~Copies() {
    for (const std::string &path : written)
      (void)sys::fs::remove(path);
  }
  std::vector<std::string> written;
};
} // namespace

static Error copyExternalData(const ::onnx::ModelProto &model, StringRef source,
                              StringRef target, Copies &copies,
                              PatchSummary &summary) {
  StringRef from = folderOf(source), to = folderOf(target);
  if (sys::fs::equivalent(from, to))
    return Error::success();
  for (const std::string &location : externalFiles(model)) {
    SmallString<128> path(to);
    sys::path::append(path, location);
    Expected<bool> copied = copyExternalFile(from, location, path);
    if (!copied)
      return copied.takeError();
    if (*copied) {
      copies.written.push_back(path.str().str());
      summary.copied.push_back(location);
    }
  }
  return Error::success();
}

static Error checkTarget(StringRef source, StringRef target) {
  if (target == "-")
    return makeError(ErrorCode::FileUnwritable,
                     "'-': a model is written to a file, not to standard "
                     "output; name a file");
  sys::fs::file_status status;
  if (!sys::fs::status(target, status) && sys::fs::exists(status) &&
      !sys::fs::is_regular_file(status))
    return makeError(ErrorCode::FileUnwritable,
                     quoted(target) + ": is not a regular file");
  // The text form cannot hold fields that the schema does not know.
  if (isTextFile(target) && !isTextFile(source))
    return makeError(ErrorCode::UnknownFormat,
                     quoted(target) + " is to be text, but " + quoted(source) +
                         " is not; name it .onnx");
  return Error::success();
}

/// The model must replace none of the files that it needs beside it, neither
/// here nor where they are to be copied.
static Error checkExternalFiles(const ::onnx::ModelProto &model,
                                StringRef source, StringRef target) {
  for (const std::string &location : externalFiles(model)) {
    SmallString<128> there(location), here(folderOf(source));
    sys::path::remove_dots(there, /*remove_dot_dot=*/true);
    sys::path::append(here, location);
    if (there == sys::path::filename(target) ||
        sys::fs::equivalent(here, target))
      return makeError(ErrorCode::FileUnwritable,
                       quoted(target) +
                           ": holds external data of the model, which would "
                           "be lost; name another file");
  }
  return Error::success();
}

Expected<PatchSummary> patchStatistics(StringRef source, StringRef target,
                                       ArrayRef<StatisticsPatch> patches,
                                       uint64_t maxFileBytes) {
  if (Error error = checkTarget(source, target))
    return std::move(error);
  ::onnx::ModelProto model;
  if (Error error = parseMessage(source, maxFileBytes, model))
    return std::move(error);
  if (Error error = checkExternalFiles(model, source, target))
    return std::move(error);
  PatchSummary summary;
  if (Error error = changeStatistics(model, patches, summary))
    return std::move(error);
  Copies copies;
  if (Error error = copyExternalData(model, source, target, copies, summary))
    return std::move(error);
  if (Error error = writeMessage(target, model))
    return std::move(error);
  copies.written.clear();
  return summary;
}

} // namespace kiln
