//===- ShapeArgument.cpp - Parsing of --shapes ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ShapeArgument.h"

#include <charconv>
#include <string_view>

namespace kiln::driver {

namespace {
class Parser {
public:
  explicit Parser(std::string_view text) : text(text) {}

  Result<void> parse(Shapes &shapes) {
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
      if (position == text.size())
        return {};
      if (!take(','))
        return usage();
    }
  }

private:
  Error usage() const {
    return {ErrorCode::Usage,
            "--shapes: cannot read '" + std::string(text) +
                "'; write input:1x3x224x224 or input[1,3,224,224]"};
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

  bool parseDims(std::vector<int64_t> &dims, char separator) {
    do {
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
};
} // namespace

Result<void> parseShapes(const std::string &text, Shapes &shapes) {
  return Parser(text).parse(shapes);
}

} // namespace kiln::driver
