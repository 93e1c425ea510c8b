//===- Summary.cpp - What a run over many seeds has found ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Summary.h"

#include "Expectation.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <algorithm>

namespace kiln::test {

std::string SeedReport::serialize() const {
  llvm::json::Object object{{"failure", llvm::json::fixUTF8(failure)},
                            {"details", llvm::json::fixUTF8(details)},
                            {"worst", std::isfinite(worst) ? worst : 1e300},
                            {"attempts", attempts},
                            {"operations", llvm::json::Array(operations)}};
  return llvm::formatv("{0}", llvm::json::Value(std::move(object))).str();
}

bool SeedReport::parse(llvm::StringRef text, SeedReport &report) {
  llvm::Expected<llvm::json::Value> value = llvm::json::parse(text);
  if (!value) {
    llvm::consumeError(value.takeError());
    return false;
  }
  llvm::json::Path::Root root;
  llvm::json::ObjectMapper mapper(*value, root);
  return mapper && mapper.map("failure", report.failure) &&
         mapper.map("details", report.details) &&
         mapper.map("worst", report.worst) &&
         mapper.map("attempts", report.attempts) &&
         mapper.map("operations", report.operations);
}

void Summary::add(int64_t seed, const SeedReport &report) {
  failed += report.failure.empty() ? 0 : 1;
  attempts += report.attempts;
  for (const std::string &operation : report.operations)
    ++operations[operation];
  if (!report.failure.empty())
    return;
  if (errors.empty() || report.worst > *llvm::max_element(errors))
    worstSeed = seed;
  errors.push_back(report.worst);
}

std::vector<std::string>
Summary::missing(llvm::ArrayRef<std::string> wanted) const {
  std::vector<std::string> result;
  for (const std::string &operation : wanted)
    if (!operations.count(operation))
      result.push_back(operation);
  return result;
}

void Summary::print(llvm::raw_ostream &stream, double seconds) const {
  auto passed = static_cast<int64_t>(errors.size());
  stream << "operations, and the nets that hold them:";
  for (const auto &[operation, count] : operations)
    stream << ' ' << operation << ' ' << count;
  stream << '\n';
  if (passed > 0) {
    std::vector<double> sorted = errors;
    llvm::sort(sorted);
    stream << llvm::formatv(
        "error in deviations, of {0} allowed: median {1:f2}, 99% below {2:f2}, "
        "greatest {3:f2} (seed {4})\n",
        kAllowance, sorted[sorted.size() / 2], sorted[sorted.size() * 99 / 100],
        sorted.back(), worstSeed);
  }
  stream << llvm::formatv("{0} nets: {1} pass, {2} fail; {3} drawn and found "
                          "unfit; {4:f0} s\n",
                          passed + failed, passed, failed, attempts, seconds);
}

} // namespace kiln::test
