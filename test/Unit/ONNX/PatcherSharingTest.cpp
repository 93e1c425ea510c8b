//===- PatcherSharingTest.cpp - Statistics used by others ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PatcherCase.h"

using namespace kiln;

namespace {

using Numbers = std::vector<double>;
const StatisticsPatch kPatch{"bn", {-1, 0.25, 1e3}, {0.5, 0, 9}};
const StatisticsPatch kSecond{"bn2", {10, 20, 30}, {40, 50, 60}};

using PatcherSharing = PatcherCase;

/// Fresh statistics are the numbers of scale and offset, and PyTorch's exporter
/// stores equal tensors once.
TEST_F(PatcherSharing, ThroughIdentityWithTheScale) {
  onnx::ModelProto model = oneNorm();
  removeInitializer(model, "mean");
  removeInitializer(model, "var");
  addNode(model, "Identity", {"offset"}, {"mean"});
  addNode(model, "Identity", {"scale"}, {"var"});
  onnx::ModelProto result = patched(model, {kPatch});
  EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean);
  EXPECT_EQ(numbersAt(result, "bn", 4), kPatch.variance);
  EXPECT_EQ(numbersAt(result, "bn", 1), Numbers({0.5, -2, 3}));
  EXPECT_EQ(numbersAt(result, "bn", 2), Numbers({7, 8, 9}));
  EXPECT_EQ(summary.split, std::vector<std::string>({"mean", "var"}));
  // No node moved, and the normalisation itself is untouched.
  ASSERT_EQ(result.graph().node_size(), 3);
  EXPECT_EQ(result.graph().node(1).op_type(), "Constant");
  EXPECT_EQ(result.graph().node(0).SerializeAsString(),
            model.graph().node(0).SerializeAsString());
}

TEST_F(PatcherSharing, TwoNormsWithOneTensor) {
  onnx::ModelProto model = oneNorm();
  addSecondNorm(model, "mean", "var");
  onnx::ModelProto result = patched(model, {kPatch, kSecond});
  EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean);
  EXPECT_EQ(numbersAt(result, "bn", 4), kPatch.variance);
  EXPECT_EQ(numbersAt(result, "bn2", 3), kSecond.mean);
  EXPECT_EQ(numbersAt(result, "bn2", 4), kSecond.variance);
  EXPECT_EQ(summary.split, std::vector<std::string>({"y.mean", "y.var"}));
}

TEST_F(PatcherSharing, OnlyOneOfTwoNormsChanges) {
  onnx::ModelProto model = oneNorm();
  addSecondNorm(model, "mean", "var");
  onnx::ModelProto result = patched(model, {kSecond});
  EXPECT_EQ(numbersAt(result, "bn", 3), Numbers({1, 2, 3}));
  EXPECT_EQ(numbersAt(result, "bn", 4), Numbers({4, 5, 6}));
  EXPECT_EQ(numbersAt(result, "bn2", 3), kSecond.mean);
}

TEST_F(PatcherSharing, MeanAndVarianceAreOneTensor) {
  onnx::ModelProto model = oneNorm();
  model.mutable_graph()->mutable_node(0)->set_input(4, "mean");
  removeInitializer(model, "var");
  onnx::ModelProto result = patched(model, {kPatch});
  EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean);
  EXPECT_EQ(numbersAt(result, "bn", 4), kPatch.variance);
  EXPECT_EQ(summary.split.size(), 1u);
}

/// mean -> a -> b (shared by both) -> c -> bn.
TEST_F(PatcherSharing, ChainIsCutBelowTheSharedName) {
  onnx::ModelProto model = oneNorm();
  addNode(model, "Identity", {"mean"}, {"a"});
  addNode(model, "Identity", {"a"}, {"b"});
  addNode(model, "Identity", {"b"}, {"c"});
  addNode(model, "Identity", {"c"}, {"d"});
  model.mutable_graph()->mutable_node(0)->set_input(3, "d");
  addSecondNorm(model, "b", "var");
  onnx::ModelProto result = patched(model, {kPatch});
  EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean);
  EXPECT_EQ(numbersAt(result, "bn2", 3), Numbers({1, 2, 3}));
  EXPECT_EQ(summary.split, std::vector<std::string>({"c", "y.var"}));
}

TEST_F(PatcherSharing, UnsharedChainIsChangedAtItsEnd) {
  onnx::ModelProto model = oneNorm();
  addNode(model, "Identity", {"mean"}, {"a"});
  model.mutable_graph()->mutable_node(0)->set_input(3, "a");
  onnx::ModelProto result = patched(model, {kPatch});
  EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean);
  EXPECT_TRUE(summary.split.empty());
  EXPECT_EQ(result.graph().node(1).op_type(), "Identity");
}

TEST_F(PatcherSharing, OutputsAndBranchesAreUses) {
  onnx::ModelProto model = oneNorm();
  model.mutable_graph()->add_output()->set_name("mean");
  auto &branch = *addNode(model, "If", {"c"}, {"w"}).add_attribute();
  branch.set_name("then_branch");
  branch.mutable_g()->add_node()->add_input("var");
  onnx::ModelProto result = patched(model, {kPatch});
  EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean);
  EXPECT_EQ(numbersAt(result, "bn", 4), kPatch.variance);
  EXPECT_EQ(initializer(result, "mean")->raw_data(),
            initializer(model, "mean")->raw_data());
  EXPECT_EQ(initializer(result, "var")->raw_data(),
            initializer(model, "var")->raw_data());
}

TEST_F(PatcherSharing, NewNamesAreFree) {
  onnx::ModelProto model = oneNorm();
  addSecondNorm(model, "mean", "var");
  *model.mutable_graph()->add_initializer() = floats("y.mean", {0, 0, 0});
  addNode(model, "Identity", {"y.mean"}, {"y.mean_2"});
  onnx::ModelProto result = patched(model, {kPatch});
  EXPECT_EQ(summary.split, std::vector<std::string>({"y.mean_3", "y.var"}));
  EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean);
}

/// An initializer must be declared as an input there.
TEST_F(PatcherSharing, SplitInOldFiles) {
  onnx::ModelProto model = oneNorm();
  model.set_ir_version(3);
  for (const onnx::TensorProto &tensor : model.graph().initializer())
    model.mutable_graph()->add_input()->set_name(tensor.name());
  addSecondNorm(model, "mean", "var");
  onnx::ModelProto result = patched(model, {kPatch});
  ASSERT_EQ(result.graph().input_size(), 7);
  EXPECT_EQ(result.graph().input(5).name(), "y.mean");
  EXPECT_EQ(
      result.graph().input(5).type().tensor_type().shape().dim(0).dim_value(),
      3);
}

TEST_F(PatcherSharing, ComputedStatisticsNeedTheirType) {
  onnx::ModelProto model = oneNorm();
  addNode(model, "Neg", {"mean"}, {"negative"});
  model.mutable_graph()->mutable_node(0)->set_input(3, "negative");
  EXPECT_NE(refused(model, {kPatch}).find("K0201"), std::string::npos);
  auto &info = *model.mutable_graph()->add_value_info();
  info.set_name("negative");
  info.mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::FLOAT);
  onnx::ModelProto result = patched(model, {kPatch});
  EXPECT_EQ(numbersAt(result, "bn", 3), kPatch.mean);
  EXPECT_EQ(initializer(result, "mean")->raw_data(),
            initializer(model, "mean")->raw_data());
}

} // namespace
