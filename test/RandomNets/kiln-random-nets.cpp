//===- kiln-random-nets.cpp - Random nets against the interpreter ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckNet.h"
#include "Processes.h"
#include "RandomNet.h"
#include "Summary.h"
#include "kiln/CodeGen/CPU/Register.h"
#include "kiln/Dialect/NN/IR/NN.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <CLI/CLI.hpp>
#include <chrono>

using namespace mlir;
using namespace kiln;
using namespace kiln::test;

namespace {
struct Flags {
  std::string seeds = "0:2000", out = "random-nets", check, expectFailure;
  std::string features;
  ProcessOptions processes;
  bool noFold = false, write = false, requireAll = false, narrow = false;
};

/// Makes and checks nets in one context and session, which forked processes
/// inherit warm.
class Checker {
public:
  explicit Checker(const Flags &flags) : flags(flags), context(dialects()) {
    context.disableMultithreading();
    context.loadAllAvailableDialects();
    // Errors of nets under test are reported by the session.
    context.getDiagEngine().registerHandler([](mlir::Diagnostic &) {});
  }

  SeedReport checkSeed(int64_t seed);
  SeedReport checkFile(const std::string &path);
  std::string pathOf(int64_t seed) const {
    return flags.out + "/seed-" + std::to_string(seed) + ".mlir";
  }
  std::vector<std::string> operationsOfDialect() const;

private:
  static DialectRegistry dialects() {
    DialectRegistry registry;
    registry.insert<nn::NNDialect>();
    cpu::registerDialects(registry);
    return registry;
  }
  SeedReport check(const std::string &path, const Expectation &expectation,
                   const CheckOptions &options);

  const Flags &flags;
  MLIRContext context;
  Session session;
};
} // namespace

static func::FuncOp netOf(ModuleOp module) {
  for (auto func : module.getOps<func::FuncOp>())
    if (func.isPublic() && !func.isExternal())
      return func;
  return {};
}

static std::vector<std::string> namesOfOperations(ModuleOp module) {
  llvm::StringSet<> names;
  module.walk([&](Operation *op) {
    if (!isa<ModuleOp, func::FuncOp, func::ReturnOp>(op))
      names.insert(op->getName().getStringRef());
  });
  std::vector<std::string> sorted;
  for (const auto &entry : names)
    sorted.push_back(entry.getKey().str());
  llvm::sort(sorted);
  return sorted;
}

/// Seeds differ in how they are compiled, too: some unfolded, some for CPUs
/// with shorter vectors.
static CheckOptions optionsOf(const Flags &flags, int64_t seed) {
  CheckOptions options{!flags.noFold, flags.features};
  if (seed % 5 == 4)
    options.fold = false;
  if (options.features.empty() && seed % 7 == 5)
    options.features = "-avx512f";
  if (options.features.empty() && seed % 7 == 6)
    options.features = "-avx,-fma";
  return options;
}

/// What repeats the check on the written file.
static std::string flagsOf(const CheckOptions &options) {
  std::string text = options.fold ? "" : " --no-fold";
  if (!options.features.empty())
    text += " --features=" + options.features;
  return text;
}

static bool writeNet(ModuleOp module, const std::string &path) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (error)
    return false;
  // Locations hold the nodes' names, which the ledger states.
  module->print(file, OpPrintingFlags().enableDebugInfo(true, false));
  return !file.has_error();
}

SeedReport Checker::check(const std::string &path,
                          const Expectation &expectation,
                          const CheckOptions &options) {
  Verdict verdict = checkNet(session, path, expectation, options);
  return {verdict.failure, verdict.details, verdict.worst, 0, {}};
}

SeedReport Checker::checkSeed(int64_t seed) {
  constexpr uint64_t kMostAttempts = 60;
  for (uint64_t attempt = 0; attempt < kMostAttempts; ++attempt) {
    auto module = makeRandomNet(context, seed, attempt, flags.narrow);
    if (failed(verify(*module)))
      return {"generator", "the net does not verify"};
    FailureOr<Expectation> expectation = expect(netOf(*module));
    if (succeeded(expectation) && !expectation->objection.empty())
      continue;
    std::string path = pathOf(seed);
    if (!writeNet(*module, path))
      return {"write", path};
    if (failed(expectation))
      return {"interpreter", "the interpreter refuses the net"};
    SeedReport report = flags.write
                            ? SeedReport()
                            : check(path, *expectation, optionsOf(flags, seed));
    report.attempts = static_cast<int64_t>(attempt);
    report.operations = namesOfOperations(*module);
    return report;
  }
  return {"generator", "no fit net in " + std::to_string(kMostAttempts)};
}

SeedReport Checker::checkFile(const std::string &path) {
  auto module = parseSourceFile<ModuleOp>(path, &context);
  func::FuncOp net = module ? netOf(*module) : func::FuncOp();
  if (!net)
    return {"input", "no net can be read from " + path};
  FailureOr<Expectation> expectation = expect(net);
  if (failed(expectation))
    return {"interpreter", "the interpreter refuses the net"};
  return check(path, *expectation, {!flags.noFold, flags.features});
}

/// All that a net may hold after import: nn.fused is made by the fuse phase.
std::vector<std::string> Checker::operationsOfDialect() const {
  std::vector<std::string> names;
  for (RegisteredOperationName name :
       const_cast<MLIRContext &>(context).getRegisteredOperationsByDialect(
           nn::NNDialect::getDialectNamespace()))
    if (name.getStringRef() != nn::FusedOp::getOperationName() &&
        name.getStringRef() != nn::YieldOp::getOperationName())
      names.push_back(name.getStringRef().str());
  return names;
}

/// A process that ended early has sent no whole report.
static SeedReport readReport(const Report &report) {
  SeedReport result;
  if (!report.abnormal.empty())
    result.failure = "crash: " + report.abnormal;
  else if (!SeedReport::parse(report.text, result))
    result.failure = "crash: no report";
  return result;
}

static int runSeeds(Checker &checker, const Flags &flags) {
  llvm::StringRef first, count;
  std::tie(first, count) = llvm::StringRef(flags.seeds).split(':');
  int64_t begin = 0, number = 0;
  if (first.getAsInteger(10, begin) || count.getAsInteger(10, number) ||
      begin < 0 || number < 1) {
    llvm::errs() << "error: --seeds wants FIRST:COUNT\n";
    return 2;
  }
  if (std::error_code error = llvm::sys::fs::create_directories(flags.out)) {
    llvm::errs() << "error: " << flags.out << ": " << error.message() << '\n';
    return 2;
  }
  auto start = std::chrono::steady_clock::now();
  Summary summary;
  bool started = forEachInProcess(
      begin, number, flags.processes,
      [&](int64_t seed) { return checker.checkSeed(seed).serialize(); },
      [&](int64_t seed, const Report &text) {
        SeedReport report = readReport(text);
        summary.add(seed, report);
        if (report.failure.empty()) {
          if (!flags.write)
            llvm::sys::fs::remove(checker.pathOf(seed));
          return;
        }
        llvm::outs() << "seed " << seed << ": " << report.failure << "\n  "
                     << report.details << "\n  kiln-random-nets --check "
                     << checker.pathOf(seed) << flagsOf(optionsOf(flags, seed))
                     << '\n';
        llvm::outs().flush();
      });
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  summary.print(llvm::outs(), seconds.count());
  if (!started)
    llvm::errs() << "error: no process could be started\n";
  std::vector<std::string> missing;
  if (flags.requireAll)
    missing = summary.missing(checker.operationsOfDialect());
  for (const std::string &operation : missing)
    llvm::errs() << "error: no net held " << operation
                 << ": teach test/RandomNets to make it\n";
  return started && summary.failures() == 0 && missing.empty() ? 0 : 1;
}

/// In a process of its own as well, so that a crash is a failure with a name.
static int runFile(Checker &checker, const Flags &flags) {
  SeedReport result;
  bool started = forEachInProcess(
      0, 1, flags.processes,
      [&](int64_t) { return checker.checkFile(flags.check).serialize(); },
      [&](int64_t, const Report &report) { result = readReport(report); });
  if (!started)
    return 2;
  if (!flags.expectFailure.empty())
    return result.failure == flags.expectFailure ? 0 : 1;
  if (result.failure.empty())
    llvm::outs() << llvm::formatv("pass, {0:f2} deviations\n", result.worst);
  else
    llvm::outs() << result.failure << "\n  " << result.details << '\n';
  return result.failure.empty() ? 0 : 1;
}

int main(int argc, char **argv) {
  Flags flags;
  CLI::App app("Makes random nets from the whole dialect, compiles and runs "
               "each, and compares with the f64 interpreter");
  app.add_option("--seeds", flags.seeds, "FIRST:COUNT")->capture_default_str();
  app.add_option("--jobs", flags.processes.jobs, "Processes at a time")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--timeout", flags.processes.timeoutSeconds,
                 "Seconds for one net")
      ->capture_default_str();
  app.add_option("--out", flags.out, "Folder for the nets that fail")
      ->capture_default_str();
  app.add_flag("--write", flags.write, "Only write the nets");
  app.add_flag("--require-all", flags.requireAll,
               "Fail where an operation of the dialect was in no net");
  app.add_flag("--narrow", flags.narrow, "Nets of f16 and bf16, too");
  app.add_option("--check", flags.check, "Check the net in this file instead");
  app.add_option("--expect", flags.expectFailure,
                 "With --check: succeed on exactly this failure");
  app.add_flag("--no-fold", flags.noFold, "Compile without folding");
  app.add_option("--features", flags.features, "CPU features, as in -avx512f");
  CLI11_PARSE(app, argc, argv);
  Checker checker(flags);
  return flags.check.empty() ? runSeeds(checker, flags)
                             : runFile(checker, flags);
}
