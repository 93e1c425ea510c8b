//===- WindowAttributes.cpp - Attributes of sliding windows ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WindowAttributes.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace kiln::onnx_import {

/// Sizes computed from values below this fit 64 bits.
static constexpr int64_t kMaxExtent = (int64_t{1} << 31) - 1;

FailureOr<SmallVector<int64_t>> readSpatialInts(NodeImporter &node,
                                                StringRef name, size_t count,
                                                int64_t otherwise,
                                                int64_t least) {
  if (!node.hasAttr(name))
    return SmallVector<int64_t>(count, otherwise);
  ArrayRef<int64_t> values = node.getInts(name);
  if (values.size() != count)
    return node.error(ErrorCode::BadAttribute)
           << "attribute '" << name << "' has " << values.size()
           << " entries where " << count << " are needed";
  for (int64_t value : values)
    if (value < least || value > kMaxExtent)
      return node.error(ErrorCode::BadAttribute)
             << "attribute '" << name << "' holds " << value
             << ", which is not in [" << least << ", 2^31)";
  return llvm::to_vector(values);
}

FailureOr<AutoPad> readAutoPad(NodeImporter &node) {
  StringRef text = node.getString("auto_pad", "NOTSET");
  auto kind = llvm::StringSwitch<std::optional<AutoPad>>(text)
                  .Cases({"NOTSET", ""}, AutoPad::None)
                  .Case("SAME_UPPER", AutoPad::SameUpper)
                  .Case("SAME_LOWER", AutoPad::SameLower)
                  .Case("VALID", AutoPad::Valid)
                  .Default(std::nullopt);
  if (!kind)
    return node.error(ErrorCode::BadAttribute)
           << "auto_pad is " << quoted(text)
           << "; NOTSET, SAME_UPPER, SAME_LOWER and VALID are known";
  bool hasPads =
      llvm::any_of(node.getInts("pads"), [](int64_t pad) { return pad != 0; });
  if (*kind != AutoPad::None && hasPads)
    return node.error(ErrorCode::BadAttribute)
           << "has both auto_pad and pads; which of them holds?";
  return *kind;
}

/// Padding such that the result has ceil(size / stride) elements.
static void padToSame(WindowAttributes &window, ArrayRef<int64_t> spatial,
                      ArrayRef<int64_t> kernel, bool isUpper) {
  for (size_t i = 0; i < spatial.size(); ++i) {
    int64_t stride = window.strides[i];
    int64_t outputs = spatial[i] / stride + (spatial[i] % stride != 0);
    int64_t extent = window.dilations[i] * (kernel[i] - 1) + 1;
    int64_t total =
        std::max<int64_t>((outputs - 1) * stride + extent - spatial[i], 0);
    window.padLow[i] = isUpper ? total / 2 : total - total / 2;
    window.padHigh[i] = total - window.padLow[i];
  }
}

FailureOr<WindowAttributes> readWindow(NodeImporter &node,
                                       ArrayRef<int64_t> spatial,
                                       ArrayRef<int64_t> kernel) {
  size_t count = spatial.size();
  if (kernel.size() != count)
    return node.error(ErrorCode::BadAttribute)
           << "kernel has " << kernel.size() << " dimensions where the input "
           << "has " << count << " spatial ones";
  for (int64_t size : kernel)
    if (size < 1 || size > kMaxExtent)
      return node.error(ErrorCode::BadAttribute)
             << "kernel size " << size << " is not in [1, 2^31)";
  for (int64_t size : spatial)
    if (size > kMaxExtent)
      return node.error(ErrorCode::BadShape)
             << "spatial size " << size << " is not below 2^31";
  WindowAttributes window;
  FailureOr<SmallVector<int64_t>> strides =
      readSpatialInts(node, "strides", count, 1, 1);
  FailureOr<SmallVector<int64_t>> dilations =
      readSpatialInts(node, "dilations", count, 1, 1);
  FailureOr<SmallVector<int64_t>> pads =
      readSpatialInts(node, "pads", 2 * count, 0, 0);
  FailureOr<AutoPad> autoPad = readAutoPad(node);
  if (failed(strides) || failed(dilations) || failed(pads) || failed(autoPad))
    return failure();
  window.strides = *strides;
  window.dilations = *dilations;
  window.padLow.assign(pads->begin(), pads->begin() + count);
  window.padHigh.assign(pads->begin() + count, pads->end());
  if (*autoPad == AutoPad::SameUpper || *autoPad == AutoPad::SameLower)
    padToSame(window, spatial, kernel, *autoPad == AutoPad::SameUpper);
  return window;
}

} // namespace kiln::onnx_import
