//===- AffineAlgebra.cpp - Scales and shifts along one dimension ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AffineAlgebra.h"

#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace mlir;

namespace kiln::nn {

/// A reshape can spread an affine over a whole flattened tensor.
static constexpr int64_t kMaxElements = int64_t{1} << 22;

Affine Affine::identity(int64_t channels, int64_t axis) {
  return {SmallVector<double>(channels, 1.0),
          SmallVector<double>(channels, 0.0), axis};
}

Affine Affine::of(ChannelAffineOp op) {
  return {SmallVector<double>(op.getScale()),
          SmallVector<double>(op.getShift()),
          static_cast<int64_t>(op.getAxis())};
}

bool Affine::isScaleOnly() const {
  return llvm::all_of(shift, [](double t) { return t == 0; });
}

bool Affine::isIdentity() const {
  return isScaleOnly() && llvm::all_of(scale, [](double s) { return s == 1; });
}

bool Affine::hasNonNegativeScale() const {
  return llvm::all_of(scale, [](double s) { return s >= 0; });
}

bool Affine::isUniform() const {
  return !scale.empty() && llvm::all_equal(scale) && llvm::all_equal(shift);
}

bool Affine::isFinite() const {
  auto finite = [](double v) { return std::isfinite(v); };
  return llvm::all_of(scale, finite) && llvm::all_of(shift, finite);
}

Affine compose(const Affine &outer, const Affine &inner) {
  Affine result = outer;
  for (int64_t c = 0; c < outer.size(); ++c) {
    result.scale[c] = outer.scale[c] * inner.scale[c];
    result.shift[c] = outer.scale[c] * inner.shift[c] + outer.shift[c];
  }
  return result;
}

std::optional<Affine> alongAxis(const Affine &affine, int64_t axis,
                                int64_t size) {
  if (affine.axis == axis && affine.size() == size)
    return affine;
  if (!affine.isUniform() || ShapedType::isDynamic(size) || size > kMaxElements)
    return std::nullopt;
  return Affine{SmallVector<double>(size, affine.scale.front()),
                SmallVector<double>(size, affine.shift.front()), axis};
}

Affine slice(const Affine &affine, int64_t first, int64_t count) {
  auto part = [&](ArrayRef<double> values) {
    return SmallVector<double>(values.slice(first, count));
  };
  return {part(affine.scale), part(affine.shift), affine.axis};
}

Affine embed(const Affine &affine, int64_t first, int64_t channels) {
  Affine result = Affine::identity(channels, affine.axis);
  llvm::copy(affine.scale, result.scale.begin() + first);
  llvm::copy(affine.shift, result.shift.begin() + first);
  return result;
}

/// `result[i] = affine[source(i)]`.
template <typename Fn>
static Affine gather(const Affine &affine, int64_t size, int64_t axis,
                     Fn source) {
  Affine result = Affine::identity(size, axis);
  for (int64_t i = 0; i < size; ++i) {
    result.scale[i] = affine.scale[source(i)];
    result.shift[i] = affine.shift[source(i)];
  }
  return result;
}

Affine shuffleSourceToResult(const Affine &affine, int64_t groups) {
  int64_t perGroup = affine.size() / groups;
  return gather(affine, affine.size(), affine.axis, [=](int64_t i) {
    return (i % groups) * perGroup + i / groups;
  });
}

Affine shuffleResultToSource(const Affine &affine, int64_t groups) {
  int64_t perGroup = affine.size() / groups;
  return gather(affine, affine.size(), affine.axis, [=](int64_t i) {
    return (i % perGroup) * groups + i / perGroup;
  });
}

namespace {
/// The dimensions of one reassociation group seen from one of them.
struct GroupView {
  int64_t total = 1; ///< elements of the group
  int64_t inner = 1; ///< elements after the dimension, within the group
};
} // namespace

static std::optional<GroupView> viewFrom(int64_t dim, ArrayRef<int64_t> shape,
                                         ArrayRef<int64_t> group) {
  GroupView view;
  for (int64_t d : group) {
    if (ShapedType::isDynamic(shape[d]))
      return std::nullopt;
    if (shape[d] != 0 && view.total > kMaxElements / shape[d])
      return std::nullopt;
    view.total *= shape[d];
    if (d > dim)
      view.inner *= shape[d];
  }
  return view;
}

std::optional<Affine> collapse(const Affine &affine,
                               ArrayRef<int64_t> expandedShape,
                               ArrayRef<ReassociationIndices> groups) {
  for (auto [g, group] : llvm::enumerate(groups)) {
    if (!llvm::is_contained(group, affine.axis))
      continue;
    auto axis = static_cast<int64_t>(g);
    if (group.size() == 1)
      return Affine{affine.scale, affine.shift, axis};
    std::optional<GroupView> view = viewFrom(affine.axis, expandedShape, group);
    if (!view)
      return std::nullopt;
    int64_t inner = view->inner, channels = affine.size();
    return gather(affine, view->total, axis,
                  [=](int64_t i) { return i / inner % channels; });
  }
  return std::nullopt;
}

/// The part of `affine`, whose index runs over the group, that depends on
/// dimension `dim` alone; nothing if it depends on others, too.
static std::optional<Affine> restrictTo(const Affine &affine, int64_t dim,
                                        int64_t size, const GroupView &view) {
  if (view.total != affine.size())
    return std::nullopt;
  Affine result =
      gather(affine, size, dim, [&](int64_t c) { return c * view.inner; });
  for (int64_t i = 0; i < view.total; ++i) {
    int64_t c = i / view.inner % size;
    if (affine.scale[i] != result.scale[c] ||
        affine.shift[i] != result.shift[c])
      return std::nullopt;
  }
  return result;
}

std::optional<Affine> expand(const Affine &affine,
                             ArrayRef<int64_t> expandedShape,
                             ArrayRef<ReassociationIndices> groups) {
  if (affine.axis >= static_cast<int64_t>(groups.size()))
    return std::nullopt;
  ArrayRef<int64_t> group = groups[affine.axis];
  if (group.size() == 1)
    return Affine{affine.scale, affine.shift, group.front()};
  if (affine.size() == 0)
    return std::nullopt;
  for (int64_t dim : group) {
    std::optional<GroupView> view = viewFrom(dim, expandedShape, group);
    if (!view)
      return std::nullopt;
    // A dimension of size 1 says nothing unless all are: look further.
    if (expandedShape[dim] == 1 && view->total != 1)
      continue;
    if (std::optional<Affine> result =
            restrictTo(affine, dim, expandedShape[dim], *view))
      return result;
  }
  return std::nullopt;
}

} // namespace kiln::nn
