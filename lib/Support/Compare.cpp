//===- Compare.cpp - How far two tensors are apart ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Support/Compare.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace kiln {

namespace {
/// Precision in bits and least exponent of a floating type, for its spacing.
struct Format {
  int precision;
  int minExponent; ///< of the spacing between subnormals
};

Format formatOf(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return {11, -24};
  case ElementType::BF16:
    return {8, -133};
  case ElementType::F64:
    return {53, -1074};
  default:
    return {24, -149};
  }
}

bool isFloating(ElementType type) {
  return type == ElementType::F16 || type == ElementType::BF16 ||
         type == ElementType::F32 || type == ElementType::F64;
}

/// Distance between neighbouring values of the type at |value|.
double spacing(double value, ElementType type) {
  if (!isFloating(type))
    return 1;
  Format format = formatOf(type);
  if (value == 0)
    return std::ldexp(1.0, format.minExponent);
  int exponent = 0;
  (void)std::frexp(value, &exponent);
  return std::ldexp(1.0,
                    std::max(exponent - format.precision, format.minExponent));
}

/// |a - b|, with equal infinities and two NaN equal.
double distance(double actual, double expected) {
  if (actual == expected || (std::isnan(actual) && std::isnan(expected)))
    return 0;
  double difference = std::fabs(actual - expected);
  return std::isnan(difference) ? std::numeric_limits<double>::infinity()
                                : difference;
}
} // namespace

Difference compareElements(std::span<const double> actual,
                           std::span<const double> expected, ElementType type,
                           double rtol, double atol) {
  assert(actual.size() == expected.size());
  Difference result;
  for (size_t i = 0; i < actual.size(); ++i) {
    double want = expected[i];
    if (std::isfinite(want))
      result.maxExpected = std::max(result.maxExpected, std::fabs(want));
    double apart = distance(actual[i], want);
    if (apart == 0)
      continue;
    if (!(apart <= atol + rtol * std::fabs(want)) || std::isinf(apart))
      ++result.outside;
    if (apart > result.maxAbs) {
      result.maxAbs = apart;
      result.worstIndex = static_cast<int64_t>(i);
    }
    if (want != 0)
      result.maxRel = std::max(result.maxRel, apart / std::fabs(want));
    result.maxUlp =
        std::max(result.maxUlp,
                 std::isinf(apart)
                     ? apart
                     : apart / spacing(std::isfinite(want) ? want : 0, type));
  }
  return result;
}

} // namespace kiln
