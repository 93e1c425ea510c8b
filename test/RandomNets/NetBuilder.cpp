//===- NetBuilder.cpp - A net that grows step by step ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NetBuilder.h"

#include "kiln/Dialect/NN/Utils/Constants.h"

using namespace mlir;

namespace kiln::test {

bool isNarrow(Type type) { return type.getIntOrFloatBitWidth() == 16; }

int64_t sizeOf(ArrayRef<int64_t> shape) {
  int64_t size = 1;
  for (int64_t dim : shape)
    size *= dim;
  return size;
}

int64_t divisorOf(Random &random, int64_t number) {
  SmallVector<int64_t> divisors;
  for (int64_t d = 1; d <= number; ++d)
    if (number % d == 0)
      divisors.push_back(d);
  return random.chooseFrom(divisors);
}

NetBuilder::NetBuilder(MLIRContext &context, Random &random, Type type)
    : builder(&context), random(random), elementType(type),
      module(ModuleOp::create(UnknownLoc::get(&context))) {
  builder.setInsertionPointToStart(module->getBody());
  func = func::FuncOp::create(builder, module->getLoc(), "net",
                              builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(func.addEntryBlock());
}

Location NetBuilder::name(StringRef prefix) {
  std::string text = (prefix + "_" + Twine(++names)).str();
  return NameLoc::get(builder.getStringAttr(text));
}

Value NetBuilder::addInput(ArrayRef<int64_t> shape, Type type) {
  Block &block = func.getBody().front();
  return add(
      block.addArgument(RankedTensorType::get(shape, type), module->getLoc()));
}

Value NetBuilder::add(Value value) {
  pool.push_back(value);
  return value;
}

Value NetBuilder::source(function_ref<bool(Value)> fits) {
  // What a step makes of a large value would be larger still.
  constexpr int64_t kMostElements = 3000;
  auto suits = [&](Value value) {
    return sizeOf(shapeOf(value)) <= kMostElements && fits(value);
  };
  if (suits(pool.back()) && random.chance(70))
    return pool.back();
  SmallVector<Value> fitting =
      llvm::to_vector(llvm::make_filter_range(pool, suits));
  if (fitting.empty())
    return {};
  // The newest that fits, or any.
  return random.chance(60) ? fitting.back() : random.chooseFrom(fitting);
}

Value NetBuilder::source() {
  return source([](Value) { return true; });
}

Value NetBuilder::spatialSource() {
  return source([](Value value) {
    size_t rank = shapeOf(value).size();
    return rank >= 3 && rank <= 5;
  });
}

Value NetBuilder::constant(ArrayRef<int64_t> shape, double low, double high,
                           Type type) {
  SmallVector<double> values(sizeOf(shape));
  for (double &value : values)
    value = random.uniform(low, high);
  return constant(shape, values, type);
}

Value NetBuilder::constant(ArrayRef<int64_t> shape, ArrayRef<double> values,
                           Type type) {
  return nn::createConstant(builder, module->getLoc(),
                            RankedTensorType::get(shape, type), values);
}

Value NetBuilder::elementwise(StringRef prefix, ValueRange inputs,
                              onnx_import::BodyFn body) {
  return createElementwise(builder, name(prefix), shapeOf(inputs.front()),
                           elementTypeOf(inputs.front()), inputs, body);
}

Value NetBuilder::binary(BinaryKind kind, Value a, Value b) {
  return elementwise("binary", {a, b},
                     [&](OpBuilder &inner, Location loc, ValueRange args) {
                       return createScalar(inner, loc, kind, args[0], args[1]);
                     });
}

/// Names arguments and results, as the importer does.
void NetBuilder::setTypes(ArrayRef<Value> outputs) {
  Block &block = func.getBody().front();
  func.setFunctionType(builder.getFunctionType(block.getArgumentTypes(),
                                               ValueRange(outputs).getTypes()));
  auto name = [&](const char *prefix, size_t i) {
    return builder.getStringAttr(prefix + std::to_string(i));
  };
  for (size_t i = 0; i < block.getNumArguments(); ++i)
    func.setArgAttr(i, "nn.name", name("x", i));
  for (size_t i = 0; i < outputs.size(); ++i)
    func.setResultAttr(i, "nn.name", name("y", i));
}

OwningOpRef<ModuleOp> NetBuilder::finish() {
  constexpr size_t kMostOutputs = 4;
  SmallVector<Value> outputs;
  for (Value value : llvm::reverse(pool))
    if (value.use_empty() && value.getDefiningOp() &&
        outputs.size() < kMostOutputs)
      outputs.push_back(value);
  Value other = random.chooseFrom(pool);
  if (random.chance(25) && other.getDefiningOp() &&
      !llvm::is_contained(outputs, other))
    outputs.push_back(other);
  func::ReturnOp::create(builder, module->getLoc(), outputs);
  setTypes(outputs);
  return std::move(module);
}

} // namespace kiln::test
