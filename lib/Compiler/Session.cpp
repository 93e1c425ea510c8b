//===- Session.cpp - Reading nets ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FoldLedgerReader.h"
#include "LLVMErrors.h"
#include "NetImpl.h"
#include "NetSummarizer.h"
#include "ShapeSets.h"
#include "kiln/CodeGen/CPU/Register.h"
#include "kiln/Dialect/NN/IR/NN.h"
#include "kiln/Dialect/NN/Utils/ElementTypes.h"
#include "kiln/ONNX/Import.h"
#include "kiln/Support/Names.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"

using namespace mlir;

namespace kiln {

static DialectRegistry allDialects() {
  DialectRegistry registry;
  registry.insert<nn::NNDialect>();
  cpu::registerDialects(registry);
  return registry;
}

Session::Impl::Impl()
    : context(allDialects(), MLIRContext::Threading::DISABLED),
      bridge(&context) {
  context.loadAllAvailableDialects();
}

/// MLIR puts diagnostics of several threads in order before it passes them on.
void Session::Impl::setThreads(unsigned count) {
  llvm::ThreadPoolStrategy strategy = llvm::hardware_concurrency(count);
  if (threads || strategy.compute_thread_count() == 1)
    return;
  threads.emplace(strategy);
  context.setThreadPool(*threads);
}

Session::Session() : impl(std::make_unique<Impl>()) {}
Session::~Session() = default;

void Session::setDiagnosticHandler(DiagnosticHandler handler) {
  impl->bridge.setHandler(std::move(handler));
}

/// Only regular files are opened: a device or pipe may never end.
static Result<void> checkFile(const std::string &path) {
  llvm::sys::fs::file_status status;
  if (std::error_code error = llvm::sys::fs::status(path, status))
    return Error{ErrorCode::FileUnreadable, error.message()};
  if (!llvm::sys::fs::is_regular_file(status))
    return Error{ErrorCode::FileUnreadable, "not a regular file"};
  return {};
}

namespace {
/// Reads a net by its file's kind.
class Loader {
public:
  Loader(MLIRContext &context, const std::string &path,
         const CompileOptions &options)
      : context(context), path(path), options(options),
        stem(toIdentifier(llvm::sys::path::stem(path).str())) {}

  /// An open batch is one image here.
  OwningOpRef<ModuleOp> load(const Shapes &shapes, HostTrace &trace) {
    if (llvm::sys::path::extension(path) == ".mlir")
      return parse();
    ImportOptions import = importOptions(options, shapes, /*batch=*/1);
    import.netName =
        options.netName.empty() ? stem : toIdentifier(options.netName);
    if (hasOpenBatch(shapes))
      import.trace = &trace;
    FailureOr<OwningOpRef<ModuleOp>> module = importONNX(context, path, import);
    return succeeded(module) ? std::move(*module) : nullptr;
  }

private:
  OwningOpRef<ModuleOp> parse() {
    OwningOpRef<ModuleOp> module =
        parseSourceFile<ModuleOp>(path, ParserConfig(&context));
    if (!module || options.from >= Phase::Kernels)
      return module;
    func::FuncOp net = findNet(*module);
    if (!net) {
      emitError(module->getLoc())
          << "K0100: the module has no public function with a body";
      return nullptr;
    }
    std::string name =
        options.netName.empty() ? net.getName().str() : options.netName;
    net.setName(toIdentifier(name));
    return module;
  }

  MLIRContext &context;
  const std::string &path;
  const CompileOptions &options;
  std::string stem;
};
} // namespace

/// Every type at the border must be one that a caller can hold.
static LogicalResult checkBorder(func::FuncOp net) {
  auto check = [&](Type type, const char *what) -> LogicalResult {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (tensor && nn::toElementType(tensor.getElementType()))
      return success();
    return net.emitError() << "K0203: " << what << " of type " << type
                           << " cannot stand at a net's border; tensors of "
                              "float, integer and bool elements can";
  };
  for (Type type : net.getArgumentTypes())
    if (failed(check(type, "an input")))
      return failure();
  for (Type type : net.getResultTypes())
    if (failed(check(type, "an output")))
      return failure();
  return success();
}

Result<Net> Session::load(const std::string &path,
                          const CompileOptions &options) {
  DiagnosticBridge &bridge = impl->bridge;
  bridge.begin(ErrorCode::BadModel);
  auto fail = [&](const Error &error) {
    return bridge.fail(error, escapeName(path));
  };
  if (Result<void> readable = checkFile(path); !readable)
    return fail(readable.error());
  bool isIR = llvm::sys::path::extension(path) == ".mlir";
  if (!isIR && options.from != Phase::Import)
    return fail({ErrorCode::Usage,
                 "only IR (.mlir) can have gone through phase " +
                     std::string(phaseName(options.from)) + " already"});
  if (isIR && !options.constants.empty())
    return fail({ErrorCode::Usage,
                 "only inputs of ONNX files can be bound to constants; IR "
                 "(.mlir) holds its constants itself"});
  if (options.from >= Phase::Mode && options.mode != Mode::Keep)
    return fail(
        {ErrorCode::Usage,
         "the IR has gone through the mode phase; give the mode there"});
  if (options.from >= Phase::Mode && options.state != StateForm::Keep)
    return fail(
        {ErrorCode::Usage,
         "the IR has gone through the mode phase; give the state there"});
  llvm::Expected<std::vector<cpu::TargetDescription>> targets =
      cpu::describeTargets(options.target.triple, options.target.cpu,
                           options.target.features, options.target.optLevel);
  if (!targets)
    return fail(toError(targets.takeError(), ErrorCode::UnsupportedTarget));

  size_t numDropped;
  Result<std::vector<Shapes>> sets = collectShapeSets(options, numDropped);
  if (!sets)
    return fail(sets.error());
  if (isIR && (sets->size() > 1 || hasOpenBatch(sets->front())))
    return fail({ErrorCode::Usage,
                 "--shapes: IR has the shapes that it has; an open batch, or "
                 "several sets of shapes, are for ONNX files"});
  if (numDropped > 0)
    mlir::emitWarning(FileLineColLoc::get(&impl->context, path, 0, 0))
        << "--shapes gives " << numDropped
        << " sets of shapes twice; each is compiled once";

  impl->setThreads(options.threads);
  auto net = std::make_unique<Net::Impl>(*impl);
  net->options = options;
  net->targets = std::move(*targets);
  // Such IR is for one target already; what every machine has runs it.
  if (isIR && options.from >= Phase::Layout)
    net->targets.erase(net->targets.begin(), net->targets.end() - 1);
  net->path = path;
  net->shapeSets = std::move(*sets);
  if (options.progress)
    options.progress("import");
  for (const Shapes &shapes : net->shapeSets) {
    OwningOpRef<ModuleOp> module;
    {
      nn::ConstantSweeper::Scope scope(
          net->constants.emplace_back(&impl->context));
      module = Loader(impl->context, path, options)
                   .load(shapes, net->traces.emplace_back());
    }
    if (!module)
      return bridge.takeError("reading " + escapeName(path));
    if (func::FuncOp function = findNet(*module);
        function && failed(checkBorder(function)))
      return bridge.takeError("reading " + escapeName(path));
    if (net->module)
      net->furtherModules.push_back(std::move(module));
    else
      net->module = std::move(module);
  }
  net->phase = isIR ? options.from : Phase::Import;
  net->readModules();
  Net result(std::move(net));
  result.printIfAsked();
  return result;
}

std::string llvmVersion() { return LLVM_VERSION_STRING; }
std::string kilnVersion() { return KILN_VERSION_STRING; }

} // namespace kiln
