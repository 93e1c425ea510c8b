//===- LoadedNet.cpp - A net's object in this process ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArtifactImpl.h"
#include "LLVMErrors.h"
#include "kiln/Runtime/Net.h"
#include "kiln/Support/Names.h"
#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/ExecutionEngine/Orc/TaskDispatch.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <cstdlib>
#include <mutex>

using namespace llvm::orc;

namespace kiln {

namespace {

struct FreeArena {
  void operator()(void *arena) const { std::free(arena); }
};
using Arena = std::unique_ptr<void, FreeArena>;

/// Holds the code by its execution session, and the arenas that no call uses.
class JITNet final : public LoadedNet {
public:
  JITNet(NetInterface net, std::unique_ptr<ExecutorProcessControl> control)
      : net(std::move(net)), session(std::move(control)), layer(session) {}
  ~JITNet() override;

  llvm::Error link(std::span<const std::byte> object);
  Result<void> startThreads(const RunOptions &options);

  Result<std::vector<HostTensor>>
  run(const std::vector<HostTensor> &inputs) override;
  Result<void> runInto(const std::vector<HostTensor> &inputs,
                       std::vector<HostTensor> &outputs) override;
  size_t arenaBytes() const override;

private:
  template <typename Function>
  llvm::Error find(JITDylib &library, const char *name, Function *&function);
  Result<void> check(const std::vector<HostTensor> &inputs) const;
  Result<std::vector<std::vector<int64_t>>>
  outputShapesFor(const std::vector<int64_t> &dims) const;
  Result<void> execute(const std::vector<int64_t> &dims,
                       const std::vector<HostTensor> &inputs,
                       std::vector<HostTensor> &outputs);
  Arena takeArena();

  NetInterface net;
  ExecutionSession session;
  ObjectLinkingLayer layer;
  int (*entry)(const int64_t *, const void *const *, void *const *, void *,
               const kiln_executor *) = nullptr;
  int (*outputShapes)(const int64_t *, int64_t *) = nullptr;
  int (*poolCreate)(int, kiln_pool **) = nullptr;
  const kiln_executor *(*poolExecutor)(const kiln_pool *) = nullptr;
  void (*poolDestroy)(kiln_pool *) = nullptr;
  const char *(*errorText)(int) = nullptr;

  kiln_pool *pool = nullptr;
  /// The pool's or the caller's; null: the calling thread alone.
  const kiln_executor *executor = nullptr;

  std::mutex arenaMutex;
  std::vector<Arena> freeArenas;
};

} // namespace

template <typename Function>
llvm::Error JITNet::find(JITDylib &library, const char *name,
                         Function *&function) {
  auto symbol = session.lookup({&library}, net.identifier + "_" + name);
  if (!symbol)
    return symbol.takeError();
  function = symbol->getAddress().toPtr<Function *>();
  return llvm::Error::success();
}

JITNet::~JITNet() {
  if (pool)
    poolDestroy(pool);
  llvm::consumeError(session.endSession());
}

/// A pool, unless the calling thread or the caller's executor is enough.
Result<void> JITNet::startThreads(const RunOptions &options) {
  executor = options.executor;
  if (!executor && options.threads != 1) {
    if (int code = poolCreate(options.threads, &pool); code != KILN_OK)
      return Error{ErrorCode::BadInput, "no pool of " +
                                            std::to_string(options.threads) +
                                            " threads: " + errorText(code)};
    executor = poolExecutor(pool);
  }
  if (options.wrapExecutor)
    executor = options.wrapExecutor(executor);
  return {};
}

/// What a net's object takes from the process: the functions that its pool
/// starts threads by.
static std::unique_ptr<DefinitionGenerator> threadsOfProcess() {
  return llvm::cantFail(DynamicLibrarySearchGenerator::GetForCurrentProcess(
      /*GlobalPrefix=*/'\0', [](const SymbolStringPtr &name) {
        return *name == "pthread_create" || *name == "pthread_join" ||
               *name == "aligned_alloc" || *name == "free";
      }));
}

llvm::Error JITNet::link(std::span<const std::byte> object) {
  JITDylib &library = session.createBareJITDylib(net.identifier);
  library.addGenerator(threadsOfProcess());
  llvm::StringRef bytes(reinterpret_cast<const char *>(object.data()),
                        object.size());
  if (llvm::Error error = layer.add(
          library,
          llvm::MemoryBuffer::getMemBuffer(bytes, net.identifier,
                                           /*RequiresNullTerminator=*/false)))
    return error;
  if (llvm::Error error = find(library, "run_with", entry))
    return error;
  if (llvm::Error error = find(library, "pool_create", poolCreate))
    return error;
  if (llvm::Error error = find(library, "pool_executor", poolExecutor))
    return error;
  if (llvm::Error error = find(library, "pool_destroy", poolDestroy))
    return error;
  if (llvm::Error error = find(library, "output_dims", outputShapes))
    return error;
  return find(library, "error_text", errorText);
}

static std::string describe(ElementType type,
                            const std::vector<int64_t> &shape) {
  std::string text(elementTypeName(type));
  text += '[';
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? "," : "") + (shape[i] < 0 ? "?" : std::to_string(shape[i]));
  return text + "]";
}

/// Types, ranks and the number of bytes; which shapes are served the net itself
/// knows.
Result<void> JITNet::check(const std::vector<HostTensor> &inputs) const {
  if (inputs.size() != net.inputs.size())
    return Error{ErrorCode::BadInput,
                 "the net takes " + std::to_string(net.inputs.size()) +
                     " inputs, got " + std::to_string(inputs.size())};
  for (size_t i = 0; i < inputs.size(); ++i) {
    const TensorInterface &wanted = net.inputs[i];
    const HostTensor &given = inputs[i];
    bool fits =
        given.type == wanted.type && given.shape.size() == wanted.shape.size();
    for (size_t d = 0; fits && d < wanted.shape.size(); ++d)
      fits = wanted.shape[d] < 0 || wanted.shape[d] == given.shape[d];
    std::optional<int64_t> count = elementCount(given.shape);
    if (!fits || !count)
      return Error{ErrorCode::BadInput,
                   "input '" + escapeName(wanted.name) + "' is " +
                       describe(wanted.type, wanted.shape) + ", got " +
                       describe(given.type, given.shape)};
    size_t bytes = static_cast<size_t>(*count) * elementSize(given.type);
    if (given.data.size() != bytes)
      return Error{ErrorCode::BadInput,
                   "input '" + escapeName(wanted.name) + "' holds " +
                       std::to_string(given.data.size()) + " bytes, not " +
                       std::to_string(bytes)};
  }
  return {};
}

/// The outputs' shapes that the net gives for `dims`.
Result<std::vector<std::vector<int64_t>>>
JITNet::outputShapesFor(const std::vector<int64_t> &dims) const {
  size_t count = 0;
  for (const TensorInterface &output : net.outputs)
    count += output.shape.size();
  // One more, so that there is an address where all are scalars.
  std::vector<int64_t> outputDims(count + 1);
  int code = outputShapes(dims.data(), outputDims.data());
  if (code == KILN_BAD_DIMS)
    return Error{ErrorCode::BadInput,
                 "the net does not serve inputs of these shapes together"};
  if (code != KILN_OK)
    return Error{ErrorCode::Internal, errorText(code)};
  std::vector<std::vector<int64_t>> shapes;
  auto next = outputDims.begin();
  for (const TensorInterface &output : net.outputs) {
    auto end = next + static_cast<std::ptrdiff_t>(output.shape.size());
    shapes.emplace_back(next, end);
    next = end;
  }
  return shapes;
}

/// Enough for every set of shapes and all workers.
size_t JITNet::arenaBytes() const {
  int64_t workers = executor ? executor->workers : 1;
  return static_cast<size_t>(net.arenaBytes + workers * net.scratchBytes);
}

/// One that an earlier call has left, so that its pages are there already.
Arena JITNet::takeArena() {
  {
    std::lock_guard<std::mutex> lock(arenaMutex);
    if (!freeArenas.empty()) {
      Arena arena = std::move(freeArenas.back());
      freeArenas.pop_back();
      return arena;
    }
  }
  // aligned_alloc takes multiples of the alignment only, and not zero.
  size_t blocks = arenaBytes() / KILN_ARENA_ALIGNMENT;
  return Arena(std::aligned_alloc(KILN_ARENA_ALIGNMENT,
                                  (blocks + 1) * KILN_ARENA_ALIGNMENT));
}

/// All dimensions of the inputs, one after another.
static std::vector<int64_t> dimsOf(const std::vector<HostTensor> &inputs) {
  std::vector<int64_t> dims;
  for (const HostTensor &input : inputs)
    dims.insert(dims.end(), input.shape.begin(), input.shape.end());
  // One more, so that there is an address where all inputs are scalars.
  dims.reserve(dims.size() + 1);
  return dims;
}

Result<void> JITNet::execute(const std::vector<int64_t> &dims,
                             const std::vector<HostTensor> &inputs,
                             std::vector<HostTensor> &outputs) {
  Arena arena = takeArena();
  if (!arena)
    return Error{ErrorCode::BadInput, "no memory for the net's arena of " +
                                          std::to_string(arenaBytes()) +
                                          " bytes"};
  std::vector<const void *> inputPointers;
  std::vector<void *> outputPointers;
  // An empty tensor has no memory, but its pointer must not be null.
  for (const HostTensor &input : inputs)
    inputPointers.push_back(input.data.empty() ? arena.get()
                                               : input.data.data());
  for (HostTensor &output : outputs)
    outputPointers.push_back(output.data.empty() ? arena.get()
                                                 : output.data.data());

  int code = entry(dims.data(), inputPointers.data(), outputPointers.data(),
                   arena.get(), executor);
  {
    std::lock_guard<std::mutex> lock(arenaMutex);
    freeArenas.push_back(std::move(arena));
  }
  if (code == KILN_BAD_EXECUTOR)
    return Error{ErrorCode::BadInput, errorText(code)};
  if (code == KILN_CPU_LACKS_FEATURE)
    return Error{ErrorCode::UnsupportedTarget, errorText(code)};
  if (code != KILN_OK)
    return Error{ErrorCode::Internal, errorText(code)};
  return {};
}

Result<std::vector<HostTensor>>
JITNet::run(const std::vector<HostTensor> &inputs) {
  if (Result<void> checked = check(inputs); !checked)
    return checked.error();
  std::vector<int64_t> dims = dimsOf(inputs);
  Result<std::vector<std::vector<int64_t>>> shapes = outputShapesFor(dims);
  if (!shapes)
    return shapes.error();
  std::vector<HostTensor> outputs;
  for (size_t i = 0; i < shapes->size(); ++i)
    outputs.push_back(
        HostTensor::zeros(net.outputs[i].type, std::move((*shapes)[i])));
  if (Result<void> done = execute(dims, inputs, outputs); !done)
    return done.error();
  return outputs;
}

Result<void> JITNet::runInto(const std::vector<HostTensor> &inputs,
                             std::vector<HostTensor> &outputs) {
  if (Result<void> checked = check(inputs); !checked)
    return checked;
  std::vector<int64_t> dims = dimsOf(inputs);
  Result<std::vector<std::vector<int64_t>>> shapes = outputShapesFor(dims);
  if (!shapes)
    return shapes.error();
  bool fit = outputs.size() == shapes->size();
  for (size_t i = 0; fit && i < outputs.size(); ++i)
    fit = outputs[i].type == net.outputs[i].type &&
          outputs[i].shape == (*shapes)[i] &&
          static_cast<int64_t>(outputs[i].data.size()) ==
              elementCount((*shapes)[i]).value_or(-1) *
                  static_cast<int64_t>(elementSize(outputs[i].type));
  if (!fit)
    return Error{ErrorCode::BadInput,
                 "the outputs are not those that a run for these inputs gives"};
  return execute(dims, inputs, outputs);
}

/// Code for another architecture must not be run.
static Result<void> checkArchitecture(std::span<const std::byte> object) {
  llvm::MemoryBufferRef buffer(
      llvm::StringRef(reinterpret_cast<const char *>(object.data()),
                      object.size()),
      "net");
  auto file = llvm::object::ObjectFile::createObjectFile(buffer);
  if (!file)
    return toError(file.takeError(), ErrorCode::LinkFailed);
  llvm::Triple host(llvm::sys::getProcessTriple());
  if ((*file)->getArch() == host.getArch())
    return {};
  return Error{ErrorCode::UnsupportedTarget,
               "the net is compiled for " +
                   llvm::Triple::getArchTypeName((*file)->getArch()).str() +
                   " and cannot run on " + host.getArchName().str()};
}

Result<std::unique_ptr<LoadedNet>> loadObject(std::span<const std::byte> object,
                                              const NetInterface &net,
                                              const RunOptions &options) {
  if (Result<void> runnable = checkArchitecture(object); !runnable)
    return runnable.error();
  auto control = SelfExecutorProcessControl::Create(
      nullptr, std::make_unique<InPlaceTaskDispatcher>());
  if (!control)
    return toError(control.takeError(), ErrorCode::LinkFailed);
  auto loaded = std::make_unique<JITNet>(net, std::move(*control));
  if (llvm::Error error = loaded->link(object))
    return toError(std::move(error), ErrorCode::LinkFailed);
  if (Result<void> started = loaded->startThreads(options); !started)
    return started.error();
  return std::unique_ptr<LoadedNet>(std::move(loaded));
}

} // namespace kiln
