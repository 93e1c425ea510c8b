//===- OperatorTable.cpp - Which operators are taken, by opset ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OperatorTable.h"

#include "kiln/ONNX/Operators.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

#include <tuple>

using namespace llvm;

namespace kiln::onnx_import {

using Table = StringMap<SmallVector<const Operator *, 2>>;

static Table buildTable() {
  Table table;
  for (ArrayRef<Operator> family :
       {activationOperators(),  castOperators(),
        columnOperators(),      constantOperators(),
        controlFlowOperators(), convolutionOperators(),
        cumulativeOperators(),  deformableOperators(),
        einsumOperators(),      elementwiseOperators(),
        gatherOperators(),      gridOperators(),
        layerNormOperators(),   linearOperators(),
        normPoolingOperators(), normalizationOperators(),
        padOperators(),         poolingOperators(),
        powerOperators(),       predicateOperators(),
        reductionOperators(),   regionOperators(),
        resizeOperators(),      responseOperators(),
        scatterOperators(),     searchOperators(),
        selectionOperators(),   shapeOperators(),
        sliceOperators(),       statisticsOperators(),
        thresholdOperators(),   triangleOperators(),
        variadicOperators()})
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

StringRef reasonOfAbsence(StringRef name) {
  if (name.contains("Sequence") || name.starts_with("Optional"))
    return "sequences and optional values are not taken: each value must be a "
           "tensor";
  if (name.contains("String") || name == "TfIdfVectorizer")
    return "tensors of strings are not taken";
  return StringSwitch<StringRef>(name)
      .Cases({"Loop", "Scan"},
             "control flow is not taken: the graph must be static; export the "
             "net with fixed shapes, or simplify it first")
      .Cases({"Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike",
              "RandomUniform", "RandomUniformLike"},
             "its result is random")
      .Cases({"Compress", "NonZero", "Unique"},
             "the shape of its result depends on values; shapes must be known")
      .Cases({"GRU", "LSTM", "RNN"}, "recurrent operators are not taken")
      .Default("the operator is not taken");
}

/// Whether `types` ("floats", "i64") means `type` among others.
static bool isMeant(StringRef types, ElementType type) {
  using enum ElementType;
  static constexpr ElementType kFloats[] = {F16, BF16, F32, F64};
  static constexpr ElementType kInts[] = {I8, I16, I32, I64};
  static constexpr ElementType kUnsigned[] = {U8, U16, U32, U64};
  auto set = StringSwitch<ArrayRef<ElementType>>(types)
                 .Case("floats", kFloats)
                 .Case("ints", kInts)
                 .Case("uints", kUnsigned)
                 .Default({});
  return types == "any" || is_contained(set, type) ||
         types == StringRef(elementTypeName(type));
}

bool takesType(const Operator &entry, size_t input, ElementType type) {
  SmallVector<StringRef> items;
  entry.types.split(items, ' ', -1, /*KeepEmpty=*/false);
  bool isStated = false;
  for (StringRef item : items) {
    size_t number = 0;
    auto [prefix, types] = item.split(':');
    if (types.empty())
      types = item;
    else if (prefix.getAsInteger(10, number))
      llvm_unreachable("an item of `types` that is not \"N:type\"");
    if (number != input)
      continue;
    isStated = true;
    if (isMeant(types, type))
      return true;
  }
  return !isStated;
}

} // namespace kiln::onnx_import

namespace kiln {

static OperatorForm describe(const onnx_import::Operator &entry) {
  OperatorForm form;
  form.name = entry.name.str();
  form.since = entry.since;
  if (entry.until != onnx_import::kLatest)
    form.until = entry.until;
  form.minInputs = entry.minInputs;
  if (entry.maxInputs != onnx_import::kVariadic)
    form.maxInputs = entry.maxInputs;
  SmallVector<StringRef> attributes;
  entry.attributes.split(attributes, ' ', -1, /*KeepEmpty=*/false);
  for (StringRef attribute : attributes)
    form.attributes.push_back(attribute.split(':').first.str());
  form.types = entry.types.str();
  form.limits = entry.limits.str();
  return form;
}

std::vector<OperatorForm> supportedOperators() {
  std::vector<OperatorForm> forms;
  for (const auto &item : onnx_import::table())
    for (const onnx_import::Operator *entry : item.second)
      forms.push_back(describe(*entry));
  llvm::sort(forms, [](const OperatorForm &a, const OperatorForm &b) {
    return std::tie(a.name, a.since) < std::tie(b.name, b.since);
  });
  return forms;
}

} // namespace kiln
