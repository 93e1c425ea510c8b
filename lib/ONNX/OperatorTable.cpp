//===- OperatorTable.cpp - Which operators are taken, by opset ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OperatorTable.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace kiln::onnx_import {

using Table = StringMap<SmallVector<const Operator *, 2>>;

static Table buildTable() {
  Table table;
  for (ArrayRef<Operator> family :
       {activationOperators(), constantOperators(), convolutionOperators(),
        elementwiseOperators(), linearOperators(), normalizationOperators(),
        padOperators(), poolingOperators(), shapeOperators(), sliceOperators(),
        reductionOperators(), resizeOperators(), statisticsOperators()})
    for (const Operator &entry : family)
      table[entry.name].push_back(&entry);
  return table;
}

static const Table &table() {
  static const Table instance = buildTable();
  return instance;
}

const Operator *lookupOperator(StringRef name, int64_t opset) {
  auto found = table().find(name);
  if (found == table().end())
    return nullptr;
  for (const Operator *entry : found->second)
    if (entry->since <= opset && opset <= entry->until)
      return entry;
  return nullptr;
}

bool isKnownOperator(StringRef name) { return table().contains(name); }

} // namespace kiln::onnx_import
