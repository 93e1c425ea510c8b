//===- ShapeArithmetic.cpp - What importing computes of shapes ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A value depends on the batch if it differs between the two imports, or may
// differ at a third because it was computed from one that does.
//===----------------------------------------------------------------------===//

#include "kiln/ONNX/ShapeArithmetic.h"

#include "HostOps.h"
#include "kiln/Support/ErrorCodes.h"
#include "kiln/Support/Names.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace kiln {

namespace {

/// A value that depends on the batch, at the two sizes.
struct Dependent {
  const HostTensor *one, *several;
};

class Checker {
public:
  explicit Checker(int64_t batch) : batch(batch) {}

  Error check(const HostResult &one, const HostResult &several);

private:
  bool isDependent(const HostResult &result, size_t input) const {
    return input < result.inputs.size() &&
           dependents.contains(result.inputs[input]);
  }
  bool isFirstAlone(const HostResult &result) const;
  bool isExactCast(const HostResult &one, const HostResult &several) const;
  bool isSum(const HostResult &result, const HostTensor &several) const;
  bool isExactQuotient(const HostResult &result,
                       const HostTensor &several) const;
  bool isDecided(const HostResult &result) const;
  bool isAffine(const HostResult &one, const HostResult &several) const;

  int64_t batch;
  StringMap<Dependent> dependents;
  StringMap<const HostTensor *> known;
};

} // namespace

static bool isEqual(const HostTensor &one, const HostTensor &several) {
  return one.type == several.type && one.shape == several.shape &&
         one.data == several.data;
}

/// Data is picked or moved; where from and where to does not depend.
bool Checker::isFirstAlone(const HostResult &result) const {
  if (!isDependent(result, 0))
    return false;
  for (size_t i = 1; i < result.inputs.size(); ++i)
    if (isDependent(result, i))
      return false;
  return true;
}

/// A float that becomes an integer is rounded on the way, a wide integer that
/// becomes a narrow one wraps around.
bool Checker::isExactCast(const HostResult &one,
                          const HostResult &several) const {
  const HostTensor &source = *dependents.find(one.inputs[0])->second.several;
  if (onnx_import::isFloat(several.value->type))
    return true;
  return !onnx_import::isFloat(source.type) &&
         onnx_import::readInts(source) == onnx_import::readInts(*several.value);
}

/// Of two affine values, in a type in which nothing is rounded.
bool Checker::isSum(const HostResult &result, const HostTensor &several) const {
  bool both = isDependent(result, 0) && isDependent(result, 1);
  return !onnx_import::isFloat(several.type) && (result.op != "Mul" || !both);
}

/// N * k / d where d divides k, for each element.
bool Checker::isExactQuotient(const HostResult &result,
                              const HostTensor &several) const {
  if (!isDependent(result, 0) || isDependent(result, 1) ||
      onnx_import::isFloat(several.type))
    return false;
  auto divisor = known.find(result.inputs[1]);
  const Dependent &dividend = dependents.find(result.inputs[0])->second;
  auto ones = onnx_import::readInts(*dividend.one);
  auto alls = onnx_import::readInts(*dividend.several);
  if (divisor == known.end() || !ones || !alls)
    return false;
  auto by = onnx_import::readInts(*divisor->second);
  if (!by || by->size() != 1 || by->front() <= 0)
    return false;
  return all_of(zip_equal(*ones, *alls), [&](auto pair) {
    auto [one, all] = pair;
    int64_t product;
    return one == all || (one % by->front() == 0 &&
                          !MulOverflow(one, batch, product) && product == all);
  });
}

/// A comparison with a number that no batch size reaches: all between the two
/// ends give what the ends give.
bool Checker::isDecided(const HostResult &result) const {
  if (result.inputs.size() != 2 ||
      isDependent(result, 0) == isDependent(result, 1))
    return false;
  size_t side = isDependent(result, 0) ? 0 : 1;
  auto other = known.find(result.inputs[1 - side]);
  const Dependent &value = dependents.find(result.inputs[side])->second;
  auto ones = onnx_import::readInts(*value.one);
  auto alls = onnx_import::readInts(*value.several);
  if (other == known.end() || !ones || !alls)
    return false;
  auto limits = onnx_import::readInts(*other->second);
  if (!limits || (limits->size() != 1 && limits->size() != ones->size()))
    return false;
  for (size_t i = 0; i < ones->size(); ++i) {
    int64_t limit = (*limits)[limits->size() == 1 ? 0 : i];
    int64_t low = std::min((*ones)[i], (*alls)[i]);
    int64_t high = std::max((*ones)[i], (*alls)[i]);
    if (low != high && limit >= low && limit <= high)
      return false;
  }
  return true;
}

bool Checker::isAffine(const HostResult &one, const HostResult &several) const {
  enum class Kind {
    Source,
    Move,
    Select,
    Gathering,
    Sum,
    Quotient,
    Comparison,
    Other
  };
  Kind kind = StringSwitch<Kind>(one.op)
                  .Cases("Shape", "Size", Kind::Source)
                  .Cases("Gather", "Slice", "Squeeze", "Unsqueeze", Kind::Move)
                  .Cases("Reshape", "Flatten", "Transpose", Kind::Move)
                  .Cases("Identity", "Dropout", "Cast", Kind::Move)
                  .Case("Concat", Kind::Gathering)
                  .Case("Where", Kind::Select)
                  .Cases("Add", "Sub", "Mul", Kind::Sum)
                  .Case("Div", Kind::Quotient)
                  .Cases("Equal", "Less", "Greater", Kind::Comparison)
                  .Cases("LessOrEqual", "GreaterOrEqual", Kind::Comparison)
                  .Default(Kind::Other);
  switch (kind) {
  case Kind::Source:
  case Kind::Gathering:
    return true;
  case Kind::Move:
    return isFirstAlone(one) && (one.op != "Cast" || isExactCast(one, several));
  case Kind::Select:
    return !isDependent(one, 0);
  case Kind::Sum:
    return isSum(one, *several.value);
  case Kind::Quotient:
    return isExactQuotient(one, *several.value);
  case Kind::Comparison:
    return isDecided(one);
  case Kind::Other:
    return false;
  }
  llvm_unreachable("unknown kind");
}

static Error refuse(const HostResult &result, const Twine &reason) {
  return createStringError(
      errorLabel(ErrorCode::BatchNotIndependent) +
      ": the batch cannot stay open: " + escapeName(result.op) + " '" +
      escapeName(result.node) + "' " + reason +
      "; give --shapes a number for the batch");
}

Error Checker::check(const HostResult &one, const HostResult &several) {
  if (one.output != several.output || one.op != several.op)
    return refuse(one, "is computed at one batch size, and another node is at "
                       "another");
  bool depends = !isEqual(*one.value, *several.value);
  // Branches may use a name again.
  dependents.erase(one.output);
  bool mayDepend = depends;
  for (size_t i = 0; i < one.inputs.size(); ++i)
    mayDepend |= isDependent(one, i);
  known[one.output] = one.value.get();
  if (!mayDepend)
    return Error::success();
  if (one.value->shape != several.value->shape)
    return refuse(one, "makes a constant whose size depends on the batch");
  if (one.value->data.empty() != (one.value->size() == 0) ||
      !isAffine(one, several))
    return refuse(one,
                  "computes from the batch size what is no multiple of it");
  if (depends)
    dependents[one.output] = {one.value.get(), several.value.get()};
  return Error::success();
}

Error checkShapeArithmetic(const HostTrace &one, const HostTrace &several,
                           int64_t batch) {
  Checker checker(batch);
  for (auto [result, other] : zip(one, several))
    if (Error error = checker.check(result, other))
      return error;
  if (one.size() == several.size())
    return Error::success();
  return refuse(one.size() < several.size() ? several[one.size()]
                                            : one[several.size()],
                "is computed at one batch size alone");
}

} // namespace kiln
