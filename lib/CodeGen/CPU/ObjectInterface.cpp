//===- ObjectInterface.cpp - The C interface of an artifact ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Makes the descriptor of Runtime/Net.h as constant data, and one thin function
// for each of the interface, which passes it to the runtime.
//===----------------------------------------------------------------------===//

#include "ObjectStages.h"
#include "kiln/Runtime/Net.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;

namespace kiln::cpu {

namespace {

class InterfaceBuilder {
public:
  InterfaceBuilder(Module &module, const NetInterface &interface,
                   Function &main);

  void addDescriptor(uint64_t cpuFeatures);
  void addConstant(StringRef name, int value);
  /// `<net>_<name>(arguments...)` returning `kiln_net_<name>(descriptor,
  /// arguments...)`.
  void addForwarder(StringRef name, Type *result, ArrayRef<Type *> arguments,
                    bool takesDescriptor = true);
  void addRun();

  Type *int32, *int64;
  PointerType *pointer;

private:
  Constant *addGlobal(Constant *value);
  Constant *addTensors(ArrayRef<TensorInterface> tensors, StructType *type);
  Function *addFunction(StringRef name, Type *result,
                        ArrayRef<Type *> arguments);
  Value *callRuntime(IRBuilder<> &builder, const Twine &name, Type *result,
                     ArrayRef<Value *> arguments);

  Module &module;
  const NetInterface &interface;
  Function &main;
  Constant *descriptor = nullptr;
};

} // namespace

InterfaceBuilder::InterfaceBuilder(Module &module,
                                   const NetInterface &interface,
                                   Function &main)
    : int32(Type::getInt32Ty(module.getContext())),
      int64(Type::getInt64Ty(module.getContext())),
      pointer(PointerType::getUnqual(module.getContext())), module(module),
      interface(interface), main(main) {}

Constant *InterfaceBuilder::addGlobal(Constant *value) {
  auto *global =
      new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                         GlobalValue::PrivateLinkage, value);
  return global;
}

/// An array of KilnTensor.
Constant *InterfaceBuilder::addTensors(ArrayRef<TensorInterface> tensors,
                                       StructType *type) {
  LLVMContext &context = module.getContext();
  SmallVector<Constant *> entries;
  for (const TensorInterface &tensor : tensors) {
    // Adds the terminating zero; a name's own zeros end it early for C.
    Constant *name = ConstantDataArray::getString(context, tensor.name);
    SmallVector<uint64_t> shape(tensor.shape.begin(), tensor.shape.end());
    Constant *dims = ConstantDataArray::get(context, shape);
    entries.push_back(ConstantStruct::get(
        type,
        {addGlobal(name),
         shape.empty() ? ConstantPointerNull::get(pointer) : addGlobal(dims),
         ConstantInt::get(int32, shape.size()),
         ConstantInt::get(int32, static_cast<int32_t>(tensor.type))}));
  }
  return addGlobal(
      ConstantArray::get(ArrayType::get(type, entries.size()), entries));
}

void InterfaceBuilder::addDescriptor(uint64_t cpuFeatures) {
  LLVMContext &context = module.getContext();
  StructType *tensor =
      StructType::get(context, {pointer, pointer, int32, int32});
  static_assert(sizeof(KilnTensor) == 24 && sizeof(KilnNet) == 40,
                "the structs of Runtime/Net.h are built here field by field");
  StructType *net =
      StructType::get(context, {pointer, pointer, int32, int32, int64, int64});
  descriptor = addGlobal(ConstantStruct::get(
      net, {addTensors(interface.inputs, tensor),
            addTensors(interface.outputs, tensor),
            ConstantInt::get(int32, interface.inputs.size()),
            ConstantInt::get(int32, interface.outputs.size()),
            ConstantInt::get(int64, interface.arenaBytes),
            ConstantInt::get(int64, cpuFeatures)}));
}

Function *InterfaceBuilder::addFunction(StringRef name, Type *result,
                                        ArrayRef<Type *> arguments) {
  Function *function = Function::Create(
      FunctionType::get(result, arguments, /*isVarArg=*/false),
      GlobalValue::ExternalLinkage, interface.identifier + "_" + name, module);
  function->setDoesNotThrow();
  // Baseline code, like the runtime's functions that it calls. Without these
  // attributes it would be code for the target machine's own CPU.
  bool isX86 = module.getTargetTriple().isX86();
  function->addFnAttr("target-cpu", isX86 ? "x86-64" : "generic");
  function->addFnAttr("target-features", "");
  return function;
}

Value *InterfaceBuilder::callRuntime(IRBuilder<> &builder, const Twine &name,
                                     Type *result,
                                     ArrayRef<Value *> arguments) {
  SmallVector<Type *> types = map_to_vector(
      arguments, [](Value *argument) { return argument->getType(); });
  FunctionCallee callee = module.getOrInsertFunction(
      ("kiln_net_" + name).str(), FunctionType::get(result, types, false));
  return builder.CreateCall(callee, arguments);
}

void InterfaceBuilder::addConstant(StringRef name, int value) {
  Function *function = addFunction(name, int32, {});
  IRBuilder<> builder(BasicBlock::Create(module.getContext(), "", function));
  builder.CreateRet(ConstantInt::getSigned(int32, value));
}

void InterfaceBuilder::addForwarder(StringRef name, Type *result,
                                    ArrayRef<Type *> arguments,
                                    bool takesDescriptor) {
  Function *function = addFunction(name, result, arguments);
  IRBuilder<> builder(BasicBlock::Create(module.getContext(), "", function));
  SmallVector<Value *> passed;
  if (takesDescriptor)
    passed.push_back(descriptor);
  for (Argument &argument : function->args())
    passed.push_back(&argument);
  builder.CreateRet(callRuntime(builder, name, result, passed));
}

/// int run(dims, inputs, outputs, arena): checks, then calls the net with each
/// pointer by itself.
void InterfaceBuilder::addRun() {
  LLVMContext &context = module.getContext();
  Function *run =
      addFunction("run", int32, {pointer, pointer, pointer, pointer});
  Argument *inputs = run->getArg(1), *outputs = run->getArg(2);
  Argument *arena = run->getArg(3);
  BasicBlock *entry = BasicBlock::Create(context, "entry", run);
  BasicBlock *good = BasicBlock::Create(context, "run", run);
  BasicBlock *bad = BasicBlock::Create(context, "refuse", run);

  IRBuilder<> builder(entry);
  Value *code =
      callRuntime(builder, "check", int32,
                  {descriptor, run->getArg(0), inputs, outputs, arena});
  builder.CreateCondBr(builder.CreateIsNull(code), good, bad);
  builder.SetInsertPoint(bad);
  builder.CreateRet(code);

  builder.SetInsertPoint(good);
  SmallVector<Value *> arguments;
  auto loadEach = [&](Value *list, size_t count) {
    for (size_t i = 0; i < count; ++i)
      arguments.push_back(builder.CreateLoad(
          pointer, builder.CreateConstGEP1_64(pointer, list, i)));
  };
  loadEach(inputs, interface.inputs.size());
  loadEach(outputs, interface.outputs.size());
  arguments.push_back(arena);
  builder.CreateCall(&main, arguments);
  builder.CreateRet(ConstantInt::get(int32, KILN_OK));
}

static Error checkMain(const Function *main, const NetInterface &interface) {
  size_t wanted = interface.inputs.size() + interface.outputs.size() + 1;
  if (!main || main->isDeclaration())
    return codeGenError("the module defines no " + kMainName);
  bool fits = main->arg_size() == wanted && main->getReturnType()->isVoidTy() &&
              all_of(main->args(), [](const Argument &argument) {
                return argument.getType()->isPointerTy();
              });
  if (!fits)
    return codeGenError(kMainName + " does not take one pointer for each "
                                    "input and output and one to the arena");
  return Error::success();
}

Error addInterface(Module &module, const NetInterface &interface,
                   uint64_t cpuFeatures) {
  Function *main = module.getFunction(kMainName);
  if (Error error = checkMain(main, interface))
    return error;
  InterfaceBuilder builder(module, interface, *main);
  builder.addDescriptor(cpuFeatures);
  builder.addConstant("abi_version", KILN_ABI_VERSION);
  builder.addConstant("num_inputs", interface.inputs.size());
  builder.addConstant("num_outputs", interface.outputs.size());
  for (const char *kind : {"input", "output"}) {
    std::string prefix = std::string(kind) + "_";
    builder.addForwarder(prefix + "name", builder.pointer, {builder.int32});
    builder.addForwarder(prefix + "rank", builder.int32, {builder.int32});
    builder.addForwarder(prefix + "shape", builder.pointer, {builder.int32});
    builder.addForwarder(prefix + "type", builder.int32, {builder.int32});
  }
  builder.addForwarder("arena_size", builder.int64, {builder.pointer});
  builder.addForwarder("error_text", builder.pointer, {builder.int32},
                       /*takesDescriptor=*/false);
  builder.addRun();
  return Error::success();
}

bool isInterfaceSymbol(StringRef symbol, const NetInterface &interface) {
  static constexpr StringLiteral kNames[] = {
      "abi_version", "num_inputs", "num_outputs", "input_name",  "input_rank",
      "input_shape", "input_type", "output_name", "output_rank", "output_shape",
      "output_type", "arena_size", "error_text",  "run"};
  return symbol.consume_front(interface.identifier) &&
         symbol.consume_front("_") && is_contained(kNames, symbol);
}

} // namespace kiln::cpu
