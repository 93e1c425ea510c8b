//===- NetTest.cpp - Checks of the C interface ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Runtime/Net.h"

#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int64_t kShapeA[] = {2, 3, 5};
constexpr int64_t kShapeB[] = {7};
constexpr int64_t kShapeOut[] = {2, 7};
constexpr KilnTensor kInputs[] = {{"a\"\n", kShapeA, 3, 1},
                                  {"b", kShapeB, 1, 11}};
constexpr KilnTensor kOutputs[] = {{"y", kShapeOut, 2, 2}};

KilnNet makeNet(int64_t arenaBytes = 4096) {
  return {kInputs, kOutputs, 2, 1, arenaBytes, /*cpuFeatures=*/0};
}

/// Arguments that pass; each test spoils one.
struct Arguments {
  alignas(64) char memory[256] = {};
  const void *inputs[2] = {memory, memory};
  void *outputs[1] = {memory};
  int64_t dims[4] = {2, 3, 5, 7};
};

} // namespace

TEST(Net, DescribesItsTensors) {
  KilnNet net = makeNet();
  EXPECT_STREQ(kiln_net_input_name(&net, 0), "a\"\n");
  EXPECT_EQ(kiln_net_input_rank(&net, 0), 3);
  EXPECT_EQ(kiln_net_input_shape(&net, 1), kShapeB);
  EXPECT_EQ(kiln_net_input_type(&net, 1), 11);
  EXPECT_STREQ(kiln_net_output_name(&net, 0), "y");
  EXPECT_EQ(kiln_net_output_rank(&net, 0), 2);
  EXPECT_EQ(kiln_net_output_type(&net, 0), 2);
}

TEST(Net, IndexOutOfRange) {
  KilnNet net = makeNet();
  for (int index : {-1, 2, 1 << 30}) {
    EXPECT_EQ(kiln_net_input_name(&net, index), nullptr);
    EXPECT_EQ(kiln_net_input_rank(&net, index), -1);
    EXPECT_EQ(kiln_net_input_shape(&net, index), nullptr);
    EXPECT_EQ(kiln_net_input_type(&net, index), -1);
  }
  EXPECT_EQ(kiln_net_output_name(&net, 1), nullptr);
}

TEST(Net, DimsAreTheCompiledOnesOrNull) {
  KilnNet net = makeNet();
  Arguments args;
  EXPECT_EQ(kiln_net_arena_size(&net, nullptr), 4096);
  EXPECT_EQ(kiln_net_arena_size(&net, args.dims), 4096);
  for (int64_t &dim : args.dims) {
    ++dim;
    EXPECT_EQ(kiln_net_arena_size(&net, args.dims), KILN_BAD_DIMS);
    EXPECT_EQ(
        kiln_net_check(&net, args.dims, args.inputs, args.outputs, args.memory),
        KILN_BAD_DIMS);
    --dim;
  }
  EXPECT_EQ(
      kiln_net_check(&net, args.dims, args.inputs, args.outputs, args.memory),
      KILN_OK);
}

TEST(Net, NullPointers) {
  KilnNet net = makeNet();
  Arguments args;
  auto check = [&](const void *const *inputs, void *const *outputs,
                   void *arena) {
    return kiln_net_check(&net, nullptr, inputs, outputs, arena);
  };
  EXPECT_EQ(check(nullptr, args.outputs, args.memory), KILN_NULL_POINTER);
  EXPECT_EQ(check(args.inputs, nullptr, args.memory), KILN_NULL_POINTER);
  EXPECT_EQ(check(args.inputs, args.outputs, nullptr), KILN_NULL_POINTER);
  args.inputs[1] = nullptr;
  EXPECT_EQ(check(args.inputs, args.outputs, args.memory), KILN_NULL_POINTER);
  args.inputs[1] = args.memory;
  args.outputs[0] = nullptr;
  EXPECT_EQ(check(args.inputs, args.outputs, args.memory), KILN_NULL_POINTER);
}

TEST(Net, ArenaIsAlignedUnlessThereIsNone) {
  Arguments args;
  KilnNet net = makeNet();
  EXPECT_EQ(kiln_net_check(&net, nullptr, args.inputs, args.outputs,
                           args.memory + 32),
            KILN_MISALIGNED_ARENA);
  net = makeNet(/*arenaBytes=*/0);
  EXPECT_EQ(kiln_net_check(&net, nullptr, args.inputs, args.outputs, nullptr),
            KILN_OK);
}

#if defined(__x86_64__)

/// The bit of a feature in a descriptor's mask.
static uint64_t featureBit(const std::string &name) {
  int index = 0;
#define KILN_X86_FEATURE(feature, leaf, reg, bit, state)                       \
  if (name == feature)                                                         \
    return uint64_t(1) << index;                                               \
  ++index;
#include "kiln/Runtime/CpuFeatures.def"
  return 0;
}

// The compiler's own reading of CPUID is the oracle.
TEST(Net, CpuFeaturesAgreeWithTheCompilers) {
  __builtin_cpu_init();
#define EXPECT_FEATURE(name)                                                   \
  EXPECT_EQ(kiln_cpu_serves(featureBit(name)),                                 \
            __builtin_cpu_supports(name) != 0)                                 \
      << name
  EXPECT_FEATURE("sse3");
  EXPECT_FEATURE("ssse3");
  EXPECT_FEATURE("sse4.1");
  EXPECT_FEATURE("sse4.2");
  EXPECT_FEATURE("popcnt");
  EXPECT_FEATURE("lzcnt");
  EXPECT_FEATURE("avx");
  EXPECT_FEATURE("avx2");
  EXPECT_FEATURE("fma");
  EXPECT_FEATURE("f16c");
  EXPECT_FEATURE("bmi");
  EXPECT_FEATURE("bmi2");
  EXPECT_FEATURE("movbe");
  EXPECT_FEATURE("xop");
  EXPECT_FEATURE("fma4");
  EXPECT_FEATURE("sse4a");
  EXPECT_FEATURE("gfni");
  EXPECT_FEATURE("avx512f");
  EXPECT_FEATURE("avx512dq");
  EXPECT_FEATURE("avx512bw");
  EXPECT_FEATURE("avx512vl");
  EXPECT_FEATURE("avx512cd");
  EXPECT_FEATURE("avx512vnni");
  EXPECT_FEATURE("avx512vbmi");
  EXPECT_FEATURE("avx512vbmi2");
  EXPECT_FEATURE("avx512bitalg");
  EXPECT_FEATURE("avx512vpopcntdq");
  EXPECT_FEATURE("avx512vp2intersect");
  EXPECT_FEATURE("avx512bf16");
  EXPECT_FEATURE("avx512fp16");
  EXPECT_FEATURE("avxvnni");
  EXPECT_FEATURE("avxneconvert");
}

#endif

TEST(Net, MissingCpuFeature) {
  KilnNet net = makeNet();
  net.cpuFeatures = uint64_t(1) << 62; // no line of CpuFeatures.def
  Arguments args;
  EXPECT_EQ(
      kiln_net_check(&net, nullptr, args.inputs, args.outputs, args.memory),
      KILN_CPU_LACKS_FEATURE);
}

TEST(Net, EveryCodeHasItsText) {
  std::vector<std::string> texts;
  for (int code : std::initializer_list<int>{
           KILN_OK, KILN_BAD_DIMS, KILN_NULL_POINTER, KILN_MISALIGNED_ARENA,
           KILN_CPU_LACKS_FEATURE, 17}) {
    texts.emplace_back(kiln_net_error_text(code));
    EXPECT_FALSE(texts.back().empty());
  }
  for (size_t i = 0; i < texts.size(); ++i)
    for (size_t j = i + 1; j < texts.size(); ++j)
      EXPECT_NE(texts[i], texts[j]);
}
