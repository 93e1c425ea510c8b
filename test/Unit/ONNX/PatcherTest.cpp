//===- PatcherTest.cpp - New statistics where they stand ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PatcherCase.h"

#include <google/protobuf/text_format.h>

using namespace kiln;

namespace {

using Numbers = std::vector<double>;
const StatisticsPatch kPatch{"bn", {-1, 0.25, 1e3}, {0.5, 0, 9}};

class Patcher : public PatcherCase {
protected:
  /// Both statistics of "bn" are those of kPatch, and nothing else differs.
  void expectPatched(const onnx::ModelProto &model) {
    EXPECT_EQ(numbersAt(model, "bn", 3), kPatch.mean);
    EXPECT_EQ(numbersAt(model, "bn", 4), kPatch.variance);
    EXPECT_EQ(numbersAt(model, "bn", 1), Numbers({0.5, -2, 3}));
    EXPECT_EQ(numbersAt(model, "bn", 2), Numbers({7, 8, 9}));
  }
};

TEST_F(Patcher, ChangesInPlace) {
  onnx::ModelProto model = oneNorm();
  onnx::ModelProto result = patched(model, {kPatch});
  expectPatched(result);
  EXPECT_EQ(summary.changed, 2u);
  EXPECT_TRUE(summary.split.empty());
  // With the old numbers put back, it is the old file.
  *initializer(result, "mean") = *initializer(model, "mean");
  *initializer(result, "var") = *initializer(model, "var");
  EXPECT_EQ(result.SerializeAsString(), model.SerializeAsString());
}

TEST_F(Patcher, SameNumbersGiveTheSameBytes) {
  onnx::ModelProto model = oneNorm();
  addSecondNorm(model, "mean2", "var2");
  *model.mutable_graph()->add_initializer() = floats("mean2", {0, 0, 0});
  *model.mutable_graph()->add_initializer() = floats("var2", {1, 1, 1});
  patched(model, {{"bn2", {0, 0, 0}, {1, 1, 1}}, {"bn", {1, 2, 3}, {4, 5, 6}}});
  EXPECT_EQ(content(path("in.onnx")), content(path("out.onnx")));
}

TEST_F(Patcher, ReplacesTheFileItself) {
  std::string file = write(oneNorm());
  auto done = patchStatistics(file, file, {kPatch});
  ASSERT_TRUE(bool(done)) << llvm::toString(done.takeError());
  onnx::ModelProto result;
  ASSERT_TRUE(result.ParseFromString(content(file)));
  expectPatched(result);
  EXPECT_EQ(filesInFolder(), 1u);
}

/// Newer schemas have fields that ours does not know, at every level.
TEST_F(Patcher, KeepsUnknownFields) {
  onnx::ModelProto model = oneNorm();
  auto add = [](google::protobuf::Message &message, const char *text) {
    message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(
        999, text);
  };
  add(model, "model");
  add(*model.mutable_graph(), "graph");
  add(*model.mutable_graph()->mutable_node(0), "node");
  add(*initializer(model, "mean"), "tensor");
  onnx::ModelProto result = patched(model, {kPatch});
  expectPatched(result);
  for (const char *text : {"model", "graph", "node", "tensor"})
    EXPECT_NE(result.SerializeAsString().find(text), std::string::npos) << text;
}

TEST_F(Patcher, KeepsFunctionsSubgraphsAndMetadata) {
  onnx::ModelProto model = oneNorm();
  auto &property = *model.add_metadata_props();
  property.set_key("licence");
  property.set_value("MIT");
  // A function may use the same names: they are its own.
  auto &function = *model.add_functions();
  function.set_name("f");
  function.add_node()->add_input("mean");
  auto &branch = *addNode(model, "If", {"c"}, {"w"}).add_attribute();
  branch.set_name("then_branch");
  branch.mutable_g()->add_node()->add_input("scale");
  onnx::ModelProto result = patched(model, {kPatch});
  expectPatched(result);
  EXPECT_TRUE(summary.split.empty());
  *initializer(result, "mean") = *initializer(model, "mean");
  *initializer(result, "var") = *initializer(model, "var");
  EXPECT_EQ(result.SerializeAsString(), model.SerializeAsString());
}

/// Each form of storing stays, and each type rounds once.
TEST_F(Patcher, KeepsTheFormOfStoring) {
  onnx::ModelProto model = oneNorm();
  onnx::TensorProto &mean = *initializer(model, "mean");
  mean.clear_raw_data();
  for (float value : {1.f, 2.f, 3.f})
    mean.add_float_data(value);
  onnx::TensorProto &variance = *initializer(model, "var");
  variance.clear_raw_data();
  variance.set_data_type(onnx::TensorProto::FLOAT16);
  for (int bits : {0x3C00, 0x4000, 0x4200})
    variance.add_int32_data(bits);
  onnx::ModelProto result =
      patched(model, {{"bn", kPatch.mean, {0.1, 2049, 65504}}});
  EXPECT_EQ(initializer(result, "mean")->float_data_size(), 3);
  EXPECT_FALSE(initializer(result, "mean")->has_raw_data());
  EXPECT_EQ(initializer(result, "var")->int32_data_size(), 3);
  EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean);
  // 0.1 to nearest; 2049 is a tie to even.
  EXPECT_EQ(numbersAt(result, "bn", 4), Numbers({0x1.998p-4, 2048, 65504}));
}

TEST_F(Patcher, DoublesStayExact) {
  onnx::ModelProto model = oneNorm();
  onnx::TensorProto &mean = *initializer(model, "mean");
  mean.clear_raw_data();
  mean.set_data_type(onnx::TensorProto::DOUBLE);
  for (double value : {1., 2., 3.})
    mean.add_double_data(value);
  onnx::ModelProto result =
      patched(model, {{"bn", {0.1, 1e300, 2}, {1, 1, 1}}});
  EXPECT_EQ(numbersAt(result, "bn", 3), Numbers({0.1, 1e300, 2}));
}

TEST_F(Patcher, StatisticsInConstants) {
  onnx::ModelProto model = oneNorm();
  removeInitializer(model, "mean");
  removeInitializer(model, "var");
  auto &value = *addNode(model, "Constant", {}, {"mean"}).add_attribute();
  value.set_name("value");
  value.set_type(onnx::AttributeProto::TENSOR);
  *value.mutable_t() = floats("", {1, 2, 3});
  auto &list = *addNode(model, "Constant", {}, {"var"}).add_attribute();
  list.set_name("value_floats");
  list.set_type(onnx::AttributeProto::FLOATS);
  for (float number : {4.f, 5.f, 6.f})
    list.add_floats(number);
  onnx::ModelProto result = patched(model, {kPatch});
  expectPatched(result);
  EXPECT_TRUE(summary.split.empty());
  EXPECT_EQ(result.graph().node_size(), model.graph().node_size());
  EXPECT_EQ(result.graph().node(2).attribute(0).name(), "value_floats");
}

/// As files of IR version 3 have it: every initializer is an input, too.
TEST_F(Patcher, InitializersThatAreInputs) {
  onnx::ModelProto model = oneNorm();
  model.set_ir_version(3);
  for (const onnx::TensorProto &tensor : model.graph().initializer())
    model.mutable_graph()->add_input()->set_name(tensor.name());
  onnx::ModelProto result = patched(model, {kPatch});
  expectPatched(result);
  EXPECT_EQ(result.graph().input_size(), 5);
}

TEST_F(Patcher, UnnamedNodesGoByNumber) {
  onnx::ModelProto model = oneNorm();
  addSecondNorm(model, "mean2", "var2").clear_name();
  *model.mutable_graph()->add_initializer() = floats("mean2", {0, 0, 0});
  *model.mutable_graph()->add_initializer() = floats("var2", {1, 1, 1});
  onnx::ModelProto result =
      patched(model, {{"BatchNormalization_1", kPatch.mean, kPatch.variance}});
  EXPECT_EQ(numbersAt(result, "bn", 3), Numbers({1, 2, 3}));
  EXPECT_EQ(numbersAt(result, "", 3), kPatch.mean);
  EXPECT_EQ(numbersAt(result, "", 4), kPatch.variance);
}

TEST_F(Patcher, TextStaysText) {
  std::string text;
  ASSERT_TRUE(google::protobuf::TextFormat::PrintToString(oneNorm(), &text));
  std::string source = write("in.textproto", text);
  auto done = patchStatistics(source, path("out.textproto"), {kPatch});
  ASSERT_TRUE(bool(done)) << llvm::toString(done.takeError());
  onnx::ModelProto result;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      content(path("out.textproto")), &result));
  expectPatched(result);
  // A binary model may hold what text cannot.
  auto mixed =
      patchStatistics(write(oneNorm()), path("no.textproto"), {kPatch});
  ASSERT_FALSE(bool(mixed));
  EXPECT_NE(llvm::toString(mixed.takeError()).find("K0003"), std::string::npos);
}

} // namespace
