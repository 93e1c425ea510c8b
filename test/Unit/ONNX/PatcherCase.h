//===- PatcherCase.h - Models to write statistics into ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_TEST_UNIT_ONNX_PATCHERCASE_H
#define KILN_TEST_UNIT_ONNX_PATCHERCASE_H

#include "kiln/ONNX/Patcher.h"

#include "llvm/ADT/SmallString.h"

#include "onnx.pb.h"
#include "gtest/gtest.h"

#include <string>
#include <vector>

namespace kiln {

/// A folder that goes with the test, and models in it.
class PatcherCase : public testing::Test {
protected:
  void SetUp() override;
  void TearDown() override;

  std::string path(llvm::StringRef name) const;
  std::string write(llvm::StringRef name, llvm::StringRef content) const;
  std::string write(const onnx::ModelProto &model) const;
  static std::string content(llvm::StringRef path);
  size_t filesInFolder() const;

  /// What `patchStatistics` writes for the model; fails the test where it does
  /// not.
  onnx::ModelProto patched(const onnx::ModelProto &model,
                           llvm::ArrayRef<StatisticsPatch> patches);
  /// The text of its error; fails the test where it succeeds or leaves a file.
  std::string refused(const onnx::ModelProto &model,
                      llvm::ArrayRef<StatisticsPatch> patches);

  PatchSummary summary; ///< of the last model patched
  llvm::SmallString<128> folder;
};

/// x -> norm "bn" (3 channels) -> y, with statistics (1, 2, 3) and (4, 5, 6) in
/// raw initializers "mean" and "var"; opset 15, IR version 8.
onnx::ModelProto oneNorm();

onnx::TensorProto floats(llvm::StringRef name, std::vector<float> values);
onnx::NodeProto &addNode(onnx::ModelProto &model, llvm::StringRef op,
                         std::vector<std::string> inputs,
                         std::vector<std::string> outputs,
                         llvm::StringRef name = "");
/// A second normalisation "bn2" behind the first, with these statistics.
onnx::NodeProto &addSecondNorm(onnx::ModelProto &model, llvm::StringRef mean,
                               llvm::StringRef variance);
onnx::TensorProto *initializer(onnx::ModelProto &model, llvm::StringRef name);
void removeInitializer(onnx::ModelProto &model, llvm::StringRef name);

/// The numbers that a normalisation reads at an input, through Identity and
/// Constant as a runtime would; empty where there are none.
std::vector<double> numbersAt(const onnx::ModelProto &model,
                              llvm::StringRef node, int input);

} // namespace kiln

#endif // KILN_TEST_UNIT_ONNX_PATCHERCASE_H
