//===- Instructions.cpp - Arithmetic on batches ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Payload.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <type_traits>

using namespace mlir;

namespace kiln::reference {

using Function = Instruction::Function;

/// `fn` of one to three floats.
template <auto fn>
static bool floats(const Instruction &in, double *const *slots, int64_t n) {
  double *out = slots[in.result];
  const double *a = slots[in.sources[0]];
  if constexpr (std::is_invocable_v<decltype(fn), double>) {
    for (int64_t i = 0; i < n; ++i)
      out[i] = fn(a[i]);
  } else if constexpr (std::is_invocable_v<decltype(fn), double, double>) {
    const double *b = slots[in.sources[1]];
    for (int64_t i = 0; i < n; ++i)
      out[i] = fn(a[i], b[i]);
  } else {
    const double *b = slots[in.sources[1]], *c = slots[in.sources[2]];
    for (int64_t i = 0; i < n; ++i)
      out[i] = fn(a[i], b[i], c[i]);
  }
  return true;
}

/// The bits of an integer that a slot holds as a number.
static uint64_t bitsOf(double value) {
  return value < 0        ? static_cast<uint64_t>(
                                static_cast<int64_t>(std::max(value, -0x1p63)))
         : value < 0x1p64 ? static_cast<uint64_t>(value)
                          : ~uint64_t{0};
}

static uint64_t toUnsigned(double value, unsigned width) {
  return bitsOf(value) & llvm::maskTrailingOnes<uint64_t>(width);
}

static int64_t toSigned(double value, unsigned width) {
  if (width == 64 && value >= 0x1p63) // the greatest i64, rounded
    return INT64_MAX;
  return llvm::SignExtend64(bitsOf(value), width);
}

/// As tensors hold integers: signed, but i1 as 0 or 1.
static double fromBits(uint64_t bits, unsigned width) {
  return width == 1 ? static_cast<double>(bits & 1)
                    : static_cast<double>(llvm::SignExtend64(bits, width));
}

/// `fn` of one or two integers, as signed or unsigned numbers of the operand's
/// width; a result of `std::optional` may say that there is none.
template <typename Int, auto fn>
static bool integers(const Instruction &in, double *const *slots, int64_t n) {
  auto read = [&](unsigned source, int64_t i) -> Int {
    double value = slots[in.sources[source]][i];
    if constexpr (std::is_signed_v<Int>)
      return toSigned(value, in.width);
    else
      return toUnsigned(value, in.width);
  };
  for (int64_t i = 0; i < n; ++i) {
    std::optional<uint64_t> value;
    if constexpr (std::is_invocable_v<decltype(fn), Int>)
      value = fn(read(0, i));
    else
      value = fn(read(0, i), read(1, i));
    if (!value)
      return false;
    slots[in.result][i] = fromBits(*value, in.resultWidth);
  }
  return true;
}

template <auto fn> static constexpr Function kSigned = integers<int64_t, fn>;
template <auto fn> static constexpr Function kUnsigned = integers<uint64_t, fn>;

/// `fn` where the divisor is not zero and the quotient not 2^63.
template <auto fn>
static std::optional<uint64_t> divideSigned(int64_t a, int64_t b) {
  if (b == 0 || (a == INT64_MIN && b == -1))
    return std::nullopt;
  return static_cast<uint64_t>(fn(a, b));
}

template <auto fn>
static std::optional<uint64_t> divideUnsigned(uint64_t a, uint64_t b) {
  if (b == 0)
    return std::nullopt;
  return fn(a, b);
}

static bool compareFloats(const Instruction &in, double *const *slots,
                          int64_t n) {
  // Bits: 1 equal, 2 greater, 4 less, 8 unordered; indexed by the predicate.
  static constexpr unsigned masks[] = {0, 1,  2,  3,  4,  5,  6, 7,
                                       9, 10, 11, 12, 13, 14, 8, 15};
  const double *a = slots[in.sources[0]], *b = slots[in.sources[1]];
  unsigned mask = masks[in.predicate];
  for (int64_t i = 0; i < n; ++i) {
    unsigned relation = a[i] == b[i]  ? 1
                        : a[i] > b[i] ? 2
                        : a[i] < b[i] ? 4
                                      : 8;
    slots[in.result][i] = (mask & relation) != 0 ? 1.0 : 0.0;
  }
  return true;
}

static bool compare(arith::CmpIPredicate predicate, int64_t a, int64_t b,
                    uint64_t ua, uint64_t ub) {
  switch (predicate) {
  case arith::CmpIPredicate::eq:
    return ua == ub;
  case arith::CmpIPredicate::ne:
    return ua != ub;
  case arith::CmpIPredicate::slt:
    return a < b;
  case arith::CmpIPredicate::sle:
    return a <= b;
  case arith::CmpIPredicate::sgt:
    return a > b;
  case arith::CmpIPredicate::sge:
    return a >= b;
  case arith::CmpIPredicate::ult:
    return ua < ub;
  case arith::CmpIPredicate::ule:
    return ua <= ub;
  case arith::CmpIPredicate::ugt:
    return ua > ub;
  case arith::CmpIPredicate::uge:
    return ua >= ub;
  }
  llvm_unreachable("unknown predicate");
}

static bool compareIntegers(const Instruction &in, double *const *slots,
                            int64_t n) {
  auto predicate = static_cast<arith::CmpIPredicate>(in.predicate);
  for (int64_t i = 0; i < n; ++i) {
    double a = slots[in.sources[0]][i], b = slots[in.sources[1]][i];
    slots[in.result][i] =
        compare(predicate, toSigned(a, in.width), toSigned(b, in.width),
                toUnsigned(a, in.width), toUnsigned(b, in.width));
  }
  return true;
}

/// Towards zero, saturating: the IR gives no value beyond the range.
template <bool isSigned>
static bool floatToInteger(const Instruction &in, double *const *slots,
                           int64_t n) {
  unsigned width = in.resultWidth;
  double least = isSigned ? -std::ldexp(1.0, static_cast<int>(width) - 1) : 0.0;
  double most = std::ldexp(1.0, static_cast<int>(width - isSigned));
  for (int64_t i = 0; i < n; ++i) {
    double value = std::trunc(slots[in.sources[0]][i]);
    if (!(value >= least))
      value = std::isnan(value) ? 0.0 : least;
    uint64_t bits = value < most
                        ? bitsOf(value)
                        : llvm::maskTrailingOnes<uint64_t>(width - isSigned);
    slots[in.result][i] = fromBits(bits, width);
  }
  return true;
}

template <bool isSigned>
static bool integerToFloat(const Instruction &in, double *const *slots,
                           int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    double value = slots[in.sources[0]][i];
    slots[in.result][i] =
        isSigned ? static_cast<double>(toSigned(value, in.width))
                 : static_cast<double>(toUnsigned(value, in.width));
  }
  return true;
}

static bool extract(const Instruction &in, double *const *slots, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    int64_t offset = 0;
    for (auto [dim, source] : llvm::enumerate(in.sources)) {
      double index = slots[source][i];
      if (!(index >= 0 && index < static_cast<double>(in.table->shape[dim])))
        return false;
      offset += static_cast<int64_t>(index) * in.strides[dim];
    }
    slots[in.result][i] = in.table->data[offset];
  }
  return true;
}

/// NaN where either is; -0 is below +0.
static double maximum(double a, double b) {
  if (std::isnan(a) || std::isnan(b))
    return std::nan("");
  return a > b || (a == b && !std::signbit(a)) ? a : b;
}

static double minimum(double a, double b) { return -maximum(-a, -b); }

static double power(double base, double exponent) {
  return std::pow(base, exponent);
}

/// The exact power modulo 2^64; nothing for 1 / 0.
static std::optional<uint64_t> integerPower(int64_t base, int64_t exponent) {
  if (exponent < 0) {
    if (base == 0)
      return std::nullopt;
    if (base != 1 && base != -1)
      return 0;
    exponent = -(exponent % 2);
  }
  uint64_t result = 1;
  for (auto factor = static_cast<uint64_t>(base); exponent != 0;
       exponent >>= 1, factor *= factor)
    if ((exponent & 1) != 0)
      result *= factor;
  return result;
}

static Function floatArithmetic(StringRef name) {
  return llvm::StringSwitch<Function>(name)
      .Case("addf", floats<[](double a, double b) { return a + b; }>)
      .Case("subf", floats<[](double a, double b) { return a - b; }>)
      .Case("mulf", floats<[](double a, double b) { return a * b; }>)
      .Case("divf", floats<[](double a, double b) { return a / b; }>)
      .Case("remf", floats<[](double a, double b) { return std::fmod(a, b); }>)
      .Case("negf", floats<[](double a) { return -a; }>)
      .Case("maximumf", floats<maximum>)
      .Case("minimumf", floats<minimum>)
      .Case("maxnumf",
            floats<[](double a, double b) { return std::fmax(a, b); }>)
      .Case("minnumf",
            floats<[](double a, double b) { return std::fmin(a, b); }>)
      .Case("select",
            floats<[](double c, double a, double b) { return c != 0 ? a : b; }>)
      .Cases({"extf", "truncf"}, floats<[](double a) { return a; }>)
      .Case("cmpf", compareFloats)
      .Case("cmpi", compareIntegers)
      .Case("fptosi", floatToInteger<true>)
      .Case("fptoui", floatToInteger<false>)
      .Case("sitofp", integerToFloat<true>)
      .Case("uitofp", integerToFloat<false>)
      .Default(nullptr);
}

using I = int64_t;
using U = uint64_t;

static Function integerArithmetic(StringRef name) {
  return llvm::StringSwitch<Function>(name)
      .Case("addi", kUnsigned<[](U a, U b) { return a + b; }>)
      .Case("subi", kUnsigned<[](U a, U b) { return a - b; }>)
      .Case("muli", kUnsigned<[](U a, U b) { return a * b; }>)
      .Case("andi", kUnsigned<[](U a, U b) { return a & b; }>)
      .Case("ori", kUnsigned<[](U a, U b) { return a | b; }>)
      .Case("xori", kUnsigned<[](U a, U b) { return a ^ b; }>)
      .Case("shli", kUnsigned<[](U a, U b) { return b < 64 ? a << b : U{0}; }>)
      .Case("shrui", kUnsigned<[](U a, U b) { return b < 64 ? a >> b : U{0}; }>)
      .Case("shrsi", kSigned<[](I a, I b) { return U(a >> (U(b) & 63)); }>)
      .Case("divsi", kSigned<divideSigned<[](I a, I b) { return a / b; }>>)
      .Case("remsi", kSigned<divideSigned<[](I a, I b) { return a % b; }>>)
      .Case("ceildivsi", kSigned<divideSigned<llvm::divideCeilSigned<I, I>>>)
      .Case("floordivsi", kSigned<divideSigned<llvm::divideFloorSigned<I, I>>>)
      .Case("divui", kUnsigned<divideUnsigned<[](U a, U b) { return a / b; }>>)
      .Case("remui", kUnsigned<divideUnsigned<[](U a, U b) { return a % b; }>>)
      .Case("maxsi", kSigned<[](I a, I b) { return U(std::max(a, b)); }>)
      .Case("minsi", kSigned<[](I a, I b) { return U(std::min(a, b)); }>)
      .Case("maxui", kUnsigned<[](U a, U b) { return std::max(a, b); }>)
      .Case("minui", kUnsigned<[](U a, U b) { return std::min(a, b); }>)
      .Cases({"extsi", "trunci", "index_cast"},
             kSigned<[](I a) { return U(a); }>)
      .Cases({"extui", "index_castui"}, kUnsigned<[](U a) { return a; }>)
      .Default(nullptr);
}

static Function roundingAndTests(StringRef name) {
  return llvm::StringSwitch<Function>(name)
      .Case("absi", kSigned<[](I a) { return a < 0 ? -U(a) : U(a); }>)
      .Case("ipowi", kSigned<integerPower>)
      .Case("ceil", floats<[](double x) { return std::ceil(x); }>)
      .Case("floor", floats<[](double x) { return std::floor(x); }>)
      .Case("trunc", floats<[](double x) { return std::trunc(x); }>)
      .Case("round", floats<[](double x) { return std::round(x); }>)
      .Case("roundeven", floats<[](double x) { return std::nearbyint(x); }>)
      .Case("copysign",
            floats<[](double a, double b) { return std::copysign(a, b); }>)
      .Case("isnan", floats<[](double x) { return double(std::isnan(x)); }>)
      .Case("isinf", floats<[](double x) { return double(std::isinf(x)); }>)
      .Case("isfinite",
            floats<[](double x) { return double(std::isfinite(x)); }>)
      .Case("clampf", floats<[](double x, double low, double high) {
              return minimum(maximum(x, low), high);
            }>)
      .Default(nullptr);
}

static Function mathFunction(StringRef name) {
  return llvm::StringSwitch<Function>(name)
      .Case("absf", floats<[](double x) { return std::abs(x); }>)
      .Case("acos", floats<[](double x) { return std::acos(x); }>)
      .Case("acosh", floats<[](double x) { return std::acosh(x); }>)
      .Case("asin", floats<[](double x) { return std::asin(x); }>)
      .Case("asinh", floats<[](double x) { return std::asinh(x); }>)
      .Case("atan", floats<[](double x) { return std::atan(x); }>)
      .Case("atanh", floats<[](double x) { return std::atanh(x); }>)
      .Case("atan2",
            floats<[](double y, double x) { return std::atan2(y, x); }>)
      .Case("cbrt", floats<[](double x) { return std::cbrt(x); }>)
      .Case("cos", floats<[](double x) { return std::cos(x); }>)
      .Case("cosh", floats<[](double x) { return std::cosh(x); }>)
      .Case("erf", floats<[](double x) { return std::erf(x); }>)
      .Case("erfc", floats<[](double x) { return std::erfc(x); }>)
      .Case("exp", floats<[](double x) { return std::exp(x); }>)
      .Case("exp2", floats<[](double x) { return std::exp2(x); }>)
      .Case("expm1", floats<[](double x) { return std::expm1(x); }>)
      .Case("fma", floats<[](double a, double b, double c) {
              return std::fma(a, b, c);
            }>)
      .Case("log", floats<[](double x) { return std::log(x); }>)
      .Case("log10", floats<[](double x) { return std::log10(x); }>)
      .Case("log1p", floats<[](double x) { return std::log1p(x); }>)
      .Case("log2", floats<[](double x) { return std::log2(x); }>)
      .Cases({"powf", "fpowi"}, floats<power>)
      .Case("rsqrt", floats<[](double x) { return 1 / std::sqrt(x); }>)
      .Case("sin", floats<[](double x) { return std::sin(x); }>)
      .Case("sinh", floats<[](double x) { return std::sinh(x); }>)
      .Case("sqrt", floats<[](double x) { return std::sqrt(x); }>)
      .Case("tan", floats<[](double x) { return std::tan(x); }>)
      .Case("tanh", floats<[](double x) { return std::tanh(x); }>)
      .Default(nullptr);
}

Function instructionFor(Operation *op) {
  StringRef name = op->getName().getStringRef();
  if (name == "tensor.extract")
    return extract;
  if (name.consume_front("arith.")) {
    Function function = floatArithmetic(name);
    return function ? function : integerArithmetic(name);
  }
  if (name.consume_front("math.")) {
    Function function = mathFunction(name);
    return function ? function : roundingAndTests(name);
  }
  return nullptr;
}

} // namespace kiln::reference
