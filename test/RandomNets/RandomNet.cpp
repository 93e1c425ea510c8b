//===- RandomNet.cpp - A random net from the whole dialect ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomNet.h"

#include "Steps.h"

using namespace mlir;

namespace kiln::test {

namespace {
struct Family {
  int64_t weight;
  ArrayRef<Step> (*steps)();
};
} // namespace

static constexpr Family kFamilies[] = {
    {24, convolutionSteps}, {22, normalizationSteps}, {12, poolingSteps},
    {14, activationSteps},  {16, elementwiseSteps},   {7, reductionSteps},
    {16, tensorSteps},      {14, blockSteps}};

template <typename T>
static const T &chooseWeighted(Random &random, ArrayRef<T> from) {
  int64_t total = 0;
  for (const T &choice : from)
    total += choice.weight;
  int64_t ticket = random.pick(0, total - 1);
  for (const T &choice : from) {
    if (ticket < choice.weight)
      return choice;
    ticket -= choice.weight;
  }
  llvm_unreachable("the ticket is below the total");
}

static Type pickElementType(MLIRContext &context, Random &random,
                            bool narrowTypes) {
  Builder builder(&context);
  if (random.chance(narrowTypes ? 60 : 88))
    return builder.getF32Type();
  if (!narrowTypes || random.chance(20))
    return builder.getF64Type();
  return random.chance(50) ? Type(builder.getF16Type())
                           : Type(builder.getBF16Type());
}

/// [N, C, spatial...] with one to three odd spatial sizes, at times of size 1;
/// or [N, features].
static SmallVector<int64_t> pickInputShape(Random &random) {
  SmallVector<int64_t> shape = {random.choose({1, 1, 1, 2, 3}),
                                random.chance(80) ? random.pick(1, 7)
                                                  : random.pick(14, 19)};
  if (random.chance(8))
    return shape;
  int64_t rank = random.chance(70) ? 2 : random.chance(60) ? 1 : 3;
  for (int64_t i = 0; i < rank; ++i)
    shape.push_back(random.chance(6) ? 1
                    : rank == 3      ? random.pick(2, 6)
                    : rank == 1      ? random.pick(5, 23)
                                     : random.pick(3, 12));
  while (sizeOf(shape) > 2000)
    shape.back() = (shape.back() + 1) / 2;
  return shape;
}

OwningOpRef<ModuleOp> makeRandomNet(MLIRContext &context, uint64_t seed,
                                    uint64_t attempt, bool narrowTypes) {
  Random random(seed * 64 + attempt);
  NetBuilder net(context, random,
                 pickElementType(context, random, narrowTypes));
  SmallVector<int64_t> shape = pickInputShape(random);
  net.addInput(shape, net.elementType);
  // Of the same shape, so that the two can be joined, or of another.
  if (random.chance(25)) {
    if (random.chance(50))
      shape = pickInputShape(random);
    net.addInput(shape, net.elementType);
  }
  for (int64_t i = 0, n = random.pick(2, 6); i < n; ++i) {
    const Family &family = chooseWeighted(random, ArrayRef(kFamilies));
    chooseWeighted(random, family.steps()).make(net);
  }
  return net.finish();
}

} // namespace kiln::test
