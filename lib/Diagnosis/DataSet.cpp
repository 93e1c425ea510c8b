//===- DataSet.cpp - Batches of images from a folder ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/DataSet.h"

#include "BatchCutter.h"
#include "kiln/Compiler/TensorFiles.h"
#include "kiln/Support/Names.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace kiln {

namespace fs = std::filesystem;

static std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t dim : shape)
    text += (text.empty() ? "" : "x") +
            (dim < 0 ? std::string("?") : std::to_string(dim));
  return text.empty() ? "scalar" : text;
}

static Error badFile(const std::string &file, const std::string &message) {
  return {ErrorCode::BadInput, escapeName(file) + ": " + message};
}

/// The .npy and .npz files, sorted by name.
static Result<std::vector<std::string>> listFiles(const std::string &folder) {
  std::error_code code;
  if (!fs::is_directory(folder, code))
    return Error{ErrorCode::FileUnreadable,
                 escapeName(folder) +
                     (code ? ": " + code.message()
                           : ": is not a folder; --data takes one with .npy or "
                             ".npz files")};
  std::vector<std::string> files;
  size_t others = 0;
  for (fs::directory_iterator it(folder, code), end; !code && it != end;
       it.increment(code)) {
    std::string extension = it->path().extension().string();
    if (extension == ".npy" || extension == ".npz")
      files.push_back(it->path().string());
    else
      ++others;
  }
  if (code)
    return Error{ErrorCode::FileUnreadable,
                 escapeName(folder) + ": " + code.message()};
  if (files.empty())
    return Error{ErrorCode::BadInput,
                 escapeName(folder) + ": holds no .npy or .npz file" +
                     (others ? ", only " + std::to_string(others) +
                                   " of other kinds; save batches with "
                                   "numpy.save"
                             : "")};
  std::sort(files.begin(), files.end());
  return files;
}

template <typename T> static int64_t findNotFinite(const HostTensor &tensor) {
  std::span<const T> values = tensor.as<T>();
  auto found = std::find_if(values.begin(), values.end(),
                            [](T value) { return !std::isfinite(value); });
  return found == values.end() ? -1 : found - values.begin();
}

/// The first element that is NaN or infinite; -1 where there is none.
static int64_t findNotFinite(const HostTensor &tensor) {
  if (tensor.type == ElementType::F32)
    return findNotFinite<float>(tensor);
  if (tensor.type == ElementType::F64)
    return findNotFinite<double>(tensor);
  if (tensor.type != ElementType::F16 && tensor.type != ElementType::BF16)
    return -1;
  return findNotFinite<double>(HostTensor::fromDoubles(
      ElementType::F64, tensor.shape, tensor.toDoubles()));
}

static std::vector<int64_t> imageShape(const HostTensor &tensor) {
  return {tensor.shape.begin() + 1, tensor.shape.end()};
}

static Result<void> checkTensor(const std::string &file,
                                const GraphInput &input,
                                const HostTensor &tensor) {
  std::string name = "input '" + escapeName(input.name) + "'";
  if (tensor.type != input.type)
    return badFile(file, "holds " + std::string(elementTypeName(tensor.type)) +
                             " where " + name + " is " +
                             std::string(elementTypeName(input.type)));
  if (tensor.shape.empty())
    return badFile(file, "holds a scalar; images lie along dimension 0");
  if (input.shape) {
    bool fits = input.shape->size() == tensor.shape.size();
    for (size_t i = 1; fits && i < tensor.shape.size(); ++i)
      fits = (*input.shape)[i] < 0 || (*input.shape)[i] == tensor.shape[i];
    if (!fits)
      return badFile(file, "holds a tensor of shape " +
                               shapeText(tensor.shape) + " where " + name +
                               " is " + shapeText(*input.shape) +
                               " (any number of images along dimension 0)");
  }
  if (tensor.size() == 0)
    return badFile(file, "holds no elements: shape " + shapeText(tensor.shape));
  if (int64_t index = findNotFinite(tensor); index >= 0)
    return badFile(file, "element " + std::to_string(index) + " of " + name +
                             " is NaN or infinite");
  return {};
}

Result<std::vector<HostTensor>>
DataSet::readFile(const std::string &file) const {
  bool isArchive = file.ends_with(".npz");
  if (inputs.size() > 1 && !isArchive)
    return badFile(file, "the net has " + std::to_string(inputs.size()) +
                             " inputs; save batches with numpy.savez, a member "
                             "for each input by its name");
  std::vector<HostTensor> tensors;
  for (const GraphInput &input : inputs) {
    Result<HostTensor> tensor =
        readTensor(isArchive ? file + ":" + input.name : file);
    // Of an archive for one input the member's name does not matter.
    if (!tensor && isArchive && inputs.size() == 1)
      if (Result<HostTensor> only = readTensor(file); only)
        tensor = std::move(only);
    if (!tensor)
      return tensor.error();
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

Result<void> DataSet::check(const std::string &file,
                            const std::vector<HostTensor> &tensors) const {
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (Result<void> checked = checkTensor(file, inputs[i], tensors[i]);
        !checked)
      return checked;
    const std::vector<int64_t> &shape = tensors[i].shape;
    if (shape[0] != tensors[0].shape[0])
      return badFile(file, "holds " + std::to_string(tensors[0].shape[0]) +
                               " images of input '" +
                               escapeName(inputs[0].name) + "' and " +
                               std::to_string(shape[0]) + " of '" +
                               escapeName(inputs[i].name) + "'");
    if (imageShapes.empty() || imageShape(tensors[i]) == imageShapes[i])
      continue;
    return badFile(file, "holds images of shape " +
                             shapeText(imageShape(tensors[i])) +
                             " where the files before it hold " +
                             shapeText(imageShapes[i]));
  }
  return {};
}

Result<DataSet> DataSet::open(const std::string &folder,
                              std::vector<GraphInput> inputs) {
  if (inputs.empty())
    return Error{ErrorCode::BadInput, "the net has no inputs to give data to"};
  for (const GraphInput &input : inputs)
    if (input.shape && !input.shape->empty() && input.shape->front() == 0)
      return Error{ErrorCode::BadInput,
                   "input '" + escapeName(input.name) + "' is declared as " +
                       shapeText(*input.shape) +
                       ", a batch of no images; export the net with an open "
                       "batch"};
  Result<std::vector<std::string>> files = listFiles(folder);
  if (!files)
    return files.error();
  DataSet data;
  data.path = folder;
  data.paths = std::move(*files);
  data.inputs = std::move(inputs);
  for (const std::string &file : data.paths) {
    Result<std::vector<HostTensor>> tensors = data.readFile(file);
    if (!tensors)
      return tensors.error();
    if (Result<void> checked = data.check(file, *tensors); !checked)
      return checked.error();
    int64_t images = tensors->front().shape.front();
    if (data.numImages == 0)
      data.firstFileImages = images;
    data.numImages += images;
    if (data.imageShapes.empty())
      for (const HostTensor &tensor : *tensors)
        data.imageShapes.push_back(imageShape(tensor));
  }
  return data;
}

std::optional<int64_t> DataSet::fixedBatch() const {
  for (const GraphInput &input : inputs)
    if (input.shape && !input.shape->empty() && input.shape->front() >= 0)
      return input.shape->front();
  return std::nullopt;
}

Shapes DataSet::shapes(int64_t batch) const {
  Shapes shapes;
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::vector<int64_t> &shape = shapes[inputs[i].name];
    shape.push_back(batch);
    shape.insert(shape.end(), imageShapes[i].begin(), imageShapes[i].end());
  }
  return shapes;
}

Result<void> DataSet::forEach(
    int64_t batch, ShortBatch shortBatch,
    const std::function<Result<void>(const Batch &)> &visit) const {
  BatchCutter cutter(inputs, imageShapes, batch);
  for (const std::string &file : paths) {
    Result<std::vector<HostTensor>> tensors = readFile(file);
    if (!tensors)
      return tensors.error();
    // The file may have changed since it was opened.
    if (Result<void> checked = check(file, *tensors); !checked)
      return checked;
    if (Result<void> fed = cutter.feed(*tensors, visit); !fed)
      return fed;
  }
  return shortBatch == ShortBatch::Keep ? cutter.flush(visit) : Result<void>();
}

} // namespace kiln
