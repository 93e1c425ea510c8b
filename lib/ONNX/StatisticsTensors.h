//===- StatisticsTensors.h - The tensors that hold statistics ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_STATISTICSTENSORS_H
#define KILN_LIB_ONNX_STATISTICSTENSORS_H

#include "kiln/ONNX/Patcher.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <optional>

namespace onnx {
class GraphProto;
class NodeProto;
class TensorProto;
} // namespace onnx

namespace kiln::onnx_import {

/// Finds the tensor behind an input of a node and gives it other numbers, in a
/// way that nothing but that input sees.
class StatisticsTensors {
public:
  StatisticsTensors(::onnx::GraphProto &graph, int64_t irVersion)
      : graph(graph), irVersion(irVersion) {}

  /// Notes who makes and uses each name. Fails (K0102) where two make one.
  llvm::Error index();

  /// `what` names the input in messages. Fails where it is no constant, has
  /// another number of elements, or cannot hold the numbers.
  llvm::Error replace(::onnx::NodeProto &node, int input,
                      llvm::ArrayRef<double> values, llvm::StringRef what);

  PatchSummary summary;

private:
  struct Source;
  Source findSource(const std::string &name);
  void countUses(const ::onnx::GraphProto &scope);
  std::optional<int32_t> typeOf(const Source &source,
                                const std::string &name) const;
  std::string freshName(llvm::StringRef wanted);
  void addInitializer(::onnx::TensorProto tensor);

  ::onnx::GraphProto &graph;
  int64_t irVersion;
  llvm::StringMap<::onnx::TensorProto *> initializers;
  llvm::StringMap<::onnx::NodeProto *> makers;
  llvm::StringMap<unsigned> uses;
  llvm::StringSet<> inputs;
};

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_STATISTICSTENSORS_H
