//===- DataSet.h - Batches of images from a folder ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIAGNOSIS_DATASET_H
#define KILN_DIAGNOSIS_DATASET_H

#include "kiln/Compiler/Options.h"
#include "kiln/ONNX/GraphInputs.h"
#include "kiln/Support/HostTensor.h"
#include "kiln/Support/Result.h"

#include <functional>
#include <string>
#include <vector>

namespace kiln {

/// Some images: for each input of the net one tensor, the images along
/// dimension 0.
struct Batch {
  std::vector<HostTensor> inputs;
  int64_t images = 0;
};

/// What becomes of images that do not fill a last batch.
enum class ShortBatch { Keep, Drop };

/// The batches of a folder: its .npy and .npz files in the order of their
/// names; other files and folders are left aside. Images lie along dimension 0,
/// as many to a file as there are. A net of one input takes .npy, or .npz with
/// one member or one of the input's name; a net of several takes .npz with a
/// member for each input.
///
/// Only one file and one batch are in memory at a time.
class DataSet {
public:
  /// Reads every file once, and fails with a message that names the file where
  /// it is unreadable or damaged, a type or shape does not fit `inputs` (the
  /// batch aside, which is cut anew), shapes differ from file to file, or an
  /// element is NaN or infinite; and where there are no images at all, or an
  /// input is declared to take none.
  static Result<DataSet> open(const std::string &folder,
                              std::vector<GraphInput> inputs);

  const std::string &folder() const { return path; }
  const std::vector<std::string> &files() const { return paths; }
  int64_t images() const { return numImages; }

  /// Images in the first file: how whoever saved them batched them.
  int64_t batchSize() const { return firstFileImages; }

  /// The batch that the net's file fixes; nothing where it is open.
  std::optional<int64_t> fixedBatch() const;

  /// Shapes of the inputs for batches of `batch` images.
  Shapes shapes(int64_t batch) const;

  /// Calls `visit` with one batch after another, cut to `batch` images
  /// whatever the files hold, in order. Stops at the first error.
  Result<void>
  forEach(int64_t batch, ShortBatch shortBatch,
          const std::function<Result<void>(const Batch &)> &visit) const;

private:
  DataSet() = default;
  Result<std::vector<HostTensor>> readFile(const std::string &file) const;
  Result<void> check(const std::string &file,
                     const std::vector<HostTensor> &tensors) const;

  std::string path;
  std::vector<std::string> paths;
  std::vector<GraphInput> inputs;
  /// Of each input, without dimension 0.
  std::vector<std::vector<int64_t>> imageShapes;
  int64_t numImages = 0;
  int64_t firstFileImages = 0;
};

} // namespace kiln

#endif // KILN_DIAGNOSIS_DATASET_H
