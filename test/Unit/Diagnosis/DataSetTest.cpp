//===- DataSetTest.cpp - Folders of batches ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "kiln/Diagnosis/DataSet.h"

#include "TwoNorms.h"
#include "kiln/Compiler/TensorFiles.h"

#include <fstream>

using namespace kiln;
using namespace kiln::test;

namespace {

class DataSetTest : public FolderTest {
protected:
  void write(const std::string &name, const HostTensor &tensor) {
    ASSERT_TRUE(bool(writeTensor(path(name), tensor)));
  }

  /// The error of opening the folder; empty where that succeeds.
  std::string errorOf(std::vector<GraphInput> inputs) {
    Result<DataSet> data = DataSet::open(folder.string(), std::move(inputs));
    return data ? "" : data.error().text();
  }

  std::string errorOf() { return errorOf({open}); }

  static bool has(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
  }

  GraphInput open{"image", ElementType::F32,
                  std::vector<int64_t>{-1, 2, -1, 5}};
};

} // namespace

/// Such a batch divides nothing.
TEST_F(DataSetTest, RefusesAnInputOfNoImages) {
  write("a.npy", pattern({4, 2, 3, 5}, 1));
  GraphInput none = open;
  none.shape->front() = 0;
  EXPECT_TRUE(has(errorOf({none}), "'image' is declared as 0x2x?x5"));
}

TEST_F(DataSetTest, CutsFilesOfAnySizeToBatches) {
  HostTensor whole = pattern({7, 2, 3, 5}, 1);
  size_t imageBytes = 30 * sizeof(float);
  auto part = [&](int64_t begin, int64_t end) {
    HostTensor tensor =
        HostTensor::zeros(ElementType::F32, {end - begin, 2, 3, 5});
    std::copy(whole.data.begin() + begin * imageBytes,
              whole.data.begin() + end * imageBytes, tensor.data.begin());
    return tensor;
  };
  write("a.npy", part(0, 1));
  write("c.npy", part(5, 7));
  write("b.npy", part(1, 5));
  std::ofstream(path("readme.txt")) << "left aside";
  Result<DataSet> data = DataSet::open(folder.string(), {open});
  ASSERT_TRUE(bool(data)) << data.error().text();
  EXPECT_EQ(data->images(), 7);
  EXPECT_EQ(data->batchSize(), 1);
  EXPECT_EQ(data->shapes(4).at("image"), (std::vector<int64_t>{4, 2, 3, 5}));
  EXPECT_FALSE(data->fixedBatch());
  for (ShortBatch rule : {ShortBatch::Keep, ShortBatch::Drop}) {
    std::vector<int64_t> sizes;
    std::vector<std::byte> bytes;
    ASSERT_TRUE(bool(data->forEach(3, rule, [&](const Batch &batch) {
      sizes.push_back(batch.images);
      EXPECT_EQ(batch.inputs[0].shape,
                (std::vector<int64_t>{batch.images, 2, 3, 5}));
      bytes.insert(bytes.end(), batch.inputs[0].data.begin(),
                   batch.inputs[0].data.end());
      return Result<void>();
    })));
    bool keeps = rule == ShortBatch::Keep;
    EXPECT_EQ(sizes, keeps ? (std::vector<int64_t>{3, 3, 1})
                           : (std::vector<int64_t>{3, 3}));
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), whole.data.begin()));
    EXPECT_EQ(bytes.size(), (keeps ? 7 : 6) * imageBytes);
  }
}

TEST_F(DataSetTest, StopsAtTheVisitorsError) {
  write("a.npy", pattern({4, 2, 3, 5}, 1));
  Result<DataSet> data = DataSet::open(folder.string(), {open});
  ASSERT_TRUE(bool(data));
  int visits = 0;
  Result<void> done = data->forEach(1, ShortBatch::Keep, [&](const Batch &) {
    ++visits;
    return Result<void>(Error{ErrorCode::BadInput, "enough"});
  });
  EXPECT_FALSE(bool(done));
  EXPECT_EQ(visits, 1);
}

TEST_F(DataSetTest, RefusesFoldersWithoutBatches) {
  EXPECT_TRUE(has(errorOf(), "K0600: ")) << errorOf();
  EXPECT_TRUE(has(errorOf(), "holds no .npy or .npz file"));
  std::ofstream(path("picture.png")) << "x";
  EXPECT_TRUE(has(errorOf(), "only 1 of other kinds")) << errorOf();
  Result<DataSet> missing = DataSet::open(path("nowhere"), {open});
  ASSERT_FALSE(bool(missing));
  EXPECT_EQ(missing.error().code, ErrorCode::FileUnreadable);
}

TEST_F(DataSetTest, RefusesWhatDoesNotFitTheNet) {
  write("a.npy", pattern({3, 2, 7, 5}, 1));
  EXPECT_EQ(errorOf(), "");
  write("b.npy", pattern({3, 2, 6, 5}, 1));
  EXPECT_TRUE(has(errorOf(), "b.npy: holds images of shape 2x6x5 where the "
                             "files before it hold 2x7x5"))
      << errorOf();
  write("b.npy", pattern({3, 4, 7, 5}, 1));
  EXPECT_TRUE(has(errorOf(), "b.npy: holds a tensor of shape 3x4x7x5 where "
                             "input 'image' is ?x2x?x5"))
      << errorOf();
  write("b.npy", HostTensor::zeros(ElementType::F64, {3, 2, 7, 5}));
  EXPECT_TRUE(has(errorOf(), "holds f64 where input 'image' is f32"));
  write("b.npy", HostTensor::zeros(ElementType::F32, {0, 2, 7, 5}));
  EXPECT_TRUE(has(errorOf(), "holds no elements")) << errorOf();
  HostTensor spoiled = pattern({3, 2, 7, 5}, 1);
  spoiled.as<float>()[17] = NAN;
  write("b.npy", spoiled);
  EXPECT_TRUE(has(errorOf(), "element 17 of input 'image' is NaN or infinite"));
}

TEST_F(DataSetTest, RefusesDamagedFiles) {
  write("a.npy", pattern({3, 2, 7, 5}, 1));
  std::filesystem::resize_file(path("a.npy"), 300);
  EXPECT_TRUE(has(errorOf(), "K0004: ")) << errorOf();
  EXPECT_TRUE(has(errorOf(), "a.npy")) << errorOf();
  std::ofstream(path("a.npy")) << "not an array";
  EXPECT_TRUE(has(errorOf(), "is not a .npy file")) << errorOf();
  std::filesystem::remove(path("a.npy"));
  std::filesystem::create_directory(path("a.npy"));
  EXPECT_TRUE(has(errorOf(), "K0001: ")) << errorOf();
}

TEST_F(DataSetTest, SeveralInputsNeedArchives) {
  write("a.npy", pattern({3, 2, 7, 5}, 1));
  GraphInput second{"mask", ElementType::F32, std::nullopt};
  EXPECT_TRUE(has(errorOf({open, second}), "numpy.savez"));
}
