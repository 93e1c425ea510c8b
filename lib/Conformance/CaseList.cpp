//===- CaseList.cpp - Lists of conformance cases ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Conformance/CaseList.h"

#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>

namespace kiln::conformance {

static std::string_view trim(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// The part before the next '|', which is taken off `line`.
static std::string_view takeField(std::string_view &line) {
  size_t end = line.find('|');
  std::string_view field = line.substr(0, end);
  line = end == std::string_view::npos ? "" : line.substr(end + 1);
  return trim(field);
}

/// Reads "1=shape 2=axes".
static bool readBound(std::string_view text,
                      std::map<size_t, std::string> &bound) {
  std::istringstream items{std::string(text)};
  for (std::string item; items >> item;) {
    size_t index = 0;
    auto [end, error] =
        std::from_chars(item.data(), item.data() + item.size(), index);
    if (error != std::errc() || end == item.data() + item.size() || *end != '=')
      return false;
    std::string name(end + 1, item.c_str() + item.size());
    if (name.empty() || !bound.emplace(index, name).second)
      return false;
  }
  return true;
}

/// Reads "K0200: why".
static bool readRefusal(std::string_view text, std::optional<Error> &refusal) {
  if (text.empty())
    return true;
  std::optional<ErrorCode> code = parseErrorLabel(text);
  size_t colon = text.find(':');
  if (!code || colon == std::string_view::npos)
    return false;
  refusal = Error{*code, std::string(trim(text.substr(colon + 1)))};
  return true;
}

static bool readCase(std::string_view line, Case &entry) {
  entry.folder = takeField(line);
  entry.op = takeField(line);
  std::string_view bound = takeField(line);
  // The reason is the rest, whatever it holds.
  return !entry.folder.empty() && !entry.op.empty() &&
         readBound(bound, entry.bound) &&
         readRefusal(trim(line), entry.refusal);
}

Result<std::vector<Case>> readCaseList(const std::string &path) {
  std::ifstream file(path);
  if (!file)
    return Error{ErrorCode::FileUnreadable, path + ": cannot be opened"};
  std::vector<Case> cases;
  size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (trim(line).empty() || trim(line).front() == '#')
      continue;
    Case entry;
    if (!readCase(line, entry))
      return Error{ErrorCode::UnknownFormat,
                   path + ":" + std::to_string(number) +
                       ": is not 'folder | operator | index=input ... | "
                       "K0123: reason'"};
    cases.push_back(std::move(entry));
  }
  if (file.bad() || cases.empty())
    return Error{ErrorCode::FileUnreadable, path + ": holds no case"};
  return cases;
}

} // namespace kiln::conformance
