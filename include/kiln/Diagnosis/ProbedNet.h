//===- ProbedNet.h - A net whose batch normalisations can be switched ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// In a probed net each batch normalisation that tracks statistics takes them,
// and its mode, as inputs of the net:
//
//   mean = useBatch ? mean of the batch : the mean given
//
// and gives the moments of its input, image by image, as outputs. So the net in
// eval, in training, with one layer switched or with new statistics is the same
// compiled code, and statistics of any set of images can be had by merging.
//===----------------------------------------------------------------------===//

#ifndef KILN_DIAGNOSIS_PROBEDNET_H
#define KILN_DIAGNOSIS_PROBEDNET_H

#include "kiln/Compiler/Compiler.h"
#include "kiln/Diagnosis/Moments.h"
#include "kiln/ONNX/GraphInputs.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kiln {

/// A batch normalisation as its file states it.
struct NormLayer {
  std::string name; ///< any bytes
  int64_t channels = 0;
  int64_t elements = 0; ///< of a channel of an image
  /// Per channel; empty where they are no constants.
  std::vector<double> scale, offset;
  /// Per channel; empty unless `tracks`.
  std::vector<double> runningMean, runningVariance;
  double epsilon = 0;
  /// It has running statistics. Otherwise it normalises by the batch in both
  /// modes, or by statistics that the net computes, and cannot be switched.
  bool tracks = false;
  /// The mode that the file states.
  bool isTraining = false;
  /// Weight of the new batch, where the file states it: in training mode.
  std::optional<double> momentum;
};

/// What a layer normalises by; of one that does not track it is not read.
struct LayerSetting {
  bool useBatch = false;
  std::vector<double> mean, variance; ///< per channel; read unless `useBatch`
};

struct ProbedRun {
  std::vector<HostTensor> outputs;
  std::vector<ImageMoments> layers; ///< of each layer's input
};

/// The probed net at one batch size. Uses its session: that must outlive it.
class ProbedNet {
public:
  /// `options.shapes` gives the batch; mode and fold are not read: a layer that
  /// tracks can be put into either mode. The batch is dimension 0 of the first
  /// input.
  static Result<ProbedNet> load(Session &session, const std::string &path,
                                const CompileOptions &options);

  /// Must come before `run`.
  Result<void> compile(const RunOptions &options = {});

  /// In the order of the net.
  const std::vector<NormLayer> &layers() const { return norms; }
  /// Of the ordinary net.
  const std::vector<TensorInterface> &inputs() const { return netInputs; }
  const std::vector<TensorInterface> &outputs() const { return netOutputs; }
  int64_t batch() const { return batchSize; }

  /// Every layer by its running statistics, or by the batch's.
  std::vector<LayerSetting> allEval() const;
  std::vector<LayerSetting> allBatch() const;

  /// Inputs of the ordinary net, in its order, and a setting for each layer.
  Result<ProbedRun> run(const std::vector<HostTensor> &inputs,
                        const std::vector<LayerSetting> &settings) const;

  /// The same by the reference interpreter; before `compile` only.
  Result<ProbedRun> interpret(const std::vector<HostTensor> &inputs,
                              const std::vector<LayerSetting> &settings);

private:
  explicit ProbedNet(Net net) : net(std::move(net)) {}
  Result<std::vector<HostTensor>>
  arguments(const std::vector<HostTensor> &inputs,
            const std::vector<LayerSetting> &settings) const;
  ProbedRun unpack(std::vector<HostTensor> results) const;

  Net net;
  std::vector<NormLayer> norms;
  std::vector<TensorInterface> netInputs, netOutputs;
  int64_t batchSize = 0;
  std::unique_ptr<LoadedNet> loaded;
};

/// The inputs that a net's file declares and that `options` do not bind; of IR
/// the shapes are fixed.
Result<std::vector<GraphInput>> readNetInputs(Session &session,
                                              const std::string &path,
                                              const CompileOptions &options);

} // namespace kiln

#endif // KILN_DIAGNOSIS_PROBEDNET_H
