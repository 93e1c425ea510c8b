//===- PatcherRefusalTest.cpp - What must not be written ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PatcherCase.h"

#include "llvm/Support/FileSystem.h"

#include <cmath>
#include <random>

using namespace kiln;

namespace {

const StatisticsPatch kPatch{"bn", {-1, 0.25, 1e3}, {0.5, 0, 9}};

class PatcherRefusal : public PatcherCase {
protected:
  void expectRefused(const onnx::ModelProto &model,
                     const StatisticsPatch &patch, const char *part) {
    std::string text = refused(model, {patch});
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }

  /// mean lies in data/w.bin, at byte 4.
  onnx::ModelProto external(const char *location = "data/w.bin") const {
    llvm::sys::fs::create_directories(path("data"));
    std::vector<float> stored = {99, 1, 2, 3};
    write("data/w.bin", {reinterpret_cast<const char *>(stored.data()), 16});
    onnx::ModelProto model = oneNorm();
    for (const char *name : {"mean", "scale"}) {
      onnx::TensorProto &tensor = *initializer(model, name);
      tensor.clear_raw_data();
      tensor.set_data_location(onnx::TensorProto::EXTERNAL);
      for (auto [key, value] :
           {std::pair("location", location), std::pair("offset", "4"),
            std::pair("length", "12")}) {
        auto &entry = *tensor.add_external_data();
        entry.set_key(key);
        entry.set_value(value);
      }
    }
    return model;
  }
};

TEST_F(PatcherRefusal, NumbersThatAreNoStatistics) {
  onnx::ModelProto model = oneNorm();
  expectRefused(model, {"bn", {1, 2, NAN}, {1, 1, 1}}, "K0400");
  expectRefused(model, {"bn", {1, 2, INFINITY}, {1, 1, 1}}, "K0400");
  expectRefused(model, {"bn", {1, 2, 3}, {1, -1e-9, 1}}, "K0400");
  expectRefused(model, {"bn", {1, 2, 3}, {1, 1}}, "K0400");
  expectRefused(model, {"bn", {}, {}}, "K0400");
  expectRefused(model, {"bn", {1, 2}, {1, 1}}, "K0301");
  expectRefused(model, {"bn", {1, 1e39, 2}, {1, 1, 1}}, "does not fit");
}

TEST_F(PatcherRefusal, NodesThatAreNotThere) {
  onnx::ModelProto model = oneNorm();
  expectRefused(model, {"other", {1, 2, 3}, {1, 1, 1}}, "K0201");
  std::string twice = refused(model, {kPatch, kPatch});
  EXPECT_NE(twice.find("given twice"), std::string::npos) << twice;
  addSecondNorm(model, "mean", "var").set_name("bn");
  expectRefused(model, kPatch, "K0102");
}

TEST_F(PatcherRefusal, NormsInOtherDomains) {
  onnx::ModelProto model = oneNorm();
  model.mutable_graph()->mutable_node(0)->set_domain("com.example");
  expectRefused(model, kPatch, "K0201");
}

TEST_F(PatcherRefusal, StatisticsThatAreInputs) {
  onnx::ModelProto model = oneNorm();
  removeInitializer(model, "mean");
  model.mutable_graph()->add_input()->set_name("mean");
  expectRefused(model, kPatch, "an input of the net");
}

TEST_F(PatcherRefusal, BrokenGraphs) {
  onnx::ModelProto fewInputs = oneNorm();
  fewInputs.mutable_graph()->mutable_node(0)->mutable_input()->RemoveLast();
  expectRefused(fewInputs, kPatch, "fewer than five");

  onnx::ModelProto twice = oneNorm();
  *twice.mutable_graph()->add_initializer() = floats("mean", {1, 2, 3});
  expectRefused(twice, kPatch, "K0102");

  onnx::ModelProto circle = oneNorm();
  circle.mutable_graph()->mutable_node(0)->set_input(3, "a");
  addNode(circle, "Identity", {"b"}, {"a"});
  addNode(circle, "Identity", {"a"}, {"b"});
  EXPECT_FALSE(refused(circle, {kPatch}).empty());

  onnx::ModelProto empty = oneNorm();
  for (int input : {3, 4})
    empty.mutable_graph()->mutable_node(0)->set_input(input, "");
  EXPECT_FALSE(refused(empty, {kPatch}).empty());

  onnx::ModelProto integers = oneNorm();
  initializer(integers, "var")->set_data_type(onnx::TensorProto::INT32);
  expectRefused(integers, kPatch, "K0203");

  onnx::ModelProto none;
  none.set_ir_version(8);
  expectRefused(none, kPatch, "K0201");
}

TEST_F(PatcherRefusal, DamagedFiles) {
  std::string whole = oneNorm().SerializeAsString();
  for (size_t size :
       {size_t{0}, size_t{1}, whole.size() / 2, whole.size() - 1}) {
    std::string source = write("cut.onnx", whole.substr(0, size));
    auto done = patchStatistics(source, path("out.onnx"), {kPatch});
    ASSERT_FALSE(bool(done)) << size;
    EXPECT_NE(llvm::toString(done.takeError()).find("K0004"),
              std::string::npos);
    EXPECT_EQ(filesInFolder(), 1u);
  }
  auto absent = patchStatistics(path("none.onnx"), path("out.onnx"), {kPatch});
  ASSERT_FALSE(bool(absent));
  EXPECT_NE(llvm::toString(absent.takeError()).find("K0001"),
            std::string::npos);
}

/// Whatever stands in the file: new numbers where they belong, or an error and
/// no file.
TEST_F(PatcherRefusal, DamagedBytes) {
  onnx::ModelProto model = oneNorm();
  addNode(model, "Identity", {"mean"}, {"same"});
  addSecondNorm(model, "same", "var");
  const std::string whole = model.SerializeAsString();
  std::mt19937 random(7);
  int refusals = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = whole;
    for (size_t hits = 1 + random() % 3; hits > 0; --hits)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    std::string source = write("in.onnx", bytes), target = path("out.onnx");
    auto done = patchStatistics(source, target, {kPatch});
    EXPECT_EQ(llvm::sys::fs::exists(target), bool(done)) << "round " << round;
    if (!done) {
      ++refusals;
      EXPECT_EQ(llvm::toString(done.takeError()).substr(0, 2), "K0");
      continue;
    }
    onnx::ModelProto result;
    ASSERT_TRUE(result.ParseFromString(content(target))) << "round " << round;
    EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean) << "round " << round;
    EXPECT_EQ(numbersAt(result, "bn", 4), kPatch.variance) << "round " << round;
    llvm::sys::fs::remove(target);
  }
  EXPECT_GT(refusals, 100);
  EXPECT_LT(refusals, 1900);
}

TEST_F(PatcherRefusal, TargetsThatCannotBeWritten) {
  std::string source = write(oneNorm());
  for (const std::string &target :
       {path("none/out.onnx"), folder.str().str()}) {
    auto done = patchStatistics(source, target, {kPatch});
    ASSERT_FALSE(bool(done)) << target;
    EXPECT_NE(llvm::toString(done.takeError()).find("K0002"),
              std::string::npos);
  }
}

TEST_F(PatcherRefusal, StandardOutput) {
  auto done = patchStatistics(write(oneNorm()), "-", {kPatch});
  ASSERT_FALSE(bool(done));
  EXPECT_NE(llvm::toString(done.takeError()).find("K0002"), std::string::npos);
}

/// Neither its own data nor the copy in another folder may be replaced.
TEST_F(PatcherRefusal, TargetsThatAreExternalData) {
  llvm::sys::fs::create_directories(path("other"));
  write("w.bin", std::string(16, 'w'));
  for (auto [location, target] :
       {std::pair("data/w.bin", "data/w.bin"), std::pair("w.bin", "w.bin"),
        std::pair("./w.bin", "other/w.bin")}) {
    std::string source = write(external(location));
    std::string inFolder = content(path("data/w.bin"));
    auto done = patchStatistics(source, path(target), {kPatch});
    ASSERT_FALSE(bool(done)) << target;
    std::string text = llvm::toString(done.takeError());
    EXPECT_NE(text.find("external data of the model"), std::string::npos)
        << text;
    EXPECT_EQ(content(path("data/w.bin")), inFolder);
    EXPECT_EQ(content(path("w.bin")), std::string(16, 'w'));
    EXPECT_FALSE(llvm::sys::fs::exists(path("other/w.bin")));
  }
}

TEST_F(PatcherRefusal, ExternalStatisticsMoveIntoTheModel) {
  std::string before = content((write(external()), path("data/w.bin")));
  onnx::ModelProto result = patched(external(), {kPatch});
  EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean);
  EXPECT_EQ(initializer(result, "mean")->external_data_size(), 0);
  EXPECT_EQ(initializer(result, "scale")->external_data_size(), 3);
  EXPECT_EQ(content(path("data/w.bin")), before);
  EXPECT_TRUE(summary.copied.empty());
}

TEST_F(PatcherRefusal, ExternalDataFollowsToAnotherFolder) {
  std::string source = write(external());
  llvm::sys::fs::create_directories(path("other"));
  for (int round = 0; round < 2; ++round) { // the second finds the copy
    auto done = patchStatistics(source, path("other/out.onnx"), {kPatch});
    ASSERT_TRUE(bool(done)) << llvm::toString(done.takeError());
    EXPECT_EQ(done->copied.size(), round == 0 ? 1u : 0u);
    EXPECT_EQ(content(path("other/data/w.bin")), content(path("data/w.bin")));
  }
  write("other/data/w.bin", "something else");
  auto done = patchStatistics(source, path("other/out2.onnx"), {kPatch});
  ASSERT_FALSE(bool(done));
  EXPECT_NE(llvm::toString(done.takeError()).find("another file"),
            std::string::npos);
  EXPECT_FALSE(llvm::sys::fs::exists(path("other/out2.onnx")));
}

TEST_F(PatcherRefusal, ExternalDataOutsideIsNotCopied) {
  llvm::sys::fs::create_directories(path("other"));
  write("secret", "secret");
  for (const char *location :
       {"../secret", "/etc/passwd", "data", "none.bin"}) {
    std::string source = write(external(location));
    auto done = patchStatistics(source, path("other/out.onnx"), {kPatch});
    ASSERT_FALSE(bool(done)) << location;
    EXPECT_NE(llvm::toString(done.takeError()).find("K0105"),
              std::string::npos);
    EXPECT_FALSE(llvm::sys::fs::exists(path("other/out.onnx")));
  }
}

} // namespace
