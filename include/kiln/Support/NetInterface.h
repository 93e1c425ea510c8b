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
  std::vector<int64_t> shape;
};

struct NetInterface {
  /// A C identifier: the prefix of the artifact's symbols.
  std::string identifier;
  std::vector<TensorInterface> inputs, outputs;
  /// Bytes of scratch memory that one run needs, aligned to 64.
  int64_t arenaBytes = 0;
};

} // namespace kiln

#endif // KILN_SUPPORT_NETINTERFACE_H
