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
#include "kiln/Dialect/NN/Analysis/BatchIndependence.h"
#include "kiln/Runtime/Net.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;

namespace kiln::cpu {

static_assert(KILN_GREATEST_BATCH == nn::kGreatestBatch,
              "a net serves the batch sizes for which it is proven");

namespace {

class InterfaceBuilder {
public:
  InterfaceBuilder(Module &module, const NetInterface &interface);

  /// `mains`: the nets' own functions, one for each target and set of shapes.
  void addDescriptor(ArrayRef<Function *> mains,
                     ArrayRef<uint64_t> cpuFeatures);
  void addConstant(StringRef name, int value);
  /// `<net>_<name>(arguments...)` returning `kiln_net_<name>(descriptor,
  /// arguments...)`.
  void addForwarder(StringRef name, Type *result, ArrayRef<Type *> arguments,
                    bool takesDescriptor = true);

  Type *int32, *int64, *nothing;
  PointerType *pointer;

private:
  Constant *addGlobal(Constant *value);
  Constant *addNumbers(ArrayRef<int64_t> numbers);
  Constant *addTensors(ArrayRef<TensorInterface> tensors, StructType *type);
  Constant *addShapes(ArrayRef<Function *> mains);
  Function *addImageRunner(Function &main, ArrayRef<int64_t> inputBytes,
                           ArrayRef<int64_t> outputBytes);
  Function *addFunction(StringRef name, Type *result,
                        ArrayRef<Type *> arguments);
  Value *callRuntime(IRBuilder<> &builder, const Twine &name, Type *result,
                     ArrayRef<Value *> arguments);

  Module &module;
  const NetInterface &interface;
  Constant *descriptor = nullptr;
};

} // namespace

InterfaceBuilder::InterfaceBuilder(Module &module,
                                   const NetInterface &interface)
    : int32(Type::getInt32Ty(module.getContext())),
      int64(Type::getInt64Ty(module.getContext())),
      nothing(Type::getVoidTy(module.getContext())),
      pointer(PointerType::getUnqual(module.getContext())), module(module),
      interface(interface) {}

Constant *InterfaceBuilder::addGlobal(Constant *value) {
  auto *global =
      new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                         GlobalValue::PrivateLinkage, value);
  return global;
}

/// An array of int64_t; null where it is empty.
Constant *InterfaceBuilder::addNumbers(ArrayRef<int64_t> numbers) {
  if (numbers.empty())
    return ConstantPointerNull::get(pointer);
  SmallVector<uint64_t> values(numbers.begin(), numbers.end());
  return addGlobal(ConstantDataArray::get(module.getContext(), values));
}

/// An array of KilnTensor.
Constant *InterfaceBuilder::addTensors(ArrayRef<TensorInterface> tensors,
                                       StructType *type) {
  LLVMContext &context = module.getContext();
  SmallVector<Constant *> entries;
  for (const TensorInterface &tensor : tensors) {
    // Adds the terminating zero; a name's own zeros end it early for C.
    Constant *name = ConstantDataArray::getString(context, tensor.name);
    entries.push_back(ConstantStruct::get(
        type, {addGlobal(name), addNumbers(tensor.shape),
               ConstantInt::get(int32, tensor.shape.size()),
               ConstantInt::get(int32, static_cast<int32_t>(tensor.type))}));
  }
  return addGlobal(
      ConstantArray::get(ArrayType::get(type, entries.size()), entries));
}

/// Bytes of one image of each tensor, -1 for one without batch.
static SmallVector<int64_t> imageBytes(ArrayRef<TensorInterface> tensors,
                                       ArrayRef<ServedShape> shapes) {
  SmallVector<int64_t> bytes;
  for (auto [tensor, shape] : zip_equal(tensors, shapes))
    bytes.push_back(shape.isBatched
                        ? elementCount(shape.dims).value_or(0) *
                              static_cast<int64_t>(elementSize(tensor.type))
                        : -1);
  return bytes;
}

/// All dimensions, one after another; `open` in the place of the batch.
static SmallVector<int64_t> flatten(ArrayRef<ServedShape> shapes,
                                    std::optional<int64_t> open) {
  SmallVector<int64_t> dims;
  for (const ServedShape &shape : shapes) {
    size_t first = dims.size();
    append_range(dims, shape.dims);
    if (shape.isBatched && open)
      dims[first] = *open;
  }
  return dims;
}

/// An array of KilnShapes.
Constant *InterfaceBuilder::addShapes(ArrayRef<Function *> mains) {
  StructType *type =
      StructType::get(module.getContext(), {pointer, pointer, pointer, pointer,
                                            int64, int64, pointer});
  static_assert(sizeof(KilnShapes) == 56, "built here field by field");
  SmallVector<Constant *> entries;
  for (auto [main, served] : zip_equal(mains, interface.served)) {
    SmallVector<int64_t> inputs = imageBytes(interface.inputs, served.inputs);
    SmallVector<int64_t> outputs =
        imageBytes(interface.outputs, served.outputs);
    entries.push_back(ConstantStruct::get(
        type,
        {addNumbers(flatten(served.inputs, -1)),
         addNumbers(flatten(served.outputs, std::nullopt)), addNumbers(inputs),
         addNumbers(outputs), ConstantInt::get(int64, served.arenaBytes),
         ConstantInt::get(int64, served.scratchBytes),
         addImageRunner(*main, inputs, outputs)}));
  }
  return addGlobal(
      ConstantArray::get(ArrayType::get(type, entries.size()), entries));
}

void InterfaceBuilder::addDescriptor(ArrayRef<Function *> mains,
                                     ArrayRef<uint64_t> cpuFeatures) {
  LLVMContext &context = module.getContext();
  StructType *tensor =
      StructType::get(context, {pointer, pointer, int32, int32});
  static_assert(sizeof(KilnTensor) == 24 && sizeof(KilnNet) == 64,
                "the structs of Runtime/Net.h are built here field by field");
  StructType *net =
      StructType::get(context, {pointer, pointer, pointer, int32, int32, int32,
                                int32, pointer, pointer, int64});
  GlobalVariable *constants = module.getGlobalVariable(kConstantsName);
  uint64_t constantBytes =
      constants ? module.getDataLayout()
                      .getTypeAllocSize(constants->getValueType())
                      .getFixedValue()
                : 0;
  descriptor = addGlobal(ConstantStruct::get(
      net, {addTensors(interface.inputs, tensor),
            addTensors(interface.outputs, tensor), addShapes(mains),
            ConstantInt::get(int32, interface.inputs.size()),
            ConstantInt::get(int32, interface.outputs.size()),
            ConstantInt::get(int32, mains.size() / cpuFeatures.size()),
            ConstantInt::get(int32, cpuFeatures.size()),
            addGlobal(ConstantDataArray::get(context, cpuFeatures)),
            constants ? static_cast<Constant *>(constants)
                      : ConstantPointerNull::get(pointer),
            ConstantInt::get(int64, constantBytes)}));
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
  Value *given = callRuntime(builder, name, result, passed);
  if (result->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(given);
}

/// void run(inputs, outputs, arena, image, run): calls the net with the places
/// of one image in its tensors. Code for the net's CPU, as the net itself.
Function *InterfaceBuilder::addImageRunner(Function &main,
                                           ArrayRef<int64_t> inputBytes,
                                           ArrayRef<int64_t> outputBytes) {
  Function *run = Function::Create(
      FunctionType::get(Type::getVoidTy(module.getContext()),
                        {pointer, pointer, pointer, int64, pointer}, false),
      GlobalValue::PrivateLinkage, main.getName() + "_image", module);
  run->setAttributes(AttributeList().addFnAttributes(
      module.getContext(),
      AttrBuilder(module.getContext(), main.getAttributes().getFnAttrs())));
  IRBuilder<> builder(BasicBlock::Create(module.getContext(), "", run));
  SmallVector<Value *> arguments;
  auto addEach = [&](Value *list, ArrayRef<int64_t> bytes) {
    for (auto [i, size] : enumerate(bytes)) {
      Value *first = builder.CreateLoad(
          pointer, builder.CreateConstGEP1_64(pointer, list, i));
      Value *offset = builder.CreateMul(
          run->getArg(3), builder.getInt64(std::max<int64_t>(size, 0)));
      arguments.push_back(builder.CreatePtrAdd(first, offset));
    }
  };
  addEach(run->getArg(0), inputBytes);
  addEach(run->getArg(1), outputBytes);
  arguments.push_back(run->getArg(2));
  arguments.push_back(run->getArg(4));
  builder.CreateCall(&main, arguments);
  builder.CreateRetVoid();
  return run;
}

static Error checkMain(const Function &main, const NetInterface &interface) {
  size_t wanted = interface.inputs.size() + interface.outputs.size() + 2;
  bool fits = main.arg_size() == wanted && main.getReturnType()->isVoidTy() &&
              all_of(main.args(), [](const Argument &argument) {
                return argument.getType()->isPointerTy();
              });
  if (!fits)
    return codeGenError(kMainName + " does not take one pointer for each "
                                    "input and output, the arena and the run");
  return Error::success();
}

Error addInterface(Module &module, const NetInterface &interface,
                   ArrayRef<Function *> mains, ArrayRef<uint64_t> cpuFeatures) {
  for (const Function *main : mains)
    if (Error error = checkMain(*main, interface))
      return error;
  InterfaceBuilder builder(module, interface);
  builder.addDescriptor(mains, cpuFeatures);
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
  builder.addForwarder("num_shapes", builder.int32, {});
  builder.addForwarder("shape_dims", builder.pointer, {builder.int32});
  builder.addForwarder("output_dims", builder.int32,
                       {builder.pointer, builder.pointer});
  builder.addForwarder("arena_size", builder.int64, {builder.pointer});
  builder.addForwarder(
      "run", builder.int32,
      {builder.pointer, builder.pointer, builder.pointer, builder.pointer});
  builder.addForwarder("arena_size_for", builder.int64,
                       {builder.pointer, builder.int32});
  builder.addForwarder("run_with", builder.int32,
                       {builder.pointer, builder.pointer, builder.pointer,
                        builder.pointer, builder.pointer});
  builder.addForwarder("pool_create", builder.int32,
                       {builder.int32, builder.pointer},
                       /*takesDescriptor=*/false);
  builder.addForwarder("pool_executor", builder.pointer, {builder.pointer},
                       /*takesDescriptor=*/false);
  builder.addForwarder("pool_destroy", builder.nothing, {builder.pointer},
                       /*takesDescriptor=*/false);
  builder.addForwarder("error_text", builder.pointer, {builder.int32},
                       /*takesDescriptor=*/false);
  return Error::success();
}

bool isInterfaceSymbol(StringRef symbol, const NetInterface &interface) {
  static constexpr StringLiteral kNames[] = {
      "abi_version",   "num_inputs",     "num_outputs", "input_name",
      "input_rank",    "input_shape",    "input_type",  "output_name",
      "output_rank",   "output_shape",   "output_type", "num_shapes",
      "shape_dims",    "output_dims",    "arena_size",  "error_text",
      "run",           "arena_size_for", "run_with",    "pool_create",
      "pool_executor", "pool_destroy"};
  return symbol.consume_front(interface.identifier) &&
         symbol.consume_front("_") && is_contained(kNames, symbol);
}

} // namespace kiln::cpu
