//===- PatcherCase.cpp - Models to write statistics into ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PatcherCase.h"
#include "TensorProto.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace kiln {

void PatcherCase::SetUp() {
  ASSERT_FALSE(sys::fs::createUniqueDirectory("kiln-patcher", folder));
}

void PatcherCase::TearDown() { sys::fs::remove_directories(folder); }

std::string PatcherCase::path(StringRef name) const {
  SmallString<128> result(folder);
  sys::path::append(result, name);
  return result.str().str();
}

std::string PatcherCase::write(StringRef name, StringRef content) const {
  std::error_code code;
  raw_fd_ostream(path(name), code) << content;
  EXPECT_FALSE(code);
  return path(name);
}

std::string PatcherCase::write(const onnx::ModelProto &model) const {
  return write("in.onnx", model.SerializeAsString());
}

std::string PatcherCase::content(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path);
  EXPECT_TRUE(bool(buffer)) << path.str();
  return buffer ? (*buffer)->getBuffer().str() : std::string();
}

size_t PatcherCase::filesInFolder() const {
  std::error_code code;
  size_t count = 0;
  for (sys::fs::directory_iterator it(folder, code), end; it != end && !code;
       it.increment(code))
    ++count;
  return count;
}

onnx::ModelProto PatcherCase::patched(const onnx::ModelProto &model,
                                      ArrayRef<StatisticsPatch> patches) {
  onnx::ModelProto result;
  auto done = patchStatistics(write(model), path("out.onnx"), patches);
  if (!done) {
    ADD_FAILURE() << toString(done.takeError());
    return result;
  }
  summary = *done;
  EXPECT_TRUE(result.ParseFromString(content(path("out.onnx"))));
  return result;
}

std::string PatcherCase::refused(const onnx::ModelProto &model,
                                 ArrayRef<StatisticsPatch> patches) {
  std::string source = write(model);
  size_t files = filesInFolder();
  auto done = patchStatistics(source, path("out.onnx"), patches);
  EXPECT_EQ(filesInFolder(), files) << "something was left behind";
  if (done) {
    ADD_FAILURE() << "was not refused";
    return "";
  }
  return toString(done.takeError());
}

onnx::TensorProto floats(StringRef name, std::vector<float> values) {
  onnx::TensorProto tensor;
  tensor.set_name(name.str());
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_dims(static_cast<int64_t>(values.size()));
  tensor.set_raw_data(values.data(), values.size() * sizeof(float));
  return tensor;
}

onnx::NodeProto &addNode(onnx::ModelProto &model, StringRef op,
                         std::vector<std::string> inputs,
                         std::vector<std::string> outputs, StringRef name) {
  onnx::NodeProto &node = *model.mutable_graph()->add_node();
  node.set_op_type(op.str());
  for (const std::string &input : inputs)
    node.add_input(input);
  for (const std::string &output : outputs)
    node.add_output(output);
  if (!name.empty())
    node.set_name(name.str());
  return node;
}

static void declare(onnx::ValueInfoProto &info, StringRef name) {
  info.set_name(name.str());
  auto &type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (int64_t size : {2, 3, 4, 5})
    type.mutable_shape()->add_dim()->set_dim_value(size);
}

onnx::ModelProto oneNorm() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.set_producer_name("test");
  model.add_opset_import()->set_version(15);
  onnx::GraphProto &graph = *model.mutable_graph();
  graph.set_name("net");
  declare(*graph.add_input(), "x");
  declare(*graph.add_output(), "y");
  *graph.add_initializer() = floats("scale", {0.5f, -2, 3});
  *graph.add_initializer() = floats("offset", {7, 8, 9});
  *graph.add_initializer() = floats("mean", {1, 2, 3});
  *graph.add_initializer() = floats("var", {4, 5, 6});
  addNode(model, "BatchNormalization", {"x", "scale", "offset", "mean", "var"},
          {"y"}, "bn");
  return model;
}

onnx::NodeProto &addSecondNorm(onnx::ModelProto &model, StringRef mean,
                               StringRef variance) {
  model.mutable_graph()->mutable_output(0)->set_name("z");
  return addNode(model, "BatchNormalization",
                 {"y", "scale", "offset", mean.str(), variance.str()}, {"z"},
                 "bn2");
}

onnx::TensorProto *initializer(onnx::ModelProto &model, StringRef name) {
  for (onnx::TensorProto &tensor :
       *model.mutable_graph()->mutable_initializer())
    if (tensor.name() == name)
      return &tensor;
  return nullptr;
}

void removeInitializer(onnx::ModelProto &model, StringRef name) {
  auto &all = *model.mutable_graph()->mutable_initializer();
  for (int i = all.size(); i-- > 0;)
    if (all[i].name() == name)
      all.DeleteSubrange(i, 1);
}

static std::vector<double> decoded(const onnx::TensorProto &tensor) {
  auto host = onnx_import::decodeTensor(tensor, std::nullopt, 1000, "tensor");
  if (host)
    return host->toDoubles();
  ADD_FAILURE() << toString(host.takeError());
  return {};
}

static std::vector<double> numbersOf(const onnx::ModelProto &model,
                                     const std::string &name) {
  for (const onnx::TensorProto &tensor : model.graph().initializer())
    if (tensor.name() == name)
      return decoded(tensor);
  for (const onnx::NodeProto &node : model.graph().node()) {
    if (node.output_size() != 1 || node.output(0) != name)
      continue;
    if (node.op_type() == "Identity")
      return numbersOf(model, node.input(0));
    if (node.op_type() != "Constant")
      return {};
    const onnx::AttributeProto &value = node.attribute(0);
    if (value.name() == "value")
      return decoded(value.t());
    return {value.floats().begin(), value.floats().end()};
  }
  return {};
}

std::vector<double> numbersAt(const onnx::ModelProto &model, StringRef node,
                              int input) {
  for (const onnx::NodeProto &norm : model.graph().node())
    if (norm.name() == node)
      return numbersOf(model, norm.input(input));
  return {};
}

} // namespace kiln
