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

constexpr uint64_t kNoFeatures = 0;
constexpr uint64_t kUnheardOf = uint64_t(1) << 62; // not in CpuFeatures.def

/// The images on which the net has been called.
std::vector<int64_t> images;

void runImage(const void *const * /*inputs*/, void *const * /*outputs*/,
              void * /*arena*/, int64_t image, KilnRun * /*run*/) {
  images.push_back(image);
}

constexpr int64_t kDims[] = {2, 3, 5, 7};
constexpr int64_t kNoBatch[] = {-1, -1};

KilnShapes makeShapes(int64_t arenaBytes = 4096) {
  return {kDims, kShapeOut, kNoBatch, kNoBatch, arenaBytes, 0, runImage};
}

KilnNet makeNet(const KilnShapes *shapes, int32_t numShapes = 1) {
  images.clear();
  return {kInputs, kOutputs, shapes, 2, 1, numShapes, 1, &kNoFeatures};
}

/// Input a has an open batch, b none; the output has two rows an image.
constexpr int64_t kOpenDims[] = {-1, 3, 5, 7};
constexpr int64_t kOpenInputBytes[] = {60, -1};
constexpr int64_t kOpenOutputBytes[] = {112};
constexpr KilnShapes kOpen = {
    kOpenDims, kShapeOut, kOpenInputBytes, kOpenOutputBytes, 128, 0, runImage};

/// Arguments that pass; each test spoils one.
struct Arguments {
  alignas(64) char memory[256] = {};
  const void *inputs[2] = {memory, memory};
  void *outputs[1] = {memory};
  int64_t dims[4] = {2, 3, 5, 7};
};

} // namespace

TEST(Net, DescribesItsTensors) {
  KilnShapes shapes = makeShapes();
  KilnNet net = makeNet(&shapes);
  EXPECT_STREQ(kiln_net_input_name(&net, 0), "a\"\n");
  EXPECT_EQ(kiln_net_input_rank(&net, 0), 3);
  EXPECT_EQ(kiln_net_input_shape(&net, 1), kShapeB);
  EXPECT_EQ(kiln_net_input_type(&net, 1), 11);
  EXPECT_STREQ(kiln_net_output_name(&net, 0), "y");
  EXPECT_EQ(kiln_net_output_rank(&net, 0), 2);
  EXPECT_EQ(kiln_net_output_type(&net, 0), 2);
}

TEST(Net, IndexOutOfRange) {
  KilnShapes shapes = makeShapes();
  KilnNet net = makeNet(&shapes);
  for (int index : {-1, 2, 1 << 30}) {
    EXPECT_EQ(kiln_net_input_name(&net, index), nullptr);
    EXPECT_EQ(kiln_net_input_rank(&net, index), -1);
    EXPECT_EQ(kiln_net_input_shape(&net, index), nullptr);
    EXPECT_EQ(kiln_net_input_type(&net, index), -1);
  }
  EXPECT_EQ(kiln_net_output_name(&net, 1), nullptr);
}

TEST(Net, DimsAreTheCompiledOnesOrNull) {
  KilnShapes shapes = makeShapes();
  KilnNet net = makeNet(&shapes);
  Arguments args;
  EXPECT_EQ(kiln_net_arena_size(&net, nullptr), 4096);
  EXPECT_EQ(kiln_net_arena_size(&net, args.dims), 4096);
  for (int64_t &dim : args.dims) {
    ++dim;
    EXPECT_EQ(kiln_net_arena_size(&net, args.dims), KILN_BAD_DIMS);
    EXPECT_EQ(
        kiln_net_run(&net, args.dims, args.inputs, args.outputs, args.memory),
        KILN_BAD_DIMS);
    --dim;
  }
  EXPECT_EQ(
      kiln_net_run(&net, args.dims, args.inputs, args.outputs, args.memory),
      KILN_OK);
}

TEST(Net, NullPointers) {
  KilnShapes shapes = makeShapes();
  KilnNet net = makeNet(&shapes);
  Arguments args;
  auto check = [&](const void *const *inputs, void *const *outputs,
                   void *arena) {
    return kiln_net_run(&net, nullptr, inputs, outputs, arena);
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
  KilnShapes shapes = makeShapes();
  KilnNet net = makeNet(&shapes);
  EXPECT_EQ(
      kiln_net_run(&net, nullptr, args.inputs, args.outputs, args.memory + 32),
      KILN_MISALIGNED_ARENA);
  shapes = makeShapes(/*arenaBytes=*/0);
  EXPECT_EQ(kiln_net_run(&net, nullptr, args.inputs, args.outputs, nullptr),
            KILN_OK);
}

TEST(Net, RunsOnceWithoutAnOpenBatch) {
  KilnShapes shapes = makeShapes();
  KilnNet net = makeNet(&shapes);
  Arguments args;
  for (const int64_t *dims : {static_cast<const int64_t *>(nullptr), kDims})
    EXPECT_EQ(kiln_net_run(&net, dims, args.inputs, args.outputs, args.memory),
              KILN_OK);
  EXPECT_EQ(images, (std::vector<int64_t>{0, 0}));
}

TEST(Net, WalksOverTheImagesOfAnOpenBatch) {
  KilnNet net = makeNet(&kOpen);
  Arguments args;
  args.dims[0] = 3;
  EXPECT_EQ(kiln_net_arena_size(&net, args.dims), 128);
  EXPECT_EQ(
      kiln_net_run(&net, args.dims, args.inputs, args.outputs, args.memory),
      KILN_OK);
  EXPECT_EQ(images, (std::vector<int64_t>{0, 1, 2}));
  int64_t output[2];
  EXPECT_EQ(kiln_net_output_dims(&net, args.dims, output), KILN_OK);
  EXPECT_EQ(output[0], 6); // two rows an image
  EXPECT_EQ(output[1], 7);
  EXPECT_EQ(kiln_net_output_dims(&net, args.dims, nullptr), KILN_NULL_POINTER);
}

TEST(Net, OpenBatchIsPositiveAndGiven) {
  KilnNet net = makeNet(&kOpen);
  Arguments args;
  int64_t output[2];
  for (int64_t batch : std::initializer_list<int64_t>{
           0, -1, INT64_MIN, KILN_GREATEST_BATCH + 1, INT64_MAX}) {
    args.dims[0] = batch;
    EXPECT_EQ(kiln_net_arena_size(&net, args.dims), KILN_BAD_DIMS);
    EXPECT_EQ(kiln_net_output_dims(&net, args.dims, output), KILN_BAD_DIMS);
    EXPECT_EQ(
        kiln_net_run(&net, args.dims, args.inputs, args.outputs, args.memory),
        KILN_BAD_DIMS);
  }
  EXPECT_EQ(kiln_net_arena_size(&net, nullptr), KILN_BAD_DIMS);
  EXPECT_EQ(kiln_net_run(&net, nullptr, args.inputs, args.outputs, args.memory),
            KILN_BAD_DIMS);
  EXPECT_TRUE(images.empty());
}

TEST(Net, BatchWhoseBytesOverflow) {
  const int64_t inputBytes[] = {INT64_MAX / 1000, -1};
  const int64_t outputBytes[] = {INT64_MAX / 100};
  KilnShapes shapes = kOpen;
  shapes.inputImageBytes = inputBytes;
  KilnNet net = makeNet(&shapes);
  Arguments args;
  args.dims[0] = 1000;
  EXPECT_EQ(kiln_net_arena_size(&net, args.dims), 128);
  args.dims[0] = 1001;
  EXPECT_EQ(kiln_net_arena_size(&net, args.dims), KILN_BAD_DIMS);
  shapes.outputImageBytes = outputBytes;
  args.dims[0] = 101;
  EXPECT_EQ(kiln_net_arena_size(&net, args.dims), KILN_BAD_DIMS);
}

TEST(Net, InputsShareTheBatch) {
  const int64_t dims[] = {-1, 3, 5, -1};
  const int64_t inputBytes[] = {60, 4};
  KilnShapes shapes = kOpen;
  shapes.inputDims = dims;
  shapes.inputImageBytes = inputBytes;
  KilnNet net = makeNet(&shapes);
  const int64_t same[] = {4, 3, 5, 4}, different[] = {4, 3, 5, 3};
  EXPECT_EQ(kiln_net_arena_size(&net, same), 128);
  EXPECT_EQ(kiln_net_arena_size(&net, different), KILN_BAD_DIMS);
}

TEST(Net, TheFirstSetOfShapesThatFitsIsRun) {
  KilnShapes sets[] = {makeShapes(64), kOpen};
  KilnNet net = makeNet(sets, 2);
  int64_t dims[] = {2, 3, 5, 7};
  EXPECT_EQ(kiln_net_arena_size(&net, dims), 64);
  dims[0] = 1;
  EXPECT_EQ(kiln_net_arena_size(&net, dims), 128);
  dims[1] = 4;
  EXPECT_EQ(kiln_net_arena_size(&net, dims), KILN_BAD_DIMS);
  // Which of the two would be meant?
  EXPECT_EQ(kiln_net_arena_size(&net, nullptr), KILN_BAD_DIMS);
  EXPECT_EQ(kiln_net_num_shapes(&net), 2);
  EXPECT_EQ(kiln_net_shape_dims(&net, 1), kOpenDims);
  EXPECT_EQ(kiln_net_shape_dims(&net, 2), nullptr);
  EXPECT_EQ(kiln_net_shape_dims(&net, -1), nullptr);
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
  KilnShapes shapes = makeShapes();
  KilnNet net = makeNet(&shapes);
  net.cpuFeatures = &kUnheardOf;
  Arguments args;
  EXPECT_EQ(kiln_net_run(&net, nullptr, args.inputs, args.outputs, args.memory),
            KILN_CPU_LACKS_FEATURE);
}

// Two targets with code of their own: memory and code are those of the first
// that this CPU runs; where there is none, an error and no code.
TEST(Net, ChoosesTheTarget) {
  static int calledSecond;
  calledSecond = 0;
  KilnShapes both[] = {makeShapes(4096), makeShapes(128)};
  both[1].run = [](const void *const *, void *const *, void *, int64_t,
                   KilnRun *) { ++calledSecond; };
  KilnNet net = makeNet(both);
  net.numTargets = 2;
  Arguments args;
  auto run = [&](uint64_t first, uint64_t second) {
    const uint64_t needs[] = {first, second};
    net.cpuFeatures = needs;
    return std::pair(
        kiln_net_run(&net, nullptr, args.inputs, args.outputs, args.memory),
        kiln_net_arena_size(&net, nullptr));
  };
  EXPECT_EQ(run(0, 0), std::pair(int(KILN_OK), int64_t(4096)));
  EXPECT_EQ(calledSecond, 0);
  EXPECT_EQ(images.size(), 1u);
  EXPECT_EQ(run(kUnheardOf, 0), std::pair(int(KILN_OK), int64_t(128)));
  EXPECT_EQ(calledSecond, 1);
  EXPECT_EQ(images.size(), 1u);
  EXPECT_EQ(run(kUnheardOf, kUnheardOf),
            std::pair(int(KILN_CPU_LACKS_FEATURE), int64_t(128)));
  EXPECT_EQ(calledSecond, 1);
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
