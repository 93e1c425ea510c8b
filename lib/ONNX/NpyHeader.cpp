//===- NpyHeader.cpp - The header of .npy files ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NpyHeader.h"
#include "TensorFileError.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace kiln {

static constexpr StringLiteral kMagic = "\x93NUMPY";

namespace {
struct TypeCode {
  StringLiteral code;
  ElementType type;
};
constexpr TypeCode kTypeCodes[] = {
    {"f2", ElementType::F16}, {"f4", ElementType::F32},
    {"f8", ElementType::F64}, {"i1", ElementType::I8},
    {"i2", ElementType::I16}, {"i4", ElementType::I32},
    {"i8", ElementType::I64}, {"u1", ElementType::U8},
    {"u2", ElementType::U16}, {"u4", ElementType::U32},
    {"u8", ElementType::U64}, {"b1", ElementType::Bool}};

/// Takes the dictionary apart. Every `take` skips blanks first.
class DictionaryParser {
public:
  explicit DictionaryParser(StringRef text) : rest(text) {}

  /// Empty where the dictionary is right, else what is wrong with it.
  std::string parse(NpyHeader &header) {
    if (!take("{"))
      return "the header is not a dictionary";
    while (!take("}")) {
      std::string problem = parseEntry(header);
      if (!problem.empty())
        return problem;
      if (!take(",") && !rest.ltrim().starts_with("}"))
        return "the header's entries are not separated by commas";
    }
    if (!rest.trim(" \n").empty())
      return "the header goes on after its dictionary";
    return hasType && hasOrder && hasShape
               ? ""
               : "the header lacks 'descr', 'fortran_order' or 'shape'";
  }

private:
  bool take(StringRef token) {
    rest = rest.ltrim();
    return rest.consume_front(token);
  }

  std::optional<StringRef> takeString() {
    char quote = take("'") ? '\'' : take("\"") ? '"' : '\0';
    size_t end = quote ? rest.find(quote) : StringRef::npos;
    if (end == StringRef::npos)
      return std::nullopt;
    StringRef text = rest.take_front(end);
    rest = rest.drop_front(end + 1);
    return text;
  }

  std::string parseEntry(NpyHeader &header) {
    std::optional<StringRef> key = takeString();
    if (!key || !take(":"))
      return "the header is not a dictionary of strings";
    if (*key == "descr" && !std::exchange(hasType, true))
      return parseType(header);
    if (*key == "fortran_order" && !std::exchange(hasOrder, true))
      return parseOrder(header);
    if (*key == "shape" && !std::exchange(hasShape, true))
      return parseShape(header);
    return "the header has an unknown or repeated key '" + escapeName(*key) +
           "'";
  }

  std::string parseType(NpyHeader &header) {
    std::optional<StringRef> descr = takeString();
    if (!descr)
      return "structured element types are not supported";
    StringRef code = *descr;
    header.isBigEndian = code.starts_with(">");
    if (!code.empty() && StringRef("<>|=").contains(code.front()))
      code = code.drop_front();
    if (code == "?")
      code = "b1";
    for (const TypeCode &known : kTypeCodes)
      if (known.code == code) {
        header.type = known.type;
        return "";
      }
    return "element type '" + escapeName(*descr) + "' is not supported";
  }

  std::string parseOrder(NpyHeader &header) {
    header.isFortranOrder = take("True");
    return header.isFortranOrder || take("False")
               ? ""
               : "'fortran_order' is neither True nor False";
  }

  std::string parseShape(NpyHeader &header) {
    if (!take("("))
      return "'shape' is not a tuple";
    while (!take(")")) {
      rest = rest.ltrim();
      int64_t dim;
      if (rest.consumeInteger(10, dim) || dim < 0)
        return "'shape' has an entry that is no size";
      take("L"); // Python 2 wrote its long integers so
      header.shape.push_back(dim);
      if (!take(",") && !rest.ltrim().starts_with(")"))
        return "'shape' is not a tuple";
    }
    return "";
  }

  StringRef rest;
  bool hasType = false, hasOrder = false, hasShape = false;
};
} // namespace

Expected<NpyHeader> parseNpyHeader(StringRef content, StringRef name) {
  auto fail = [&](ErrorCode code, const Twine &message) {
    return tensorFileError(code, name, message);
  };
  if (!content.starts_with(kMagic))
    return fail(ErrorCode::UnknownFormat, "is not a .npy file");
  if (content.size() < 12)
    return fail(ErrorCode::TruncatedFile, "ends inside the header");
  const char *bytes = content.data();
  unsigned version = static_cast<unsigned char>(bytes[6]);
  if (version < 1 || version > 3)
    return fail(ErrorCode::BadTensorFile,
                "format version " + Twine(version) + " is not supported");
  size_t start = version == 1 ? 10 : 12;
  size_t length = version == 1 ? support::endian::read16le(bytes + 8)
                               : support::endian::read32le(bytes + 8);
  if (content.size() - start < length)
    return fail(ErrorCode::TruncatedFile, "ends inside the header");

  NpyHeader header;
  std::string problem =
      DictionaryParser(content.substr(start, length)).parse(header);
  if (!problem.empty())
    return fail(ErrorCode::BadTensorFile, problem);
  std::optional<int64_t> count = elementCount(header.shape);
  if (!count || *count > INT64_MAX / 8)
    return fail(ErrorCode::BadTensorFile, "its shape is too large");
  header.dataOffset = start + length;
  header.dataSize = static_cast<size_t>(*count) * elementSize(header.type);
  return header;
}

std::optional<std::string> formatNpyHeader(ElementType type,
                                           ArrayRef<int64_t> shape) {
  const TypeCode *known = llvm::find_if(
      kTypeCodes, [type](const TypeCode &code) { return code.type == type; });
  if (known == std::end(kTypeCodes))
    return std::nullopt;
  std::string text = "{'descr': '";
  text += elementSize(type) == 1 ? "|" : "<";
  text += known->code;
  text += "', 'fortran_order': False, 'shape': (";
  for (int64_t dim : shape)
    text += std::to_string(dim) + ", ";
  text += "), }";
  // Versions 2 and 3 have a length of four bytes; no real shape needs one.
  if (text.size() > 65000)
    return std::nullopt;
  text.append(63 - (text.size() + 10) % 64, ' ');
  text += '\n';
  std::string header = (kMagic + StringRef("\x01\x00", 2)).str();
  header += static_cast<char>(text.size() & 0xff);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

} // namespace kiln
