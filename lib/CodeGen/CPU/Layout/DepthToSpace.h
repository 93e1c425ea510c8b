//===- DepthToSpace.h - Channels that become pixels ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_DEPTHTOSPACE_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_DEPTHTOSPACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

#include <optional>

namespace kiln::cpu {

/// Channel (i * columns + j) * K + k of pixel (h, w) of `source`,
/// [N, rows * columns * K, H, W], becomes channel k of pixel
/// (h * rows + i, w * columns + j); ONNX's DepthToSpace in mode DCR.
struct DepthToSpace {
  mlir::Value source;
  int64_t rows = 1, columns = 1;

  mlir::RankedTensorType getSourceType() const {
    return mlir::cast<mlir::RankedTensorType>(source.getType());
  }
  int64_t getChannels() const {
    return getSourceType().getDimSize(1) / (rows * columns);
  }
};

/// What `value` is made of if it is the collapsed transpose of an expanded
/// tensor that moves channels to pixels in this order.
std::optional<DepthToSpace> matchDepthToSpace(mlir::Value value);

/// The same as a reshape, a transpose and a reshape.
mlir::Value createDepthToSpace(mlir::OpBuilder &builder, mlir::Location loc,
                               const DepthToSpace &op);

/// `value`, plain, straight from the blocks of `lanes` channels that its source
/// lies in; null where it is something else, or its source takes several
/// blocks.
mlir::Value lowerBlockedDepthToSpace(mlir::OpBuilder &builder,
                                     mlir::Value value, int64_t lanes);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_DEPTHTOSPACE_H
