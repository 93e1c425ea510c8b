//===- Model.h - An ONNX model as plain data ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The reader's result, free of protobuf: what the importer works on. All
// stored tensors have been checked; names and structure have not.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_ONNX_MODEL_H
#define KILN_LIB_ONNX_MODEL_H

#include "kiln/Support/HostTensor.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace kiln::onnx_import {

using TensorRef = std::shared_ptr<const HostTensor>;

/// An attribute of a kind that no operator taken here has (a type, a body of a
/// loop).
struct OtherAttribute {};

struct Branch;
using BranchRef = std::shared_ptr<const Branch>;

using Attribute = std::variant<OtherAttribute, int64_t, float, std::string,
                               std::vector<int64_t>, std::vector<float>,
                               std::vector<std::string>, TensorRef, BranchRef>;

struct Node {
  std::string name; // made from operator and index where the file has none
  std::string op;
  std::string domain;
  std::vector<std::string> inputs;  // "" where an optional one is absent
  std::vector<std::string> outputs; // likewise
  std::map<std::string, Attribute> attributes;
  std::vector<std::string> captures; // tensors that its branches use
};

/// A graph without inputs in an attribute of If. It sees the tensors around it.
struct Branch {
  std::vector<Node> nodes; // in an order of use
  std::map<std::string, TensorRef> initializers;
  std::vector<std::string> outputs;
};

/// A dimension of a declared tensor: a size, or -1 and perhaps a name.
struct Dimension {
  int64_t size = -1;
  std::string name;
};

struct ValueInfo {
  std::string name;
  int32_t elementType = 0; // ONNX's number
  bool isTensor = false;
  bool hasShape = false;
  std::vector<Dimension> shape;
};

struct Model {
  int64_t opset = 0; // of the default domain
  std::vector<Node> nodes;
  std::vector<ValueInfo> inputs;
  std::vector<ValueInfo> outputs;
  std::map<std::string, ValueInfo> inner; // declarations of values in between
  std::map<std::string, TensorRef> initializers;
};

struct ReaderLimits {
  uint64_t maxFileBytes;
  int64_t maxElements;
};

/// Reads and decodes the file; an error's text begins with its code.
llvm::Expected<Model> readModel(llvm::StringRef path,
                                const ReaderLimits &limits);

} // namespace kiln::onnx_import

#endif // KILN_LIB_ONNX_MODEL_H
