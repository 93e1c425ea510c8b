//===- Operators.h - Which ONNX operators are taken ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_ONNX_OPERATORS_H
#define KILN_ONNX_OPERATORS_H

#include <optional>
#include <string>
#include <vector>

namespace kiln {

/// One operator over a range of opsets, as the importer takes it.
struct OperatorForm {
  std::string name;
  int since = 1;
  std::optional<int> until; ///< nothing: up to the newest opset
  int minInputs = 0;
  std::optional<int> maxInputs; ///< nothing: any number
  std::vector<std::string> attributes;
  std::string types;  ///< as in the importer's table; empty: none is stated
  std::string limits; ///< what ONNX allows and Kiln does not
};

/// The importer's own table, sorted by name and opset.
std::vector<OperatorForm> supportedOperators();

} // namespace kiln

#endif // KILN_ONNX_OPERATORS_H
