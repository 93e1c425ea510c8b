//===- Constants.cpp - Reading and making constant tensors ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Dialect/NN/Utils/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

#include <cmath>
#include <cstring>

using namespace mlir;

namespace kiln::nn {

/// Tensors of fewer elements stay inline, so that small IR reads well.
static constexpr int64_t kInlineElements = 64;

ElementsAttr getConstant(Value value) {
  if (!value)
    return {};
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  return constant ? dyn_cast<ElementsAttr>(constant.getValue())
                  : ElementsAttr();
}

/// Bytes of one element in memory: bool (i1) takes one.
static int64_t byteWidth(Type type) {
  return (type.getIntOrFloatBitWidth() + 7) / 8;
}

static double widen(Type type, const char *bytes) {
  unsigned width = type.getIntOrFloatBitWidth();
  uint64_t bits = 0;
  std::memcpy(&bits, bytes, byteWidth(type));
  if (auto floating = dyn_cast<FloatType>(type)) {
    APFloat value(floating.getFloatSemantics(), APInt(width, bits));
    bool losesInfo;
    value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
    return value.convertToDouble();
  }
  if (width == 1)
    return (bits & 1) != 0 ? 1.0 : 0.0;
  APInt value(width, bits, /*isSigned=*/false, /*implicitTrunc=*/true);
  return type.isUnsignedInteger() ? value.roundToDouble(false)
                                  : value.roundToDouble(true);
}

std::optional<ArrayRef<char>> rawBytes(ElementsAttr attr,
                                       SmallVectorImpl<char> &storage) {
  auto type = cast<ShapedType>(attr.getType());
  Type element = type.getElementType();
  if (!element.isIntOrFloat())
    return std::nullopt;
  int64_t width = byteWidth(element), count = type.getNumElements();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || static_cast<int64_t>(blob->getData().size()) != width * count)
      return std::nullopt;
    return blob->getData();
  }
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  if (!dense)
    return std::nullopt;
  // Dense i1 is bit-packed, and splats hold one element.
  if (!dense.isSplat() && element.getIntOrFloatBitWidth() != 1)
    return dense.getRawData();
  storage.clear();
  storage.reserve(width * count);
  if (element.getIntOrFloatBitWidth() == 1) {
    for (bool value : dense.getValues<bool>())
      storage.push_back(value ? 1 : 0);
  } else {
    for (int64_t i = 0; i < count; ++i)
      llvm::append_range(storage, dense.getRawData());
  }
  return ArrayRef<char>(storage);
}

static double readF32(const char *bytes) {
  float value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

std::optional<SmallVector<double>> readAsF64(Attribute attr) {
  auto elements = dyn_cast_or_null<ElementsAttr>(attr);
  if (!elements)
    return std::nullopt;
  SmallVector<char> storage;
  std::optional<ArrayRef<char>> bytes = rawBytes(elements, storage);
  if (!bytes)
    return std::nullopt;
  Type element = cast<ShapedType>(elements.getType()).getElementType();
  int64_t width = byteWidth(element);
  SmallVector<double> values(bytes->size() / width);
  // The common type, without the detour over APFloat.
  if (element.isF32())
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = readF32(bytes->data() + i * width);
  else
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = widen(element, bytes->data() + i * width);
  return values;
}

std::optional<SmallVector<double>> readAsF64(Value value) {
  return readAsF64(getConstant(value));
}

static APFloat roundFloat(double value, FloatType type) {
  APFloat result(value);
  bool losesInfo;
  result.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                 &losesInfo);
  return result;
}

double roundToType(double value, Type elementType) {
  if (elementType.isF32() && !std::isnan(value))
    return static_cast<float>(value);
  APFloat rounded = roundFloat(value, cast<FloatType>(elementType));
  bool losesInfo;
  rounded.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                  &losesInfo);
  return rounded.convertToDouble();
}

bool fitsType(double value, Type elementType) {
  return std::isfinite(value) && std::isfinite(roundToType(value, elementType));
}

double unitRoundoff(Type elementType) {
  auto precision = APFloat::semanticsPrecision(
      cast<FloatType>(elementType).getFloatSemantics());
  return std::ldexp(1.0, -static_cast<int>(precision));
}

double smallestSubnormal(Type elementType) {
  APFloat value =
      APFloat::getSmallest(cast<FloatType>(elementType).getFloatSemantics());
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToDouble();
}

static bool isInline(RankedTensorType type) {
  return type.getNumElements() < kInlineElements;
}

static ElementsAttr makeInline(RankedTensorType type, ArrayRef<char> bytes) {
  if (type.getElementType().getIntOrFloatBitWidth() != 1)
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  SmallVector<bool> values;
  for (char byte : bytes)
    values.push_back(byte != 0);
  return DenseElementsAttr::get(type, values);
}

ElementsAttr makeElementsFromBytes(RankedTensorType type, ArrayRef<char> bytes,
                                   StringRef name) {
  if (isInline(type))
    return makeInline(type, bytes);
  return adoptElements(type,
                       HeapAsmResourceBlob::allocateAndCopyWithAlign(
                           bytes, /*align=*/64, /*dataIsMutable=*/false),
                       name);
}

ElementsAttr adoptElements(RankedTensorType type, AsmResourceBlob blob,
                           StringRef name) {
  if (isInline(type))
    return makeInline(type, blob.getData());
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

/// The bits of `value` rounded to the type.
static uint64_t encode(double value, Type type) {
  // The common type, without the detour over APFloat, whose NaNs it lacks.
  if (type.isF32() && !std::isnan(value))
    return llvm::bit_cast<uint32_t>(static_cast<float>(value));
  if (auto floating = dyn_cast<FloatType>(type))
    return roundFloat(value, floating).bitcastToAPInt().getZExtValue();
  return static_cast<uint64_t>(static_cast<int64_t>(value));
}

ElementsAttr makeElements(RankedTensorType type, ArrayRef<double> values) {
  Type element = type.getElementType();
  int64_t width = byteWidth(element);
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(width * values.size(), /*align=*/64);
  char *bytes = blob.getMutableData().data();
  for (auto [i, value] : llvm::enumerate(values)) {
    uint64_t bits = encode(value, element);
    std::memcpy(bytes + i * width, &bits, width);
  }
  return adoptElements(type, std::move(blob));
}

Value createConstant(OpBuilder &builder, Location location,
                     RankedTensorType type, ArrayRef<double> values) {
  return arith::ConstantOp::create(builder, location,
                                   makeElements(type, values));
}

} // namespace kiln::nn
