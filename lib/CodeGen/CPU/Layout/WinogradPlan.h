//===- WinogradPlan.h - How a Winograd kernel goes over its tiles ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_WINOGRADPLAN_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_WINOGRADPLAN_H

#include "kiln/CodeGen/CPU/TargetDescription.h"

namespace kiln::cpu {

/// A 3x3 convolution to be computed by F(m x m, 3 x 3) in f32.
struct WinogradProblem {
  /// m: 2 or 4.
  int64_t outputTile = 2;
  int64_t images = 1, inChannels = 1, outChannels = 1;
  /// Tiles of m x m pixels in an image.
  int64_t tiles = 1;
};

/// The attributes of a `cpu.winograd` and the shape of its weights.
struct WinogradPlan {
  int64_t blockTiles = 1, rows = 1, vectors = 1;
  int64_t parts = 1, groups = 1;
  /// Estimated cycles of one core for all images, the weights not in any cache
  /// at the start.
  double cycles = 0;
};

/// The plan with the least estimated cycles.
WinogradPlan planWinograd(const WinogradProblem &problem,
                          const TargetDescription &target);

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_WINOGRADPLAN_H
