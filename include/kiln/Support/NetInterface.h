//===- NetInterface.h - What a compiled net takes and gives ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The border of a net as its artifact states it: generated header, descriptor
// and loader are all made from this. Knows neither MLIR nor LLVM.
//===----------------------------------------------------------------------===//

#ifndef KILN_SUPPORT_NETINTERFACE_H
#define KILN_SUPPORT_NETINTERFACE_H

#include "kiln/Support/HostTensor.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kiln {

/// One input or output: dense, in C order, little-endian.
struct TensorInterface {
  /// As in the net's file: any bytes.
  std::string name;
  ElementType type = ElementType::F32;
  /// -1 for a dimension that is open: the batch, or where the sets of shapes
  /// that the net serves differ.
  std::vector<int64_t> shape;
  /// Of an output that depends on all of its batch: the first layer that
  /// normalises by the batch's statistics.
  std::string dependsOnBatch = {};
};

/// A tensor's shape in one of the sets that a net serves.
struct ServedShape {
  /// Of one image's part where `isBatched`: dimension 0 grows with the batch.
  std::vector<int64_t> dims;
  bool isBatched = false;
};

/// One set of shapes that a net serves, with code of its own.
struct ServedShapes {
  std::vector<ServedShape> inputs, outputs;
  /// Bytes of memory that one run needs, aligned to 64; the same for any
  /// batch. Each worker needs `scratchBytes` more, a multiple of 64.
  int64_t arenaBytes = 0;
  int64_t scratchBytes = 0;
};

struct NetInterface {
  /// A C identifier: the prefix of the artifact's symbols.
  std::string identifier;
  std::vector<TensorInterface> inputs, outputs;
  /// Bytes that are enough for every set of shapes, as in ServedShapes.
  int64_t arenaBytes = 0;
  int64_t scratchBytes = 0;
  /// At least one, in the order in which they were asked for; the first that
  /// fits is run.
  std::vector<ServedShapes> served;
};

} // namespace kiln

#endif // KILN_SUPPORT_NETINTERFACE_H
