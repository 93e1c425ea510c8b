//===- Net.cpp - A net on its way through the compiler ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FoldLedgerReader.h"
#include "KernelCostReader.h"
#include "LLVMErrors.h"
#include "NetImpl.h"
#include "NetSummarizer.h"
#include "Phases.h"
#include "ShapeSets.h"
#include "kiln/CodeGen/CPU/Object.h"
#include "kiln/CodeGen/CPU/Passes.h"
#include "kiln/Reference/Interpreter.h"
#include "kiln/Support/Names.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace kiln {

Net::Net(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Net::Net(Net &&) = default;
Net &Net::operator=(Net &&) = default;
Net::~Net() = default;

Phase Net::phase() const { return impl->phase; }

const NetInterface &Net::interface() const { return impl->interface; }

std::string Net::targetDescription() const {
  std::string cpus;
  for (const cpu::TargetDescription &target : impl->targets)
    cpus += (cpus.empty() ? "" : ", ") + target.cpu;
  return cpus + " (" + impl->targets.front().triple + ")";
}

FoldLedger Net::foldLedger() const { return impl->ledger; }

const NetCosts &Net::costs() const { return impl->costs; }

/// Passes on what a phase means for errors that carry no code of their own.
static ErrorCode defaultCode(Phase phase) {
  return phase >= Phase::Layout ? ErrorCode::CodeGenFailed
                                : ErrorCode::Internal;
}

/// Runs a phase, and frees the weights that it has replaced by others.
static LogicalResult runPasses(PassManager &manager, ModuleOp module,
                               nn::ConstantSweeper &constants,
                               ArrayRef<ModuleOp> sharers) {
  LogicalResult result = failure();
  {
    nn::ConstantSweeper::Scope scope(constants);
    result = manager.run(module);
  }
  constants.sweep(sharers);
  return result;
}

std::vector<ModuleOp> Net::Impl::modules() {
  std::vector<ModuleOp> all = {*module};
  for (OwningOpRef<ModuleOp> &further : furtherModules)
    all.push_back(*further);
  return all;
}

void Net::Impl::dropModules() {
  module = nullptr;
  furtherModules.clear();
  for (nn::ConstantSweeper &sweeper : constants)
    sweeper.sweep({});
}

/// A dimension is open where the nets differ in it.
static void openDifferences(std::vector<TensorInterface> &tensors,
                            const std::vector<TensorInterface> &others) {
  for (auto [tensor, other] : llvm::zip(tensors, others))
    for (auto [size, otherSize] : llvm::zip(tensor.shape, other.shape))
      if (size != otherSize)
        size = -1;
}

void Net::Impl::readModules() {
  if (FoldLedger read = readFoldLedger(*module); !read.empty())
    ledger = std::move(read);
  if (phase >= Phase::Kernels)
    costs = readKernelCosts(*module);
  // From the kernels phase on there is no such function.
  for (auto [i, net] : llvm::enumerate(modules())) {
    func::FuncOp function = findNet(net);
    if (!function || phase >= Phase::Kernels)
      return;
    if (i == 0)
      interface = {function.getName().str(),
                   netInputs(function),
                   netOutputs(function),
                   0,
                   0,
                   {}};
    openDifferences(interface.inputs, netInputs(function));
    openDifferences(interface.outputs, netOutputs(function));
  }
}

/// Passes the constants that one net has packed on to the next, whose own
/// follow them.
static void passConstantsOn(ModuleOp from, ModuleOp to) {
  for (StringRef name : {cpu::kConstantsAttrName, cpu::kConstantChunksAttrName})
    if (Attribute attribute = from->getAttr(name)) {
      to->setAttr(name, attribute);
      from->removeAttr(name);
    }
}

Result<void> Net::Impl::runPhase(Phase next, size_t index) {
  DiagnosticBridge &bridge = session->bridge;
  bridge.begin(defaultCode(next));
  PassManager manager(&session->context);
  if (!options.reproducerDir.empty()) {
    SmallString<128> file(options.reproducerDir);
    llvm::sys::path::append(file, interface.identifier + "-" +
                                      std::string(phaseName(next)) + ".mlir");
    manager.enableCrashReproducerGeneration(file);
  }
  // Kernels are large: to check them after each pass takes as long as the
  // passes do. Builds with assertions, and kiln-opt, do so nevertheless.
#ifdef NDEBUG
  manager.enableVerifier(next != Phase::Kernels);
#endif
  addPhasePasses(manager, next, options, targets.front());
  std::vector<ModuleOp> nets = modules();
  bool takesOver = next == Phase::Kernels && index > 0;
  if (takesOver)
    passConstantsOn(nets[index - 1], nets[index]);
  if (failed(runPasses(manager, nets[index],
                       constants[index % shapeSets.size()], nets)) ||
      (next == Phase::Kernels && failed(verify(nets[index]))))
    return bridge.takeError("phase " + std::string(phaseName(next)));
  if (takesOver)
    constants[(index - 1) % shapeSets.size()].sweep(nets);
  if (next == Phase::Mode && hasOpenBatch(shapeSets[index]))
    return proveOpenBatch(nets[index], shapeSets[index],
                          std::move(traces[index]));
  return {};
}

Result<void> Net::Impl::forkTargets() {
  const cpu::TargetDescription &best = targets.front();
  std::vector<ModuleOp> nets = modules();
  for (const cpu::TargetDescription &target :
       llvm::drop_begin(llvm::ArrayRef(targets))) {
    PassManager manager(&session->context);
    unsigned registers =
        target.numVectorRegisters * target.vectorBits / best.vectorBits;
    manager.addNestedPass<func::FuncOp>(cpu::createRetileKernels({registers}));
    for (ModuleOp net : nets) {
      furtherModules.push_back(net.clone());
      if (failed(manager.run(*furtherModules.back())))
        return session->bridge.takeError("phase layout");
    }
  }
  return {};
}

Result<void> Net::advance(Phase to) {
  if (!impl->module)
    return Error{ErrorCode::Usage, "the net has been compiled already"};
  while (impl->phase < to) {
    auto next = static_cast<Phase>(static_cast<int>(impl->phase) + 1);
    if (impl->options.progress)
      impl->options.progress(phaseName(next));
    for (size_t i = 0, count = impl->modules().size(); i < count; ++i)
      if (Result<void> done = impl->runPhase(next, i); !done)
        return done.error();
    if (next == Phase::Layout)
      if (Result<void> done = impl->forkTargets(); !done)
        return done.error();
    impl->phase = next;
    impl->readModules();
    printIfAsked();
  }
  return {};
}

void Net::printIfAsked() const {
  if (impl->options.print &&
      llvm::is_contained(impl->options.printAfter, impl->phase))
    impl->options.print(impl->phase, print(/*elideWeights=*/true));
}

std::string Net::print(bool elideWeights) const {
  OpPrintingFlags flags;
  if (elideWeights) {
    flags.elideLargeElementsAttrs(/*largeElementLimit=*/16);
    flags.elideLargeResourceString(/*largeResourceLimit=*/16);
  } else {
    // Names of nodes are in the locations; a net that is loaded again keeps
    // them.
    flags.enableDebugInfo(/*enable=*/true, /*prettyForm=*/false);
  }
  std::string text;
  if (!impl->module)
    return text;
  llvm::raw_string_ostream stream(text);
  impl->module->print(stream, flags);
  stream << '\n';
  return text;
}

NetSummary Net::summarize() const {
  func::FuncOp net = impl->module ? findNet(*impl->module) : func::FuncOp();
  return net ? summarizeNet(net) : NetSummary();
}

/// Input `i` of the net as the interpreter takes it.
static Result<reference::Tensor> toReference(const TensorInterface &wanted,
                                             const HostTensor &given) {
  bool fits = wanted.shape.size() == given.shape.size();
  for (size_t i = 0; fits && i < wanted.shape.size(); ++i)
    fits = wanted.shape[i] < 0 || wanted.shape[i] == given.shape[i];
  if (!fits || wanted.type != given.type)
    return Error{ErrorCode::BadInput,
                 "input '" + escapeName(wanted.name) +
                     "' has another shape or element type than the net's " +
                     std::string(elementTypeName(wanted.type))};
  return reference::Tensor{given.shape, given.toDoubles()};
}

Result<std::vector<HostTensor>>
Net::interpret(const std::vector<HostTensor> &inputs) {
  DiagnosticBridge &bridge = impl->session->bridge;
  bridge.begin(ErrorCode::Internal);
  auto fail = [&](const Error &error) { return bridge.fail(error); };
  func::FuncOp net =
      impl->phase <= Phase::Fuse ? findNet(*impl->module) : func::FuncOp();
  if (!net)
    return fail(
        {ErrorCode::Usage, "the interpreter runs a net up to the fuse phase"});
  if (inputs.size() != impl->interface.inputs.size())
    return fail({ErrorCode::BadInput,
                 "the net has " +
                     std::to_string(impl->interface.inputs.size()) +
                     " inputs, got " + std::to_string(inputs.size())});
  std::vector<reference::Tensor> arguments;
  for (size_t i = 0; i < inputs.size(); ++i) {
    Result<reference::Tensor> argument =
        toReference(impl->interface.inputs[i], inputs[i]);
    if (!argument)
      return fail(argument.error());
    arguments.push_back(std::move(*argument));
  }
  if (impl->options.progress)
    impl->options.progress("interpret");
  FailureOr<std::vector<reference::Tensor>> results =
      reference::interpret(net, arguments);
  if (failed(results))
    return bridge.takeError("the interpreter");
  std::vector<HostTensor> outputs;
  for (reference::Tensor &result : *results)
    outputs.push_back(HostTensor::fromDoubles(
        ElementType::F64, std::move(result.shape), result.data));
  return outputs;
}

/// Leaves the IR that the object stage failed on; passes before it leave their
/// own.
static void leaveReproducer(const Net &net, const CompileOptions &options) {
  if (options.reproducerDir.empty())
    return;
  SmallString<128> path(options.reproducerDir);
  llvm::sys::path::append(path, net.interface().identifier + "-object.mlir");
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (!error)
    file << net.print(/*elideWeights=*/false);
}

/// Runs a step of the object stage, which reports by llvm::Error.
template <typename T, typename Step>
static Result<T> emit(Net &net, DiagnosticBridge &bridge,
                      const CompileOptions &options, Step step) {
  if (Result<void> advanced = net.advance(Phase::Kernels); !advanced)
    return advanced.error();
  bridge.begin(ErrorCode::CodeGenFailed);
  if (options.progress)
    options.progress("object");
  llvm::Expected<T> result = step();
  if (!result) {
    leaveReproducer(net, options);
    return bridge.fail(toError(result.takeError(), ErrorCode::CodeGenFailed));
  }
  return std::move(*result);
}

Result<Artifact> Net::compile() {
  Result<cpu::ObjectCode> code =
      emit<cpu::ObjectCode>(*this, impl->session->bridge, impl->options, [&] {
        return cpu::emitObject(impl->modules(), impl->targets,
                               impl->options.threads);
      });
  if (!code)
    return code.error();
  impl->interface = code->interface;
  impl->dropModules();
  return Artifact(std::move(code->bytes), impl->interface);
}

Result<std::string> Net::compileToText(TextForm form) {
  return emit<std::string>(*this, impl->session->bridge, impl->options, [&] {
    return cpu::emitCodeText(impl->modules(), impl->targets,
                             form == TextForm::Assembly
                                 ? cpu::CodeText::Assembly
                                 : cpu::CodeText::LLVMIR);
  });
}

} // namespace kiln
