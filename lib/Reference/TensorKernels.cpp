//===- TensorKernels.cpp - Reshapes, slices, padding, concatenation ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace kiln::reference {

/// What tensor.empty holds: an element read before it is written shows.
static constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

static Outcome oneResult(FailureOr<Tensor> tensor) {
  if (failed(tensor))
    return failure();
  return single(std::move(*tensor));
}

static Outcome scalar(double value) { return single(Tensor{{}, {value}}); }

/// The same elements in another shape.
static Outcome reshape(Operation *op, const Tensor &source,
                       ArrayRef<int64_t> shape) {
  if (elementCount({shape.data(), shape.size()}) != source.size()) {
    shapeError(op) << "cannot reshape " << source.size() << " elements to ["
                   << shape << "]";
    return failure();
  }
  return single(Tensor{shape.vec(), source.data});
}

namespace {
/// Elements of a tensor at offsets + index * strides.
struct Region {
  SmallVector<int64_t> offsets, sizes, strides;

  template <typename Op>
  Region(Op op, const Environment &env)
      : offsets(env.integers(op.getMixedOffsets())),
        sizes(env.integers(op.getMixedSizes())),
        strides(env.integers(op.getMixedStrides())) {}
  Region(ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes)
      : offsets(offsets), sizes(sizes), strides(sizes.size(), 1) {}

  LogicalResult checkInside(Operation *op, ArrayRef<int64_t> shape) const {
    for (auto [offset, size, stride, extent] :
         llvm::zip_equal(offsets, sizes, strides, shape)) {
      int64_t last = offset + (size - 1) * stride;
      if (size >= 0 && (size == 0 || (offset >= 0 && offset < extent &&
                                      last >= 0 && last < extent)))
        continue;
      shapeError(op) << "a slice at " << offset << " of " << size
                     << " elements, stride " << stride
                     << ", leaves a dimension of " << extent;
      return failure();
    }
    return success();
  }

  /// Calls `visit` with the offset in a tensor of `shape` of each of the
  /// region's elements, in C order.
  template <typename Visitor>
  void visit(ArrayRef<int64_t> shape, Visitor visitor) const {
    if (llvm::is_contained(sizes, 0))
      return;
    SmallVector<int64_t> index(sizes.size(), 0), steps = stridesOf(shape);
    do {
      int64_t offset = 0;
      for (size_t d = 0; d < index.size(); ++d)
        offset += (offsets[d] + index[d] * strides[d]) * steps[d];
      visitor(offset);
    } while (nextIndex(index, sizes));
  }
};
} // namespace

/// Writes `source` into the region of `target`, which holds as many elements.
static LogicalResult insert(Operation *op, const Tensor &source,
                            const Region &region, Tensor &target) {
  if (failed(region.checkInside(op, target.shape)))
    return failure();
  if (product(region.sizes) != source.size()) {
    shapeError(op) << source.size() << " elements do not fill a slice of ["
                   << ArrayRef(region.sizes) << "]";
    return failure();
  }
  const double *next = source.data.data();
  region.visit(target.shape,
               [&](int64_t offset) { target.data[offset] = *next++; });
  return success();
}

static Outcome extractSlice(tensor::ExtractSliceOp op, const Environment &env) {
  const Tensor &source = env.get(op.getSource());
  Region region(op, env);
  if (failed(region.checkInside(op, source.shape)))
    return failure();
  llvm::SmallBitVector dropped = op.getDroppedDims();
  SmallVector<int64_t> shape;
  for (auto [d, size] : llvm::enumerate(region.sizes))
    if (!dropped.test(d))
      shape.push_back(size);
  FailureOr<Tensor> result = allocate(op, shape);
  if (failed(result))
    return failure();
  double *next = result->data.data();
  region.visit(source.shape,
               [&](int64_t offset) { *next++ = source.data[offset]; });
  return oneResult(std::move(result));
}

static Outcome insertSlice(tensor::InsertSliceOp op, const Environment &env) {
  Tensor result = env.get(op.getDest());
  if (failed(insert(op, env.get(op.getSource()), Region(op, env), result)))
    return failure();
  return single(std::move(result));
}

static Outcome concat(tensor::ConcatOp op, const Environment &env) {
  auto dim = static_cast<int64_t>(op.getDim());
  SmallVector<int64_t> shape(ArrayRef(env.get(op.getInputs().front()).shape));
  shape[dim] = 0;
  for (Value input : op.getInputs())
    shape[dim] += env.get(input).shape[dim];
  FailureOr<Tensor> result = allocate(op, shape);
  if (failed(result))
    return failure();
  SmallVector<int64_t> offsets(shape.size(), 0);
  for (Value input : op.getInputs()) {
    const Tensor &part = env.get(input);
    SmallVector<int64_t> sizes(shape);
    sizes[dim] = part.shape[dim];
    if (ArrayRef(sizes) != ArrayRef(part.shape)) {
      shapeError(op) << "cannot join [" << ArrayRef(part.shape)
                     << "] along dimension " << dim << " into [" << shape
                     << "]";
      return failure();
    }
    if (failed(insert(op, part, Region(offsets, sizes), *result)))
      return failure();
    offsets[dim] += sizes[dim];
  }
  return oneResult(std::move(result));
}

static Outcome pad(tensor::PadOp op, const Environment &env) {
  const Tensor &source = env.get(op.getSource());
  Value value = op.getConstantPaddingValue();
  if (!value) {
    shapeError(op) << "padding by other than one constant is not known";
    return failure();
  }
  double filler = env.get(value).data.front();
  SmallVector<int64_t> low = env.integers(op.getMixedLowPad());
  SmallVector<int64_t> high = env.integers(op.getMixedHighPad());
  SmallVector<int64_t> shape(ArrayRef(source.shape));
  for (auto [size, before, after] : llvm::zip_equal(shape, low, high)) {
    if (before < 0 || after < 0) {
      shapeError(op) << "negative padding";
      return failure();
    }
    size += before + after;
  }
  FailureOr<Tensor> result = allocate(op, shape, filler);
  if (failed(result) ||
      failed(insert(op, source, Region(low, source.shape), *result)))
    return failure();
  return oneResult(std::move(result));
}

static Outcome collapse(tensor::CollapseShapeOp op, const Environment &env) {
  const Tensor &source = env.get(op.getSrc());
  SmallVector<int64_t> shape;
  for (const ReassociationIndices &group : op.getReassociationIndices()) {
    int64_t size = 1;
    for (int64_t dim : group)
      size *= source.shape[dim];
    shape.push_back(size);
  }
  return reshape(op, source, shape);
}

static Outcome extract(tensor::ExtractOp op, const Environment &env) {
  const Tensor &source = env.get(op.getTensor());
  int64_t offset = 0;
  for (auto [index, size, stride] : llvm::zip_equal(
           op.getIndices(), source.shape, stridesOf(source.shape))) {
    int64_t position = env.integer(OpFoldResult(index));
    if (position < 0 || position >= size) {
      shapeError(op) << "index " << position << " is outside a dimension of "
                     << size;
      return failure();
    }
    offset += position * stride;
  }
  return scalar(source.data[offset]);
}

static Outcome fromElements(tensor::FromElementsOp op, const Environment &env) {
  Tensor result{op.getType().getShape().vec(), {}};
  for (Value element : op.getElements())
    result.data.push_back(env.get(element).data.front());
  return single(std::move(result));
}

static Outcome dim(tensor::DimOp op, const Environment &env) {
  const Tensor &source = env.get(op.getSource());
  int64_t index = env.integer(OpFoldResult(op.getIndex()));
  if (index < 0 || index >= source.rank()) {
    shapeError(op) << "there is no dimension " << index;
    return failure();
  }
  return scalar(static_cast<double>(source.shape[index]));
}

/// The same bits as signed or unsigned integers.
static Outcome bitcast(tensor::BitcastOp op, const Environment &env) {
  Tensor result = env.get(op.getSource());
  auto type = dyn_cast<IntegerType>(op.getType().getElementType());
  if (!type || type.getWidth() == 1 ||
      !isa<IntegerType>(op.getSource().getType().getElementType())) {
    shapeError(op) << "other bits than those of integers are not known";
    return failure();
  }
  double range = std::ldexp(1.0, static_cast<int>(type.getWidth()));
  for (double &value : result.data)
    if (type.isUnsigned() ? value < 0 : value >= range / 2)
      value += type.isUnsigned() ? range : -range;
  return single(std::move(result));
}

std::optional<Outcome> evaluateTensorOp(Operation *op, const Environment &env) {
  using Maybe = std::optional<Outcome>;
  return TypeSwitch<Operation *, Maybe>(op)
      .Case<tensor::ExtractSliceOp>(
          [&](auto o) -> Maybe { return extractSlice(o, env); })
      .Case<tensor::InsertSliceOp>(
          [&](auto o) -> Maybe { return insertSlice(o, env); })
      .Case<tensor::ConcatOp>([&](auto o) -> Maybe { return concat(o, env); })
      .Case<tensor::PadOp>([&](auto o) -> Maybe { return pad(o, env); })
      .Case<tensor::CollapseShapeOp>(
          [&](auto o) -> Maybe { return collapse(o, env); })
      .Case<tensor::ExpandShapeOp>([&](auto o) -> Maybe {
        return reshape(op, env.get(o.getSrc()),
                       env.integers(o.getMixedOutputShape()));
      })
      .Case<tensor::EmptyOp>([&](auto o) -> Maybe {
        return oneResult(
            allocate(op, env.integers(o.getMixedSizes()), kUndefined));
      })
      .Case<tensor::BitcastOp>([&](auto o) -> Maybe { return bitcast(o, env); })
      .Case<tensor::CastOp>(
          [&](auto o) -> Maybe { return single(env.get(o.getSource())); })
      .Case<tensor::ExtractOp>([&](auto o) -> Maybe { return extract(o, env); })
      .Case<tensor::FromElementsOp>(
          [&](auto o) -> Maybe { return fromElements(o, env); })
      .Case<tensor::DimOp>([&](auto o) -> Maybe { return dim(o, env); })
      .Default([](Operation *) -> Maybe { return std::nullopt; });
}

} // namespace kiln::reference
