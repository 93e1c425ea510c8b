//===- EinsumEquation.cpp - Reading the equation of an Einsum ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EinsumEquation.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <array>

using namespace llvm;

namespace kiln::onnx_import {

static Error fail(const Twine &text) {
  return createStringError(inconvertibleErrorCode(), text);
}

/// Adds the labels of `count` dimensions under an ellipsis.
static void addEllipsis(Labels &labels, int64_t count) {
  for (int64_t i = count; i-- > 0;)
    labels.push_back(EinsumEquation::kEllipsis + static_cast<int>(i));
}

/// The labels of one term, where an ellipsis stands for `ellipsis` dimensions.
static Expected<Labels> parseTerm(StringRef term, int64_t ellipsis) {
  Labels labels;
  bool hasEllipsis = false;
  for (StringRef rest = term; !rest.empty();) {
    if (!hasEllipsis && rest.consume_front("...")) {
      hasEllipsis = true;
      addEllipsis(labels, ellipsis);
      continue;
    }
    if (!isAlpha(rest.front()))
      return fail("character '" + Twine(rest.take_front()) +
                  "' is neither a letter nor part of one ellipsis");
    labels.push_back(rest.front());
    rest = rest.drop_front();
  }
  return labels;
}

static Expected<Labels> parseInput(StringRef term, int64_t rank,
                                   int64_t &widest) {
  int64_t letters = count_if(term, isAlpha);
  bool hasEllipsis = term.contains("...");
  if (hasEllipsis ? letters > rank : letters != rank)
    return fail("term '" + term + "' does not fit an input of rank " +
                Twine(rank));
  if (hasEllipsis)
    widest = std::max(widest, rank - letters);
  return parseTerm(term, rank - letters);
}

/// ASCII letters have an entry each.
static std::array<int, 128> countLetters(ArrayRef<Labels> inputs) {
  std::array<int, 128> counts = {};
  for (const Labels &labels : inputs)
    for (int label : labels)
      if (label < EinsumEquation::kEllipsis)
        ++counts[label];
  return counts;
}

static Expected<Labels> parseOutput(StringRef term, ArrayRef<Labels> inputs,
                                    int64_t widest) {
  auto counts = countLetters(inputs);
  if (widest > 0 && !term.contains("..."))
    return fail("the output leaves out the ellipsis of the inputs");
  Expected<Labels> labels = parseTerm(term, widest);
  if (!labels)
    return labels.takeError();
  for (auto [i, label] : enumerate(*labels)) {
    if (is_contained(ArrayRef(*labels).take_front(i), label))
      return fail("a label stands twice in the output");
    if (label < EinsumEquation::kEllipsis && counts[label] == 0)
      return fail("output label '" + Twine(static_cast<char>(label)) +
                  "' stands in no input");
  }
  return labels;
}

Expected<EinsumEquation> parseEinsum(StringRef text, ArrayRef<int64_t> ranks) {
  std::string packed;
  copy_if(text, std::back_inserter(packed), [](char c) { return c != ' '; });
  auto [left, right] = StringRef(packed).split("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (terms.size() != ranks.size())
    return fail("it has " + Twine(terms.size()) + " terms for " +
                Twine(ranks.size()) + " inputs");
  EinsumEquation equation;
  int64_t widest = 0;
  for (auto [term, rank] : zip_equal(terms, ranks)) {
    Expected<Labels> labels = parseInput(term, rank, widest);
    if (!labels)
      return labels.takeError();
    equation.inputs.push_back(std::move(*labels));
  }
  if (StringRef(packed).contains("->")) {
    Expected<Labels> labels = parseOutput(right, equation.inputs, widest);
    if (!labels)
      return labels.takeError();
    equation.output = std::move(*labels);
    return equation;
  }
  addEllipsis(equation.output, widest);
  for (auto [letter, count] : enumerate(countLetters(equation.inputs)))
    if (count == 1)
      equation.output.push_back(static_cast<int>(letter));
  return equation;
}

} // namespace kiln::onnx_import
