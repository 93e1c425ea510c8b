//===- ExternalDataTest.cpp - Where external data may lie, and .pb tensors ---*-
//C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExternalData.h"
#include "TensorProto.h"

#include "kiln/ONNX/TensorFile.h"

#include "onnx.pb.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

using namespace kiln;
using namespace kiln::onnx_import;
using namespace llvm;

namespace {

/// A model's folder with a file inside and one outside, gone after the test.
class ExternalData : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("kiln-external", root));
    ASSERT_FALSE(sys::fs::create_directory(path("net")));
    ASSERT_FALSE(sys::fs::create_directory(path("net/parts")));
    write("net/parts/w.bin", "0123456789");
    write("outside.bin", "0123456789");
  }
  void TearDown() override { sys::fs::remove_directories(root); }

  std::string path(StringRef name) const {
    SmallString<128> result(root);
    sys::path::append(result, name);
    return result.str().str();
  }
  void write(StringRef name, StringRef content) const {
    std::error_code code;
    raw_fd_ostream(path(name), code) << content;
    ASSERT_FALSE(code);
  }
  /// The bytes as text, or the error.
  std::string read(const ExternalLocation &location, uint64_t size) const {
    Expected<std::vector<std::byte>> bytes =
        readExternalData(path("net"), location, size);
    if (!bytes)
      return toString(bytes.takeError());
    return {reinterpret_cast<const char *>(bytes->data()), bytes->size()};
  }
  void expectRefused(const ExternalLocation &location, StringRef reason,
                     uint64_t size = 4) const {
    std::string text = read(location, size);
    EXPECT_TRUE(StringRef(text).starts_with("K0105: ")) << text;
    EXPECT_TRUE(StringRef(text).contains(reason)) << text;
  }

  SmallString<128> root;
};

TEST_F(ExternalData, ReadsARange) {
  EXPECT_EQ(read({"parts/w.bin", 3, 4}, 4), "3456");
  EXPECT_EQ(read({"./parts//w.bin", 6, std::nullopt}, 4), "6789");
  EXPECT_EQ(read({"parts/w.bin", 10, 0}, 0), "");
}

TEST_F(ExternalData, RefusesRangesThatLeaveTheFile) {
  expectRefused({"parts/w.bin", 7, 4}, "leave the file of 10 bytes");
  expectRefused({"parts/w.bin", UINT64_MAX - 1, 4}, "leave the file");
  expectRefused({"parts/w.bin", 0, 5}, "length 5 where the tensor needs 4");
  expectRefused({"parts/w.bin", 0, std::nullopt}, "leave the file", UINT64_MAX);
}

TEST_F(ExternalData, RefusesPathsThatLeaveTheFolder) {
  for (StringRef name : {"../outside.bin", "parts/../../outside.bin", "", ".",
                         "/etc/hostname", "parts\\w.bin"})
    expectRefused({name.str(), 0, 4}, "stay inside the model's folder");
  expectRefused({std::string("parts/w.bin\0x", 13), 0, 4}, "stay inside");
}

TEST_F(ExternalData, FollowsNoLinks) {
  ASSERT_EQ(symlink(path("outside.bin").c_str(), path("net/link").c_str()), 0);
  ASSERT_EQ(symlink(root.c_str(), path("net/up").c_str()), 0);
  expectRefused({"link", 0, 4}, "links are not followed");
  expectRefused({"up/outside.bin", 0, 4}, "links are not followed");
}

TEST_F(ExternalData, ReadsRegularFilesOnly) {
  ASSERT_EQ(mkfifo(path("net/pipe").c_str(), 0600), 0);
  expectRefused({"pipe", 0, 4}, "not a regular file");
  expectRefused({"parts", 0, 4}, "not a regular file");
  expectRefused({"absent", 0, 4}, "No such file");
}

//===----------------------------------------------------------------------===//
// Tensors in protobuf's form
//===----------------------------------------------------------------------===//

::onnx::TensorProto floatTensor() {
  ::onnx::TensorProto proto;
  proto.set_data_type(::onnx::TensorProto::FLOAT);
  proto.add_dims(2);
  proto.add_dims(1);
  float values[] = {1.5f, -2.25f};
  proto.set_raw_data(values, sizeof(values));
  return proto;
}

std::string decodeError(const ::onnx::TensorProto &proto) {
  Expected<HostTensor> tensor = decodeTensor(proto, std::nullopt, 100, "w");
  return tensor ? "" : toString(tensor.takeError());
}

TEST_F(ExternalData, ReadsTensorFiles) {
  write("x.pb", floatTensor().SerializeAsString());
  Expected<HostTensor> tensor = readTensorFile(path("x.pb"));
  ASSERT_TRUE(bool(tensor)) << toString(tensor.takeError());
  EXPECT_EQ(tensor->shape, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(tensor->toDoubles(), (std::vector<double>{1.5, -2.25}));
}

TEST_F(ExternalData, EveryPrefixOfATensorFileIsAnError) {
  std::string whole = floatTensor().SerializeAsString();
  for (size_t size = 0; size < whole.size(); ++size) {
    write("x.pb", StringRef(whole).take_front(size));
    Expected<HostTensor> tensor = readTensorFile(path("x.pb"));
    ASSERT_FALSE(bool(tensor)) << size;
    EXPECT_EQ(toString(tensor.takeError()).substr(0, 2), "K0");
  }
}

TEST(TensorProto, RefusesWhatContradictsItself) {
  ::onnx::TensorProto proto = floatTensor();
  proto.mutable_raw_data()->pop_back();
  EXPECT_EQ(decodeError(proto),
            "K0104: w: holds 7 bytes where its shape 2x1 of f32 needs 8");
  proto = floatTensor();
  proto.add_float_data(1);
  EXPECT_EQ(decodeError(proto), "K0104: w: has data in more than one place");
  proto = floatTensor();
  proto.set_dims(0, 101);
  EXPECT_EQ(decodeError(proto), "K0104: w: shape 101x1 is negative or larger "
                                "than 100 elements");
  proto.set_data_type(22);
  EXPECT_EQ(decodeError(proto), "K0203: w: element type int4 is not taken");
}

TEST(TensorProto, ReadsTypedFields) {
  ::onnx::TensorProto proto;
  proto.set_data_type(::onnx::TensorProto::INT8);
  proto.add_dims(3);
  for (int value : {-128, 5, 127})
    proto.add_int32_data(value);
  Expected<HostTensor> tensor = decodeTensor(proto, std::nullopt, 100, "w");
  ASSERT_TRUE(bool(tensor)) << toString(tensor.takeError());
  EXPECT_EQ(tensor->toDoubles(), (std::vector<double>{-128, 5, 127}));
  proto.set_int32_data(1, 128);
  EXPECT_EQ(decodeError(proto),
            "K0104: w: element 1 does not fit its element type");
  // f16 bits lie in the integer field: 0x3c00 is 1.
  proto.set_data_type(::onnx::TensorProto::FLOAT16);
  for (int i = 0; i < 3; ++i)
    proto.set_int32_data(i, 0x3c00 + i);
  tensor = decodeTensor(proto, std::nullopt, 100, "w");
  ASSERT_TRUE(bool(tensor)) << toString(tensor.takeError());
  EXPECT_EQ(tensor->toDoubles()[0], 1.0);
}

} // namespace
