//===- WindowPlan.h - The plan of a cpu.window and its cost ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_WINDOWPLAN_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_WINDOWPLAN_H

#include "kiln/CodeGen/CPU/IR/CPU.h"
#include "kiln/CodeGen/CPU/TargetDescription.h"

namespace kiln::cpu {

/// What a depthwise convolution or a pooling is, as far as its plan goes: types
/// [N, C, H, W], and two entries of each list.
struct Window {
  mlir::RankedTensorType input, result;
  llvm::SmallVector<int64_t> kernel, strides{1, 1}, dilations{1, 1},
      padLow{0, 0};
  Combine combine = Combine::Sum;
};

/// The plan of its kernel: channels of a block, columns of a register tile,
/// tasks. `cycles` of one core are what it is expected to take.
struct WindowPlan {
  int64_t lanes = 1, columns = 1, tasks = 1;
  double cycles = 0;
};

WindowPlan planWindow(const Window &window, const TargetDescription &target);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_WINDOWPLAN_H
