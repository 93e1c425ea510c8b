//===- CompareOutput.cpp - Comparing a case's outputs ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Conformance/RunCase.h"
#include "kiln/Support/Compare.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace kiln::conformance {

static std::string describe(const HostTensor &tensor) {
  std::ostringstream text;
  text << elementTypeName(tensor.type) << '[';
  for (size_t i = 0; i < tensor.shape.size(); ++i)
    text << (i ? "," : "") << tensor.shape[i];
  text << ']';
  return text.str();
}

static bool isFloat(ElementType type) {
  return type == ElementType::F16 || type == ElementType::BF16 ||
         type == ElementType::F32 || type == ElementType::F64;
}

Tolerance interpreterTolerance(ElementType type) {
  // A multiple of the type's spacing, relative to the element, and again to
  // the greatest one: sums of many terms cancel.
  switch (type) {
  case ElementType::F64:
    return {1e-12, 0, 1e-13};
  case ElementType::F16:
    return {0x1p-9, 0x1p-24, 0x1p-10};
  case ElementType::BF16:
    return {0x1p-6, 0, 0x1p-7};
  default:
    return {1e-5, 0, 1e-6};
  }
}

/// The first element that differs, of types that are compared bit by bit.
static std::optional<std::string> compareExactly(const HostTensor &actual,
                                                 const HostTensor &expected) {
  if (actual.data == expected.data)
    return std::nullopt;
  size_t byte = static_cast<size_t>(
      std::ranges::mismatch(actual.data, expected.data).in1 -
      actual.data.begin());
  size_t i = byte / elementSize(actual.type);
  std::ostringstream text;
  text << "element " << i << " is " << actual.toDoubles()[i] << ", expected "
       << expected.toDoubles()[i];
  return text.str();
}

std::optional<std::string> compareOutput(const HostTensor &actual,
                                         const HostTensor &expected,
                                         const Tolerance &tolerance) {
  if (actual.type != expected.type || actual.shape != expected.shape)
    return "is " + describe(actual) + ", expected " + describe(expected);
  if (!isFloat(actual.type))
    return compareExactly(actual, expected);
  std::vector<double> got = actual.toDoubles(), want = expected.toDoubles();
  double greatest = 0;
  for (double value : want)
    if (std::isfinite(value))
      greatest = std::max(greatest, std::fabs(value));
  Difference difference =
      compareElements(got, want, actual.type, tolerance.rtol,
                      tolerance.atol + tolerance.scaled * greatest);
  if (difference.outside == 0)
    return std::nullopt;
  auto worst = static_cast<size_t>(difference.worstIndex);
  std::ostringstream text;
  text.precision(9);
  text << difference.outside << " of " << got.size()
       << " elements differ; element " << worst << " is " << got[worst]
       << ", expected " << want[worst];
  return text.str();
}

} // namespace kiln::conformance
