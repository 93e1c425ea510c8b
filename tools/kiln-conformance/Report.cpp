//===- Report.cpp - What the conformance run found ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <map>

namespace kiln::conformance {

Verdict judge(const Entry &entry) {
  const std::optional<Error> &refusal = entry.wanted.refusal;
  switch (entry.result.outcome) {
  case Outcome::Passed:
    return refusal ? Verdict::NotRefused : Verdict::Passed;
  case Outcome::Refused:
    return refusal && refusal->code == entry.result.error.code
               ? Verdict::Refused
               : Verdict::Surprise;
  case Outcome::Failed:
    break;
  }
  // A case whose own numbers are not what ONNX defines; the interpreter's are
  // to be met nevertheless.
  const Error &error = entry.result.error;
  bool isKnown = refusal && refusal->code == ErrorCode::NumbersDiffer &&
                 error.code == ErrorCode::NumbersDiffer &&
                 error.message.find("against the case") != std::string::npos;
  return isKnown ? Verdict::Refused : Verdict::Failed;
}

static const char *outcomeName(Outcome outcome) {
  switch (outcome) {
  case Outcome::Passed:
    return "passed";
  case Outcome::Refused:
    return "refused";
  case Outcome::Failed:
    break;
  }
  return "failed";
}

void printLine(std::ostream &out, const Entry &entry) {
  out << std::left << std::setw(8) << outcomeName(entry.result.outcome)
      << entry.wanted.folder;
  if (entry.result.outcome != Outcome::Passed)
    out << ": " << entry.result.error.text();
  out << '\n';
}

void writeResults(std::ostream &out, const std::vector<Entry> &entries) {
  for (const Entry &entry : entries) {
    out << entry.wanted.folder << '\t' << outcomeName(entry.result.outcome)
        << '\t';
    if (entry.result.outcome != Outcome::Passed)
      out << entry.result.error.text();
    out << '\n';
  }
}

static void printTable(std::ostream &out, const std::vector<Entry> &entries) {
  std::map<std::string, std::array<int, 3>> operators;
  for (const Entry &entry : entries)
    ++operators[entry.wanted.op][static_cast<size_t>(entry.result.outcome)];
  size_t width = 8;
  for (const auto &[name, counts] : operators)
    width = std::max(width, name.size());
  out << std::left << std::setw(static_cast<int>(width)) << "operator"
      << std::right << std::setw(8) << "cases" << std::setw(9) << "passed"
      << std::setw(9) << "refused" << std::setw(9) << "failed" << '\n';
  for (const auto &[name, counts] : operators)
    out << std::left << std::setw(static_cast<int>(width)) << name << std::right
        << std::setw(8) << counts[0] + counts[1] + counts[2] << std::setw(9)
        << counts[0] << std::setw(9) << counts[1] << std::setw(9) << counts[2]
        << '\n';
}

static void printTotals(std::ostream &out, const std::vector<Entry> &entries) {
  std::vector<std::string> lists;
  std::map<std::string, std::map<Outcome, int>> counts;
  for (const Entry &entry : entries) {
    if (!counts.contains(entry.list))
      lists.push_back(entry.list);
    ++counts[entry.list][entry.result.outcome];
  }
  for (const std::string &list : lists) {
    std::map<Outcome, int> &of = counts[list];
    int all = of[Outcome::Passed] + of[Outcome::Refused] + of[Outcome::Failed];
    out << list << ": " << of[Outcome::Passed] << " of " << all << " passed, "
        << of[Outcome::Refused] << " refused, " << of[Outcome::Failed]
        << " failed\n";
  }
}

/// The cases of one verdict under a heading; their number.
static size_t printSection(std::ostream &out, const std::vector<Entry> &entries,
                           Verdict verdict, const char *heading) {
  size_t count = 0;
  for (const Entry &entry : entries) {
    if (judge(entry) != verdict)
      continue;
    if (count++ == 0)
      out << '\n' << heading << '\n';
    out << "  " << entry.wanted.folder;
    const Error &error = verdict == Verdict::NotRefused ? *entry.wanted.refusal
                                                        : entry.result.error;
    out << ": " << error.text();
    if (verdict == Verdict::Surprise && entry.wanted.refusal)
      out << " (the list says " << errorLabel(entry.wanted.refusal->code)
          << ')';
    out << '\n';
  }
  return count;
}

bool printReport(std::ostream &out, const std::vector<Entry> &entries) {
  printTable(out, entries);
  out << '\n';
  printTotals(out, entries);
  printSection(out, entries, Verdict::Refused, "not passed, as listed:");
  size_t wrong = printSection(out, entries, Verdict::NotRefused,
                              "passed, but listed as refused (the list is out "
                              "of date):");
  wrong += printSection(out, entries, Verdict::Surprise,
                        "refused, but not as listed:");
  wrong += printSection(out, entries, Verdict::Failed, "failed:");
  if (wrong > 0)
    out << '\n' << wrong << " cases are not as the lists say\n";
  return wrong == 0;
}

} // namespace kiln::conformance
