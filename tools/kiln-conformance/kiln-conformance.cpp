//===- kiln-conformance.cpp - Runs ONNX's backend test cases ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"
#include "kiln/Conformance/WorkerPool.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <thread>

using namespace kiln;
using namespace kiln::conformance;

namespace {
constexpr int kUsage = 2;
constexpr int kSkipped = 77;

constexpr const char *kDescription =
    "Runs ONNX's backend test cases: each is imported, compiled and run, and\n"
    "its outputs are compared with the case's own (rtol 1e-3, atol 1e-7) and\n"
    "with the reference interpreter.";

constexpr const char *kFooter =
    "Exit codes: 0 every case is as its list says, 1 some are not, 2 usage,\n"
    "77 the data folder is absent.";

struct Flags {
  std::string data = "/usr/share/libonnx-testdata/data";
  std::vector<std::string> lists;
  std::vector<std::string> mustPass;
  std::string filter, results;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  unsigned timeLimit = 60;
  bool verbose = false;
};

void addFlags(CLI::App &app, Flags &flags) {
  app.footer(kFooter);
  app.add_option("--data", flags.data, "Folder of the cases")
      ->capture_default_str();
  app.add_option("--list", flags.lists,
                 "List of cases (include/kiln/Conformance/CaseList.h gives its "
                 "form); repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--must-pass", flags.mustPass,
                 "As --list, but no case in it may be listed as refused")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--filter", flags.filter,
                 "Only cases whose folder this regular expression finds");
  app.add_option("--jobs", flags.jobs, "Processes that run cases")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--time-limit", flags.timeLimit,
                 "Seconds that a case may take")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  app.add_option("--results", flags.results,
                 "Write each case's outcome and error, tabs between")
      ->type_name("FILE");
  app.add_flag("--verbose", flags.verbose, "Print each case as it ends");
}

int reportError(const Error &error) {
  std::cerr << "error: " << error.text() << '\n';
  return errorInfo(error.code).exitCode;
}

/// Adds the cases of one list that the filter leaves.
Result<void> readList(const std::string &list, const std::string &filter,
                      bool mayRefuse, std::vector<Entry> &entries) {
  Result<std::vector<Case>> cases = readCaseList(list);
  if (!cases)
    return cases.error();
  std::regex pattern(filter);
  std::string name = std::filesystem::path(list).filename().string();
  for (Case &wanted : *cases) {
    if (wanted.refusal && !mayRefuse)
      return Error{ErrorCode::Usage, "--must-pass: " + list + " lists " +
                                         wanted.folder + " as refused"};
    if (std::regex_search(wanted.folder, pattern))
      entries.push_back({name, std::move(wanted), {}});
  }
  return {};
}

Result<std::vector<Entry>> readLists(const Flags &flags) {
  std::vector<Entry> entries;
  for (const std::string &list : flags.mustPass)
    if (Result<void> read = readList(list, flags.filter, false, entries); !read)
      return read.error();
  for (const std::string &list : flags.lists)
    if (Result<void> read = readList(list, flags.filter, true, entries); !read)
      return read.error();
  if (entries.empty())
    return Error{ErrorCode::Usage, "no case is left of --list and --must-pass"};
  return entries;
}

// A result on its way between processes: the outcome's number, then the error.
std::string encode(const CaseResult &result) {
  return std::to_string(static_cast<int>(result.outcome)) + result.error.text();
}

CaseResult decode(const TaskEnd &end) {
  if (end.isLost)
    return {Outcome::Failed, {ErrorCode::Internal, end.text}};
  std::string text = end.text.substr(1);
  ErrorCode code = parseErrorLabel(text).value_or(ErrorCode::Internal);
  return {static_cast<Outcome>(end.text[0] - '0'),
          {code, text.substr(text.find(": ") + 2)}};
}

int run(const Flags &flags) {
  if (!std::filesystem::is_directory(flags.data)) {
    std::cerr << "skipped: " << flags.data
              << " is absent (Debian: libonnx-testdata)\n";
    return kSkipped;
  }
  Result<std::vector<Entry>> read = readLists(flags);
  if (!read)
    return reportError(read.error());
  std::vector<Entry> &entries = *read;
  auto begin = std::chrono::steady_clock::now();
  Result<void> ran = runInProcesses(
      entries.size(), {flags.jobs, std::chrono::seconds(flags.timeLimit)},
      [&](size_t i) { return encode(runCase(flags.data, entries[i].wanted)); },
      [&](size_t i, const TaskEnd &end) {
        entries[i].result = decode(end);
        if (flags.verbose)
          printLine(std::cout, entries[i]);
      });
  if (!ran)
    return reportError(ran.error());
  bool isAsListed = printReport(std::cout, entries);
  std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - begin;
  std::cout << "\n"
            << entries.size() << " cases in " << std::fixed
            << std::setprecision(1) << taken.count() << " s\n";
  if (!flags.results.empty()) {
    std::ofstream file(flags.results);
    writeResults(file, entries);
    if (!file.flush())
      return reportError({ErrorCode::FileUnwritable, flags.results});
  }
  return isAsListed ? 0 : 1;
}
} // namespace

int main(int argc, char **argv) {
  try {
    CLI::App app(kDescription, "kiln-conformance");
    Flags flags;
    addFlags(app, flags);
    try {
      app.parse(argc, argv);
      return run(flags);
    } catch (const CLI::Success &success) {
      return app.exit(success);
    } catch (const CLI::ParseError &error) {
      app.exit(error);
      return kUsage;
    } catch (const std::regex_error &error) {
      std::cerr << "error: --filter: " << error.what() << '\n';
      return kUsage;
    }
  } catch (const std::exception &exception) {
    return reportError({ErrorCode::Internal, exception.what()});
  }
}
