//===- TensorFileTest.cpp - .npy and .npz files ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/ONNX/TensorFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <zip.h>

using namespace kiln;
using namespace llvm;

namespace {

/// A folder that goes with the test.
class TensorFile : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("kiln-tensor-file", folder));
  }
  void TearDown() override { sys::fs::remove_directories(folder); }

  std::string path(StringRef name) const {
    SmallString<128> result(folder);
    sys::path::append(result, name);
    return result.str().str();
  }
  std::string write(StringRef name, StringRef content) const {
    std::error_code code;
    raw_fd_ostream(path(name), code) << content;
    EXPECT_FALSE(code);
    return path(name);
  }
  size_t filesInFolder() const {
    std::error_code code;
    size_t count = 0;
    for (sys::fs::directory_iterator it(folder, code), end; it != end && !code;
         it.increment(code))
      ++count;
    return count;
  }

  SmallString<128> folder;
};

/// A file of version 1 with the header `dictionary`.
std::string npy(StringRef dictionary, StringRef data, char version = 1) {
  std::string text = "\x93NUMPY";
  text += version;
  text += '\0';
  for (size_t i = 0; i < (version == 1 ? 2 : 4); ++i)
    text += static_cast<char>(dictionary.size() >> 8 * i);
  return text + dictionary.str() + data.str();
}

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (int value : values)
    text += static_cast<char>(value);
  return text;
}

HostTensor parsed(const std::string &content) {
  Expected<HostTensor> tensor = parseNpy(content, "t.npy");
  if (!tensor) {
    ADD_FAILURE() << toString(tensor.takeError());
    return {};
  }
  return *tensor;
}

std::string problemOf(const std::string &content) {
  Expected<HostTensor> tensor = parseNpy(content, "t.npy");
  return tensor ? "" : toString(tensor.takeError());
}

TEST(Npy, ReadsLittleAndBigEndianOfEveryVersion) {
  std::string little = bytes({1, 0, 0xfe, 0xff, 0x2c, 1});
  std::string big = bytes({0, 1, 0xff, 0xfe, 1, 0x2c});
  for (char version : {1, 2, 3}) {
    HostTensor a = parsed(
        npy("{'descr': '<i2', 'fortran_order': False, 'shape': (3,), }   \n",
            little, version));
    EXPECT_EQ(a.type, ElementType::I16);
    EXPECT_EQ(a.shape, std::vector<int64_t>{3});
    EXPECT_EQ(a.toDoubles(), (std::vector<double>{1, -2, 300}));
    HostTensor b =
        parsed(npy("{\"shape\":(3,),\"descr\":\">i2\",\"fortran_order\":False}",
                   big, version));
    EXPECT_EQ(b.toDoubles(), a.toDoubles());
  }
}

TEST(Npy, ReadsFortranOrderScalarsBoolsAndEmptyTensors) {
  HostTensor matrix =
      parsed(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2)}",
                 bytes({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})));
  // Element (i, j, k) is i + 2 j + 6 k.
  EXPECT_EQ(matrix.toDoubles(),
            (std::vector<double>{0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11}));
  HostTensor scalar =
      parsed(npy("{'descr': '<f2', 'fortran_order': False, 'shape': ()}",
                 bytes({0x00, 0xc1})));
  EXPECT_TRUE(scalar.shape.empty());
  EXPECT_EQ(scalar.toDoubles(), std::vector<double>{-2.5});
  HostTensor bools =
      parsed(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3L,)}",
                 bytes({0, 1, 7})));
  EXPECT_EQ(bools.toDoubles(), (std::vector<double>{0, 1, 1}));
  HostTensor empty = parsed(
      npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 5)}", ""));
  EXPECT_EQ(empty.shape, (std::vector<int64_t>{0, 5}));
}

TEST(Npy, RefusesWhatContradictsItself) {
  std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}";
  std::string data(4, '\0');
  struct Case {
    std::string content, expected;
  } cases[] = {
      {"", "K0003"},
      {"PK\x03\x04", "K0003"},
      {"\x93NUMPY", "K0004"},
      {npy(good, data).substr(0, 11), "K0004"},
      {npy(good, data).substr(0, 30), "ends inside the header"},
      {npy(good, "abc"), "K0004"},
      {npy(good, "abcde"), "holds 5 bytes"},
      {npy(good, data, 4), "version 4"},
      {npy("{'descr': '<f4', 'fortran_order': False}", data), "lacks"},
      {npy("['descr']", data), "not a dictionary"},
      {npy("{'descr': '<f4'", data), "commas"},
      {npy("{'descr': '<f4', 'descr': '<f4'}", data), "repeated"},
      {npy("{'descr': '<c8', 'fortran_order': False, 'shape': ()}", data),
       "<c8"},
      {npy("{'descr': '|O', 'fortran_order': False, 'shape': ()}", data), "|O"},
      {npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}",
           data),
       "structured"},
      {npy("{'descr': '<f4', 'fortran_order': 1, 'shape': ()}", data),
       "neither True nor False"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", data),
       "no size"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': 1}", data),
       "tuple"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': "
           "(99999999999999999999,)}",
           data),
       "no size"},
      {npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, "
           "4294967296)}",
           data),
       "too large"},
      {npy("{'descr': '<f8', 'fortran_order': False, 'shape': "
           "(1152921504606846976,)}",
           data),
       "K000"},
      {npy(good + "x", data), "goes on"},
  };
  for (const Case &test : cases) {
    std::string problem = problemOf(test.content);
    EXPECT_NE(problem.find(test.expected), std::string::npos)
        << "expected '" << test.expected << "', got '" << problem << "'";
    EXPECT_NE(problem.find("t.npy"), std::string::npos) << problem;
  }
}

TEST(Npy, EveryPrefixOfAFileIsAnError) {
  std::string whole =
      npy("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1)}",
          std::string(8, '\1'));
  EXPECT_EQ(problemOf(whole), "");
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(problemOf(whole.substr(0, length)), "") << length;
}

TEST_F(TensorFile, WritesWhatItReads) {
  for (ElementType type :
       {ElementType::F32, ElementType::F64, ElementType::F16, ElementType::I8,
        ElementType::U8, ElementType::I16, ElementType::U16, ElementType::I32,
        ElementType::U32, ElementType::I64, ElementType::U64,
        ElementType::Bool}) {
    HostTensor tensor = HostTensor::fromDoubles(
        type, {2, 1, 3}, std::vector<double>{1, 0, 1, 3, 100, 0.5});
    ASSERT_FALSE(errorToBool(writeNpy(path("t.npy"), tensor)));
    Expected<HostTensor> read = readTensorFile(path("t.npy"));
    ASSERT_TRUE(static_cast<bool>(read)) << toString(read.takeError());
    EXPECT_EQ(read->type, type);
    EXPECT_EQ(read->shape, tensor.shape);
    EXPECT_EQ(read->data, tensor.data);
    uint64_t size = 0;
    ASSERT_FALSE(sys::fs::file_size(path("t.npy"), size));
    EXPECT_EQ((size - tensor.data.size()) % 64, 0u);
  }
  EXPECT_EQ(filesInFolder(), 1u);
}

TEST_F(TensorFile, LeavesNothingBehindOnFailure) {
  HostTensor tensor = HostTensor::zeros(ElementType::F32, {2});
  std::string error = toString(writeNpy(path("no/such/t.npy"), tensor));
  EXPECT_NE(error.find("K0002"), std::string::npos) << error;
  tensor = HostTensor::zeros(ElementType::BF16, {2});
  error = toString(writeNpy(path("t.npy"), tensor));
  EXPECT_NE(error.find("bf16"), std::string::npos) << error;
  EXPECT_EQ(filesInFolder(), 0u);
}

TEST_F(TensorFile, RefusesFoldersDevicesAndUnknownNames) {
  EXPECT_NE(toString(readTensorFile(folder).takeError()).find("K0001"),
            std::string::npos);
  EXPECT_NE(toString(readTensorFile("/dev/zero").takeError()).find("K0001"),
            std::string::npos);
  EXPECT_NE(
      toString(readTensorFile(path("none.npy")).takeError()).find("K0001"),
      std::string::npos);
  std::string text = write("t.txt", "1 2 3");
  EXPECT_NE(toString(readTensorFile(text).takeError()).find("K0003"),
            std::string::npos);
}

/// An archive of the given members.
void writeArchive(
    const std::string &path,
    std::initializer_list<std::pair<std::string, std::string>> members) {
  int code = 0;
  zip_t *archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  ASSERT_NE(archive, nullptr);
  for (const auto &[name, content] : members) {
    zip_source_t *source =
        zip_source_buffer(archive, content.data(), content.size(), 0);
    ASSERT_GE(zip_file_add(archive, name.c_str(), source, 0), 0);
  }
  ASSERT_EQ(zip_close(archive), 0);
}

TEST_F(TensorFile, ReadsMembersOfArchives) {
  std::string a = npy("{'descr': '|i1', 'fortran_order': False, 'shape': (1,)}",
                      bytes({5}));
  std::string b = npy("{'descr': '|i1', 'fortran_order': False, 'shape': (1,)}",
                      bytes({-6}));
  writeArchive(path("two.npz"), {{"a.npy", a}, {"b/c.npy", b}});
  Expected<HostTensor> c = readTensorFile(path("two.npz") + ":b/c");
  ASSERT_TRUE(static_cast<bool>(c)) << toString(c.takeError());
  EXPECT_EQ(c->toDoubles(), std::vector<double>{-6});
  std::string error =
      toString(readTensorFile(path("two.npz") + ":d").takeError());
  EXPECT_NE(error.find("a.npy, b/c.npy"), std::string::npos) << error;
  error = toString(readTensorFile(path("two.npz")).takeError());
  EXPECT_NE(error.find("name one"), std::string::npos) << error;

  writeArchive(path("one.npz"), {{"a.npy", a}});
  Expected<HostTensor> only = readTensorFile(path("one.npz"));
  ASSERT_TRUE(static_cast<bool>(only)) << toString(only.takeError());
  EXPECT_EQ(only->toDoubles(), std::vector<double>{5});
}

TEST_F(TensorFile, RefusesDamagedArchives) {
  std::string file = write("bad.npz", "PK\x03\x04 and nothing else");
  std::string error = toString(readTensorFile(file).takeError());
  EXPECT_NE(error.find("K0005"), std::string::npos) << error;
  writeArchive(path("text.npz"), {{"a.npy", "no tensor"}});
  error = toString(readTensorFile(path("text.npz") + ":a").takeError());
  EXPECT_NE(error.find("K0003"), std::string::npos) << error;
}

} // namespace
