//===- TensorProto.cpp - Stored tensors, checked ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorProto.h"
#include "Error.h"
#include "ExternalData.h"

#include "onnx.pb.h"

#include <cstring>
#include <limits>

using namespace llvm;
using ::onnx::TensorProto;

namespace kiln::onnx_import {

std::optional<ElementType> elementTypeOf(int32_t onnxType) {
  switch (onnxType) {
  case TensorProto::FLOAT:
    return ElementType::F32;
  case TensorProto::DOUBLE:
    return ElementType::F64;
  case TensorProto::FLOAT16:
    return ElementType::F16;
  case TensorProto::BFLOAT16:
    return ElementType::BF16;
  case TensorProto::INT8:
    return ElementType::I8;
  case TensorProto::UINT8:
    return ElementType::U8;
  case TensorProto::INT16:
    return ElementType::I16;
  case TensorProto::UINT16:
    return ElementType::U16;
  case TensorProto::INT32:
    return ElementType::I32;
  case TensorProto::UINT32:
    return ElementType::U32;
  case TensorProto::INT64:
    return ElementType::I64;
  case TensorProto::UINT64:
    return ElementType::U64;
  case TensorProto::BOOL:
    return ElementType::Bool;
  default:
    return std::nullopt;
  }
}

std::string onnxTypeName(int32_t onnxType) {
  if (std::optional<ElementType> type = elementTypeOf(onnxType))
    return std::string(elementTypeName(*type));
  // Numbers above 16 are newer than the schema this is built with.
  static constexpr std::pair<int32_t, const char *> kOthers[] = {
      {0, "undefined"},     {8, "string"},
      {14, "complex64"},    {15, "complex128"},
      {17, "float8e4m3fn"}, {18, "float8e4m3fnuz"},
      {19, "float8e5m2"},   {20, "float8e5m2fnuz"},
      {21, "uint4"},        {22, "int4"},
      {23, "float4e2m1"},   {24, "float8e8m0"},
      {25, "uint2"},        {26, "int2"}};
  for (auto [number, name] : kOthers)
    if (number == onnxType)
      return name;
  return "number " + std::to_string(onnxType);
}

StringRef schemaTypeName(int32_t onnxType) {
  return TensorProto::DataType_IsValid(onnxType)
             ? StringRef(TensorProto::DataType_Name(
                   static_cast<TensorProto::DataType>(onnxType)))
             : StringRef();
}

static Error badTensor(StringRef what, const Twine &reason) {
  return makeError(ErrorCode::BadInitializer, what + ": " + reason);
}

/// Copies a typed field whose entries may be wider than the tensor's elements.
template <typename T, typename Field>
static Error copyField(HostTensor &tensor, const Field &field, StringRef what) {
  std::span<T> out = tensor.as<T>();
  if (static_cast<size_t>(field.size()) != out.size())
    return badTensor(what, "holds " + Twine(field.size()) +
                               " elements where "
                               "its shape " +
                               shapeText(tensor.shape) + " needs " +
                               Twine(out.size()));
  for (size_t i = 0; i < out.size(); ++i) {
    auto value = field[static_cast<int>(i)];
    out[i] = static_cast<T>(value);
    if (static_cast<decltype(value)>(out[i]) != value && value == value)
      return badTensor(what, "element " + Twine(i) +
                                 " does not fit its element type");
  }
  return Error::success();
}

static Error copyTypedData(HostTensor &tensor, const TensorProto &proto,
                           StringRef what) {
  switch (tensor.type) {
  case ElementType::F32:
    return copyField<float>(tensor, proto.float_data(), what);
  case ElementType::F64:
    return copyField<double>(tensor, proto.double_data(), what);
  case ElementType::I64:
    return copyField<int64_t>(tensor, proto.int64_data(), what);
  case ElementType::U64:
    return copyField<uint64_t>(tensor, proto.uint64_data(), what);
  case ElementType::U32:
    return copyField<uint32_t>(tensor, proto.uint64_data(), what);
  case ElementType::I32:
    return copyField<int32_t>(tensor, proto.int32_data(), what);
  case ElementType::I16:
    return copyField<int16_t>(tensor, proto.int32_data(), what);
  case ElementType::I8:
    return copyField<int8_t>(tensor, proto.int32_data(), what);
  case ElementType::U16:
  case ElementType::F16:
  case ElementType::BF16:
    return copyField<uint16_t>(tensor, proto.int32_data(), what);
  case ElementType::U8:
  case ElementType::Bool:
    return copyField<uint8_t>(tensor, proto.int32_data(), what);
  }
  llvm_unreachable("every element type has a field");
}

static bool hasTypedData(const TensorProto &proto) {
  return proto.float_data_size() || proto.double_data_size() ||
         proto.int32_data_size() || proto.int64_data_size() ||
         proto.uint64_data_size() || proto.string_data_size();
}

static Expected<ExternalLocation> externalLocation(const TensorProto &proto,
                                                   StringRef what) {
  ExternalLocation location;
  location.tensor = what.str();
  for (const auto &entry : proto.external_data()) {
    StringRef key = entry.key(), value = entry.value();
    uint64_t number = 0;
    bool isNumber = key == "offset" || key == "length";
    if (isNumber && value.getAsInteger(10, number))
      return makeError(ErrorCode::BadExternalData,
                       what + ": " + key + " " + quoted(value) +
                           " is not a number of bytes");
    if (key == "location")
      location.file = value.str();
    else if (key == "offset")
      location.offset = number;
    else if (key == "length")
      location.length = number;
  }
  return location;
}

/// Shape and element type; no data yet, so that nothing is allocated for a
/// shape that the data does not bear out.
static Expected<HostTensor> decodeHeader(const TensorProto &proto,
                                         int64_t maxElements, StringRef what) {
  std::optional<ElementType> type = elementTypeOf(proto.data_type());
  if (!type)
    return makeError(proto.data_type() <= 0 ? ErrorCode::BadInitializer
                                            : ErrorCode::UnsupportedType,
                     what + ": element type " +
                         onnxTypeName(proto.data_type()) + " is not taken");
  HostTensor tensor;
  tensor.type = *type;
  tensor.shape.assign(proto.dims().begin(), proto.dims().end());
  std::optional<int64_t> count = elementCount(tensor.shape);
  if (!count || *count > maxElements)
    return badTensor(what, "shape " + shapeText(tensor.shape) +
                               " is negative or larger than " +
                               Twine(maxElements) + " elements");
  if (proto.has_segment())
    return badTensor(what, "is stored in segments, which are not taken");
  return tensor;
}

static Expected<HostTensor> decodeExternal(HostTensor tensor, uint64_t size,
                                           const TensorProto &proto,
                                           std::optional<StringRef> folder,
                                           StringRef what) {
  if (!folder)
    return makeError(ErrorCode::BadExternalData,
                     what + ": external data is not taken here");
  Expected<ExternalLocation> location = externalLocation(proto, what);
  if (!location)
    return location.takeError();
  Expected<std::vector<std::byte>> bytes =
      readExternalData(*folder, *location, size);
  if (!bytes)
    return bytes.takeError();
  tensor.data = std::move(*bytes);
  return tensor;
}

Expected<HostTensor> decodeTensor(const TensorProto &proto,
                                  std::optional<StringRef> folder,
                                  int64_t maxElements, StringRef what) {
  Expected<HostTensor> tensor = decodeHeader(proto, maxElements, what);
  if (!tensor)
    return tensor;
  uint64_t size = static_cast<uint64_t>(*elementCount(tensor->shape)) *
                  elementSize(tensor->type);
  bool isExternal = proto.data_location() == TensorProto::EXTERNAL;
  if ((proto.has_raw_data() && !proto.raw_data().empty()) + isExternal +
          hasTypedData(proto) >
      1)
    return badTensor(what, "has data in more than one place");

  if (isExternal) {
    tensor = decodeExternal(std::move(*tensor), size, proto, folder, what);
    if (!tensor)
      return tensor;
  } else if (hasTypedData(proto)) {
    // One entry takes at least a byte of the file, which bounds this.
    if (size / elementSize(tensor->type) > std::numeric_limits<int>::max())
      return badTensor(what, "has too many elements for a typed field");
    tensor->data.clear();
    int64_t stored =
        std::max({proto.float_data_size(), proto.double_data_size(),
                  proto.int32_data_size(), proto.int64_data_size(),
                  proto.uint64_data_size()});
    if (stored != static_cast<int64_t>(size / elementSize(tensor->type)))
      return badTensor(what, "holds " + Twine(stored) +
                                 " elements where its "
                                 "shape " +
                                 shapeText(tensor->shape) + " needs " +
                                 Twine(size / elementSize(tensor->type)));
    tensor->data.resize(size);
    if (Error error = copyTypedData(*tensor, proto, what))
      return error;
  } else {
    const std::string &raw = proto.raw_data();
    if (raw.size() != size)
      return badTensor(what, "holds " + Twine(raw.size()) +
                                 " bytes where its "
                                 "shape " +
                                 shapeText(tensor->shape) + " of " +
                                 std::string(elementTypeName(tensor->type)) +
                                 " needs " + Twine(size));
    tensor->data.resize(size);
    if (size)
      std::memcpy(tensor->data.data(), raw.data(), size);
  }
  if (tensor->type == ElementType::Bool)
    for (std::byte &b : tensor->data)
      b = b == std::byte{0} ? b : std::byte{1};
  return tensor;
}

} // namespace kiln::onnx_import
