//===- ShapeArgument.cpp - Parsing of --shapes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShapeArgument.h"

#include <cctype>
#include <charconv>
#include <string_view>

namespace kiln::driver {

namespace {
class Parser {
public:
  explicit Parser(std::string_view text) : text(text) {}

  Result<Shapes> parse() {
    Shapes shapes;
    while (true) {
      std::string name = parseName();
      std::vector<int64_t> dims;
      bool ok = false;
      if (take(':'))
        ok = parseDims(dims, 'x');
      else if (take('['))
        ok = parseDims(dims, ',') && take(']');
      if (!ok || name.empty())
        return usage();
      if (!shapes.emplace(name, dims).second)
        return Error{ErrorCode::Usage,
                     "--shapes names input '" + name + "' twice"};
      if (!symbolError.empty())
        return Error{ErrorCode::Usage, symbolError};
      if (position == text.size())
        return shapes;
      if (!take(','))
        return usage();
    }
  }

private:
  Error usage() const {
    return {
        ErrorCode::Usage,
        "--shapes: cannot read '" + std::string(text) +
            "'; write input:1x3x224x224 or input[1,3,224,224], with N for a "
            "batch that stays open"};
  }

  bool take(char c) {
    if (position == text.size() || text[position] != c)
      return false;
    ++position;
    return true;
  }

  std::string parseName() {
    std::string name;
    if (take('"')) {
      while (position < text.size() && text[position] != '"') {
        if (text[position] == '\\' && position + 1 < text.size())
          ++position;
        name += text[position++];
      }
      return take('"') ? name : std::string();
    }
    while (position < text.size() && text[position] != ':' &&
           text[position] != '[' && text[position] != ',')
      name += text[position++];
    return name;
  }

  /// A name in the place of a number: letters, of which 'x' may divide.
  bool parseSymbol(std::vector<int64_t> &dims, char separator) {
    std::string name;
    auto isLetter = [&](char c) {
      return c != separator &&
             (std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_');
    };
    while (position < text.size() && isLetter(text[position]))
      name += text[position++];
    if (name.empty())
      return false;
    if (!symbol.empty() && symbol != name)
      symbolError =
          "--shapes: '" + std::string(text) + "' leaves two sizes open, " +
          symbol + " and " + name +
          "; only the batch may stay open, by one name for all inputs";
    symbol = name;
    dims.push_back(kOpenBatch);
    return true;
  }

  bool parseDims(std::vector<int64_t> &dims, char separator) {
    do {
      if (parseSymbol(dims, separator))
        continue;
      int64_t value = 0;
      auto [end, error] = std::from_chars(text.data() + position,
                                          text.data() + text.size(), value);
      if (error != std::errc() || value < 0)
        return false;
      position = static_cast<size_t>(end - text.data());
      dims.push_back(value);
    } while (take(separator));
    return true;
  }

  std::string_view text;
  size_t position = 0;
  std::string symbol, symbolError;
};
} // namespace

Result<void> parseShapes(const std::string &text, std::vector<Shapes> &sets) {
  Result<Shapes> shapes = Parser(text).parse();
  if (!shapes)
    return shapes.error();
  bool isNew = sets.empty();
  for (const auto &[name, dims] : *shapes)
    isNew |= !sets.empty() && sets.back().contains(name);
  if (isNew)
    sets.emplace_back();
  sets.back().merge(*shapes);
  return {};
}

} // namespace kiln::driver
