//===- ArtifactTest.cpp - Artifacts in files and in this process ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Compiler/Artifact.h"
#include "../CodeGen/TestNet.h"
#include "kiln/Runtime/Net.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Host.h"

#include <cmath>
#include <cstdlib>
#include <dlfcn.h>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <thread>

using namespace kiln;
using namespace kiln::test;

namespace {

/// A folder of its own for each test, removed afterwards.
class ArtifactTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("kiln-artifact", folder));
  }
  void TearDown() override { (void)llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> result(folder);
    llvm::sys::path::append(result, name);
    return result.str().str();
  }

  size_t fileCount() const {
    std::error_code error;
    size_t count = 0;
    for (llvm::sys::fs::directory_iterator it(folder, error), end;
         !error && it != end; it.increment(error))
      ++count;
    return count;
  }

  void write(const std::string &name, const std::string &text) const {
    std::ofstream(path(name)) << text;
  }

  llvm::SmallString<128> folder;
};

Artifact makeArtifact(const std::string &identifier, float shift = -3.0f,
                      const std::string &features = "") {
  auto code = compileTestNet(identifier, shift, features);
  if (!code) {
    ADD_FAILURE() << llvm::toString(code.takeError());
    return Artifact({}, {});
  }
  return Artifact(std::move(code->bytes), std::move(code->interface));
}

HostTensor makeInput(float start) {
  HostTensor x = HostTensor::zeros(ElementType::F32, {1, kSize});
  for (int64_t i = 0; i < kSize; ++i)
    x.as<float>()[i] = start + 0.375f * static_cast<float>(i);
  return x;
}

void expectOutputs(const float *x, const float *y, const float *e,
                   float shift) {
  for (int64_t i = 0; i < kSize; ++i) {
    EXPECT_EQ(y[i], 2.0f * x[i] + constantAt(i, shift)) << i;
    EXPECT_NEAR(e[i] / std::exp(double(x[i])), 1.0, 1.2e-7) << i;
  }
}

using RunFunction = int (*)(const int64_t *, const void *const *, void *const *,
                            void *);

} // namespace

TEST_F(ArtifactTest, RunsInThisProcess) {
  Artifact artifact = makeArtifact("odd");
  auto net = artifact.load();
  ASSERT_TRUE(bool(net)) << net.error().text();
  HostTensor x = makeInput(-5);
  auto outputs = (*net)->run({x});
  ASSERT_TRUE(bool(outputs)) << outputs.error().text();
  ASSERT_EQ(outputs->size(), 2u);
  EXPECT_EQ((*outputs)[1].shape, (std::vector<int64_t>{kSize, 1}));
  expectOutputs(x.as<float>().data(), (*outputs)[0].as<float>().data(),
                (*outputs)[1].as<float>().data(), -3);
}

TEST_F(ArtifactTest, RunsOnThreadsOfItsOwn) {
  Artifact artifact = makeArtifact("odd");
  HostTensor x = makeInput(-5);
  for (int threads : {0, 2, 8}) {
    auto net = artifact.load({threads});
    ASSERT_TRUE(bool(net)) << net.error().text();
    auto outputs = (*net)->run({x});
    ASSERT_TRUE(bool(outputs)) << outputs.error().text();
    expectOutputs(x.as<float>().data(), (*outputs)[0].as<float>().data(),
                  (*outputs)[1].as<float>().data(), -3);
  }
  for (int threads : {-1, 1025}) {
    auto net = artifact.load({threads});
    ASSERT_FALSE(bool(net));
    EXPECT_EQ(net.error().code, ErrorCode::BadInput);
  }
}

TEST_F(ArtifactTest, ExecutorIsChecked) {
  Artifact artifact = makeArtifact("odd");
  kiln_executor executor = {nullptr, 2, nullptr};
  auto net = artifact.load({1, &executor});
  ASSERT_TRUE(bool(net)) << net.error().text();
  auto outputs = (*net)->run({makeInput(-5)});
  ASSERT_FALSE(bool(outputs));
  EXPECT_EQ(outputs.error().code, ErrorCode::BadInput);
}

TEST_F(ArtifactTest, RefusesInputsThatDoNotFit) {
  Artifact artifact = makeArtifact("odd");
  auto net = artifact.load();
  ASSERT_TRUE(bool(net)) << net.error().text();
  auto expectBad = [&](const std::vector<HostTensor> &inputs) {
    auto outputs = (*net)->run(inputs);
    ASSERT_FALSE(bool(outputs));
    EXPECT_EQ(outputs.error().code, ErrorCode::BadInput);
  };
  expectBad({});
  expectBad({makeInput(0), makeInput(0)});
  expectBad({HostTensor::zeros(ElementType::F32, {kSize})});
  expectBad({HostTensor::zeros(ElementType::I32, {1, kSize})});
  HostTensor torn = makeInput(0);
  torn.data.pop_back();
  expectBad({torn});
}

TEST_F(ArtifactTest, ThreadsRunTheSameNet) {
  Artifact artifact = makeArtifact("odd");
  auto net = artifact.load();
  ASSERT_TRUE(bool(net)) << net.error().text();
  auto work = [&](float start) {
    HostTensor x = makeInput(start);
    for (int i = 0; i < 500; ++i) {
      auto outputs = (*net)->run({x});
      ASSERT_TRUE(bool(outputs));
      expectOutputs(x.as<float>().data(), (*outputs)[0].as<float>().data(),
                    (*outputs)[1].as<float>().data(), -3);
    }
  };
  std::thread first(work, -9.0f), second(work, 1.0f);
  first.join();
  second.join();
}

// No x86 processor since 2017 has FMA4.
TEST_F(ArtifactTest, CpuWithoutAFeature) {
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  if (!features.contains("fma4") || features.lookup("fma4"))
    GTEST_SKIP() << "this processor has FMA4, or is no x86";
  Artifact artifact = makeArtifact("odd", -3, "+fma4");
  auto net = artifact.load();
  ASSERT_TRUE(bool(net)) << net.error().text();
  auto outputs = (*net)->run({makeInput(0)});
  ASSERT_FALSE(bool(outputs));
  EXPECT_EQ(outputs.error().code, ErrorCode::UnsupportedTarget);
}

#if defined(__x86_64__)
// The baseline has no instruction for floor, and a copy of unknown size is a
// call anywhere: the artifact holds both functions.
TEST_F(ArtifactTest, CallsThatTheCodeGeneratorMakes) {
  std::string text = testNetText("odd", 0);
  auto replace = [&](const std::string &from, const std::string &to) {
    size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  replace("%double = llvm.fmul %v, %two : f32",
          "%double = llvm.intr.floor(%v) : (f32) -> f32");
  // e becomes a copy of x, of as many bytes as its first element says.
  replace("^done:", R"mlir(^done:
    %first_x = llvm.load %x : !llvm.ptr -> f32
    %size = llvm.fptosi %first_x : f32 to i64
    "llvm.intr.memcpy"(%e, %x, %size) <{isVolatile = false}>
        : (!llvm.ptr, !llvm.ptr, i64) -> ())mlir");
  auto code = compileText(text, "x86-64");
  ASSERT_TRUE(bool(code)) << llvm::toString(code.takeError());
  Artifact artifact(std::move(code->bytes), std::move(code->interface));
  ASSERT_TRUE(bool(artifact.writeLibrary(path("odd.so"))));

  auto net = artifact.load();
  ASSERT_TRUE(bool(net)) << net.error().text();
  HostTensor x = makeInput(-5);
  x.as<float>()[0] = 4 * kSize - 4; // all but the last element
  auto outputs = (*net)->run({x});
  ASSERT_TRUE(bool(outputs)) << outputs.error().text();
  for (int64_t i = 0; i < kSize; ++i) {
    float value = x.as<float>()[i];
    EXPECT_EQ((*outputs)[0].as<float>()[i],
              std::floor(value) + constantAt(i, 0));
    if (i < kSize - 1)
      EXPECT_EQ((*outputs)[1].as<float>()[i], value);
    else
      EXPECT_NEAR((*outputs)[1].as<float>()[i] / std::exp(value), 1, 1e-6);
  }
}
#endif

TEST_F(ArtifactTest, LibraryNeedsNothing) {
  Artifact artifact = makeArtifact("odd");
  auto written = artifact.writeLibrary(path("odd.so"));
  ASSERT_TRUE(bool(written)) << written.error().text();
  EXPECT_EQ(fileCount(), 1u) << "temporary files are left";

  auto binary = llvm::cantFail(
      llvm::object::ObjectFile::createObjectFile(path("odd.so")));
  auto *file = llvm::cast<llvm::object::ELF64LEObjectFile>(binary.getBinary());
  std::set<uint64_t> tags;
  for (const auto &entry : llvm::cantFail(file->getELFFile().dynamicEntries()))
    tags.insert(entry.getTag());
  EXPECT_FALSE(tags.count(llvm::ELF::DT_NEEDED));
  EXPECT_FALSE(tags.count(llvm::ELF::DT_TEXTREL));
  EXPECT_TRUE(tags.count(llvm::ELF::DT_SONAME));
  size_t shown = 0;
  for (const auto &symbol : file->getDynamicSymbolIterators()) {
    llvm::StringRef name = llvm::cantFail(symbol.getName());
    // What a pool takes from the process, if it is there.
    uint32_t flags = llvm::cantFail(symbol.getFlags());
    if ((flags & llvm::object::SymbolRef::SF_Undefined) &&
        (flags & llvm::object::SymbolRef::SF_Weak))
      continue;
    EXPECT_TRUE(name.starts_with("odd_")) << name.str();
    ++shown;
  }
  EXPECT_EQ(shown, 22u);
}

TEST_F(ArtifactTest, LibraryRunsAndReturnsCodes) {
  Artifact artifact = makeArtifact("odd");
  ASSERT_TRUE(bool(artifact.writeLibrary(path("odd.so"))));
  void *library = dlopen(path("odd.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << dlerror();
  auto run = reinterpret_cast<RunFunction>(dlsym(library, "odd_run"));
  auto arenaSize = reinterpret_cast<int64_t (*)(const int64_t *)>(
      dlsym(library, "odd_arena_size"));
  auto inputName =
      reinterpret_cast<const char *(*)(int)>(dlsym(library, "odd_input_name"));
  auto outputShape = reinterpret_cast<const int64_t *(*)(int)>(
      dlsym(library, "odd_output_shape"));
  ASSERT_TRUE(run && arenaSize && inputName && outputShape);
  EXPECT_STREQ(inputName(0), kInputName);
  EXPECT_EQ(outputShape(1)[0], kSize);
  EXPECT_EQ(outputShape(1)[1], 1);
  EXPECT_EQ(outputShape(2), nullptr);

  const int64_t good[] = {1, kSize}, bad[] = {2, kSize};
  EXPECT_EQ(arenaSize(good), kArenaBytes);
  EXPECT_EQ(arenaSize(bad), KILN_BAD_DIMS);

  HostTensor x = makeInput(-2);
  float y[kSize], e[kSize];
  alignas(64) char arena[kArenaBytes + 64];
  const void *inputs[] = {x.data.data()};
  void *outputs[] = {y, e}, *torn[] = {y, nullptr};
  EXPECT_EQ(run(bad, inputs, outputs, arena), KILN_BAD_DIMS);
  EXPECT_EQ(run(good, nullptr, outputs, arena), KILN_NULL_POINTER);
  EXPECT_EQ(run(good, inputs, torn, arena), KILN_NULL_POINTER);
  EXPECT_EQ(run(good, inputs, outputs, nullptr), KILN_NULL_POINTER);
  EXPECT_EQ(run(good, inputs, outputs, arena + 4), KILN_MISALIGNED_ARENA);
  EXPECT_EQ(run(nullptr, inputs, outputs, arena), KILN_OK);
  expectOutputs(x.as<float>().data(), y, e, -3);
  dlclose(library);
}

TEST_F(ArtifactTest, UnwritablePathLeavesNothing) {
  Artifact artifact = makeArtifact("odd");
  for (const std::string &place :
       {path("missing/odd.so"), std::string(folder)}) {
    auto library = artifact.writeLibrary(place);
    ASSERT_FALSE(bool(library));
    EXPECT_EQ(library.error().code, ErrorCode::FileUnwritable);
    auto object = artifact.writeObject(place);
    ASSERT_FALSE(bool(object));
    EXPECT_EQ(object.error().code, ErrorCode::FileUnwritable);
  }
  EXPECT_EQ(fileCount(), 0u);
}

TEST_F(ArtifactTest, LinkerErrorIsPassedOn) {
  Artifact artifact(std::vector<std::byte>(100, std::byte(7)), {});
  auto written = artifact.writeLibrary(path("odd.so"));
  ASSERT_FALSE(bool(written));
  EXPECT_EQ(written.error().code, ErrorCode::LinkFailed);
  EXPECT_NE(written.error().message.find("; ld.lld: error: "),
            std::string::npos)
      << written.error().message;
  EXPECT_EQ(fileCount(), 0u);
  EXPECT_FALSE(bool(artifact.load()));
}

TEST_F(ArtifactTest, HeaderCompilesAsCAndCxx) {
  Artifact artifact = makeArtifact("odd");
  write("odd.h", artifact.header());
  write("use.c", "#include \"odd.h\"\n#include \"odd.h\"\n"
                 "int (*run)(const int64_t *, const void *const *, "
                 "void *const *, void *) = odd_run;\n");
  for (std::string compiler :
       {KILN_C_COMPILER " -std=c99 -x c",
        KILN_CXX_COMPILER " -std=c++98 -x c++ "
                          "-Wno-c++11-long-long -Wno-long-long",
        KILN_CXX_COMPILER " -std=c++20 -x c++"}) {
    std::string command = compiler +
                          " -Wall -Wextra -pedantic -Wcomment -Werror "
                          "-fsyntax-only " +
                          path("use.c");
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }
}

TEST_F(ArtifactTest, TwoNetsInOneProgram) {
  Artifact first = makeArtifact("first", 1), second = makeArtifact("second", 2);
  for (const Artifact *artifact : {&first, &second}) {
    const std::string &name = artifact->interface().identifier;
    ASSERT_TRUE(bool(artifact->writeObject(path(name + ".o"))));
    write(name + ".h", artifact->header());
  }
  write("main.c", R"c(
#include "first.h"
#include "second.h"
#include <stdalign.h>
static alignas(64) char arena[4096];
int main(void) {
  float x[37] = {0}, y[37], z[37], e[37];
  const void *inputs[] = {x};
  void *outputs[] = {y, e}, *others[] = {z, e};
  x[3] = 5;
  if (first_abi_version() != first_ABI_VERSION) return 1;
  if (first_arena_size(0) > 4096 || second_arena_size(0) > 4096) return 2;
  if (first_input_type(0) != first_F32) return 3;
  if (first_run(0, inputs, outputs, arena)) return 4;
  if (second_run(0, inputs, others, arena)) return 5;
  if (y[3] != 10 + 0.75f + 1 || z[3] != 10 + 0.75f + 2) return 6;
  return 0;
}
)c");
  std::string program = path("main");
  std::string command = KILN_C_COMPILER " -std=c11 -Wall -Wextra -Werror " +
                        path("main.c") + " " + path("first.o") + " " +
                        path("second.o") + " -o " + program;
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  EXPECT_EQ(std::system(program.c_str()), 0);
}

// A library for another architecture, run by a processor in software.
TEST_F(ArtifactTest, AArch64) {
  const std::string compiler = "aarch64-linux-gnu-gcc",
                    emulator = "qemu-aarch64 -L /usr/aarch64-linux-gnu";
  for (const char *tool : {"aarch64-linux-gnu-gcc", "qemu-aarch64"})
    if (!llvm::sys::findProgramByName(tool))
      GTEST_SKIP() << tool << " is not installed";
  auto code = compileText(testNetText("odd", -3), "generic", "",
                          "aarch64-unknown-linux-gnu");
  ASSERT_TRUE(bool(code)) << llvm::toString(code.takeError());
  Artifact artifact(std::move(code->bytes), std::move(code->interface));
  write("odd.h", artifact.header());
  ASSERT_TRUE(bool(artifact.writeLibrary(path("odd.so"))));
  write("main.c", R"c(
#include "odd.h"
#include <math.h>
static _Alignas(64) char arena[4096];
int main(void) {
  float x[37], y[37], e[37];
  const void *inputs[] = {x};
  void *outputs[] = {y, e};
  for (int i = 0; i < 37; ++i) x[i] = 0.375f * i - 5;
  if (odd_run(0, inputs, outputs, arena + 4) != odd_MISALIGNED_ARENA) return 1;
  if (odd_run(0, inputs, outputs, arena)) return 2;
  for (int i = 0; i < 37; ++i) {
    if (y[i] != 2 * x[i] + (0.25f * i - 3)) return 3;
    if (fabs(e[i] / exp(x[i]) - 1) > 1.2e-7) return 4;
  }
  return 0;
}
)c");
  std::string build = compiler + " -std=c11 " + path("main.c") + " " +
                      path("odd.so") + " -lm -o " + path("main");
  ASSERT_EQ(std::system(build.c_str()), 0) << build;
  std::string run = emulator + " -E LD_LIBRARY_PATH=" + std::string(folder) +
                    " " + path("main");
  EXPECT_EQ(std::system(run.c_str()), 0) << run;
}
