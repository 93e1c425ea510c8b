//===- Diagnose.cpp - Why a net differs between training and evaluation ---*-
// C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/Diagnose.h"

#include "Activations.h"
#include "Causes.h"
#include "Measurement.h"
#include "kiln/Compiler/NetIR.h"
#include "kiln/Support/Names.h"

#include <algorithm>

namespace kiln {

/// Where the first file says nothing: each file holds one image.
static constexpr int64_t kDefaultBatch = 32;
/// However many it holds: all activations of a batch are in memory at a time.
static constexpr int64_t kGreatestDefaultBatch = 256;

static Result<int64_t> chooseBatch(const DataSet &data,
                                   const DiagnosisOptions &options) {
  std::optional<int64_t> fixed = data.fixedBatch();
  if (fixed && options.batch > 0 && options.batch != *fixed)
    return Error{ErrorCode::BadInput,
                 "--batch asks for " + std::to_string(options.batch) +
                     " images where the net's file fixes " +
                     std::to_string(*fixed)};
  int64_t batch = options.batch > 0 ? options.batch : data.batchSize();
  if (options.batch == 0 && batch < 2)
    batch = kDefaultBatch;
  if (options.batch == 0)
    batch = std::min(batch, kGreatestDefaultBatch);
  batch = fixed ? *fixed : std::min(batch, data.images());
  if (data.images() < 2)
    return Error{ErrorCode::BadInput,
                 escapeName(data.folder()) +
                     ": holds one image; statistics need two or more"};
  if (batch > data.images())
    return Error{ErrorCode::BadInput,
                 escapeName(data.folder()) + ": holds " +
                     std::to_string(data.images()) +
                     " images where the net's file fixes a batch of " +
                     std::to_string(batch)};
  return batch;
}

static CompileOptions optionsFor(const std::string &path, const DataSet &data,
                                 const DiagnosisOptions &options,
                                 int64_t batch) {
  CompileOptions compile = options.compile;
  compile.mode = Mode::Keep;
  compile.shapes.clear();
  compile.furtherShapes.clear();
  if (!path.ends_with(".mlir"))
    compile.shapes = data.shapes(batch);
  return compile;
}

static Result<ProbedNet> loadAt(Session &session, const std::string &path,
                                const DataSet &data,
                                const DiagnosisOptions &options,
                                int64_t batch) {
  Result<ProbedNet> net =
      ProbedNet::load(session, path, optionsFor(path, data, options, batch));
  if (!net)
    return net.error();
  if (Result<void> compiled = net->compile(options.run); !compiled)
    return compiled.error();
  return net;
}

static Result<void> readGraph(Session &session, const std::string &path,
                              const CompileOptions &options,
                              Diagnosis &diagnosis) {
  Result<Net> net = session.load(path, options);
  if (!net)
    return net.error();
  return rewriteNet(*net, [&](mlir::func::FuncOp function) {
    diagnosis.activations = findActivationFacts(function);
    return mlir::success();
  });
}

/// The batch of `net` halved again and again, down to 2.
static Result<void> tryBatchSizes(Session &session, const std::string &path,
                                  const DataSet &data,
                                  const DiagnosisOptions &options,
                                  const ProbedNet &net, Diagnosis &diagnosis) {
  if (data.fixedBatch()) {
    diagnosis.notes.push_back(
        "The file fixes the batch, so other batch sizes were not tried; "
        "export the net with an open batch dimension for that.");
    return {};
  }
  auto measure = [&](const ProbedNet &sized) -> Result<void> {
    Result<BatchSizeFigures> figures = measureBatchSize(sized, data);
    if (!figures)
      return figures.error();
    diagnosis.batchSizes.push_back(*figures);
    return {};
  };
  if (Result<void> measured = measure(net); !measured)
    return measured;
  for (int64_t batch = diagnosis.batch / 2; batch >= 2; batch /= 2) {
    Result<ProbedNet> sized = loadAt(session, path, data, options, batch);
    if (!sized)
      return sized.error();
    if (Result<void> measured = measure(*sized); !measured)
      return measured;
  }
  return {};
}

static void noteBatch(const DataSet &data, const DiagnosisOptions &options,
                      Diagnosis &diagnosis) {
  if (options.batch == 0 && !data.fixedBatch() &&
      data.batchSize() > kGreatestDefaultBatch)
    diagnosis.notes.push_back(
        "The first file holds " + std::to_string(data.batchSize()) +
        " images; they were cut to batches of " +
        std::to_string(diagnosis.batch) + " (--batch takes another number).");
  bool hasAlarm =
      std::ranges::any_of(diagnosis.layers, [](const LayerDiagnosis &layer) {
        return layer.afterBatch.isAlarm;
      });
  if (hasAlarm && diagnosis.batch < kTrustedBatch)
    diagnosis.notes.push_back(
        "With fewer than " + std::to_string(kTrustedBatch) +
        " images in a batch, alarms with earlier layers in training are shown, "
        "but no shift of the data is concluded from them.");
}

static void noteWhatIsLeftOut(Diagnosis &diagnosis) {
  int64_t rest = diagnosis.images -
                 static_cast<int64_t>(diagnosis.batches) * diagnosis.batch;
  if (rest > 0)
    diagnosis.notes.push_back(std::to_string(rest) +
                              " images that fill no last batch were left out.");
  if (diagnosis.layers.empty())
    diagnosis.notes.push_back("The net has no batch normalisation: it is the "
                              "same in training and in evaluation, as far as "
                              "its file says.");
}

Result<Diagnosis> diagnose(Session &session, const std::string &path,
                           const DataSet &data,
                           const DiagnosisOptions &options) {
  Diagnosis diagnosis;
  diagnosis.file = path;
  diagnosis.data = data.folder();
  diagnosis.images = data.images();
  Result<int64_t> batch = chooseBatch(data, options);
  if (!batch)
    return batch.error();
  diagnosis.batch = *batch;
  if (Result<void> read = readGraph(
          session, path, optionsFor(path, data, options, *batch), diagnosis);
      !read)
    return read.error();
  Result<ProbedNet> net = loadAt(session, path, data, options, *batch);
  if (!net)
    return net.error();
  if (Result<void> measured = measureModes(*net, data, diagnosis); !measured)
    return measured.error();
  bool hasTracking = std::ranges::any_of(
      net->layers(), [](const NormLayer &layer) { return layer.tracks; });
  if (hasTracking)
    if (Result<void> tried =
            tryBatchSizes(session, path, data, options, *net, diagnosis);
        !tried)
      return tried.error();
  noteBatch(data, options, diagnosis);
  noteWhatIsLeftOut(diagnosis);
  findCauses(diagnosis, options.loss);
  return diagnosis;
}

} // namespace kiln
