//===- EinsumOps.cpp - Einsum from ONNX ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Operands are joined from left to right. A pair becomes a batched matrix
// product where labels are summed over, else an elementwise product; what
// stands in one operand only and is not needed later is summed first.
//===----------------------------------------------------------------------===//

#include "EinsumEquation.h"
#include "Statistics.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace kiln::onnx_import {

namespace {
/// A tensor with a label a dimension, each once.
struct Term {
  Value value;
  Labels labels;

  int64_t size(int label) const {
    return shapeOf(value)[llvm::find(labels, label) - labels.begin()];
  }
};
} // namespace

static bool has(ArrayRef<int> labels, int label) {
  return llvm::is_contained(labels, label);
}

/// The diagonal of each group of dimensions with one label.
static Term takeDiagonals(NodeImporter &node, Value value,
                          ArrayRef<int> labels) {
  Term term = {value, {}};
  SmallVector<int64_t> shape;
  SmallVector<AffineExpr> exprs;
  for (auto [label, size] : llvm::zip_equal(labels, shapeOf(value))) {
    auto place = llvm::find(term.labels, label) - term.labels.begin();
    exprs.push_back(node.builder().getAffineDimExpr(place));
    if (has(term.labels, label))
      continue;
    term.labels.push_back(label);
    shape.push_back(size);
  }
  if (shape.size() == labels.size())
    return term;
  OpBuilder &b = node.builder();
  Value init =
      tensor::EmptyOp::create(b, node.loc(), shape, elementTypeOf(value));
  AffineMap maps[] = {AffineMap::get(shape.size(), 0, exprs, b.getContext()),
                      b.getMultiDimIdentityMap(shape.size())};
  SmallVector<utils::IteratorType> loops(shape.size(),
                                         utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, node.loc(), TypeRange{init.getType()}, value, init, maps, loops,
      [](OpBuilder &inner, Location loc, ValueRange args) {
        linalg::YieldOp::create(inner, loc, args[0]);
      });
  term.value = generic.getResult(0);
  return term;
}

/// Sums over the labels that are not in `kept`.
static Term sumAway(NodeImporter &node, const Term &term, ArrayRef<int> kept) {
  Term result = {term.value, {}};
  SmallVector<int64_t> axes;
  for (auto [i, label] : llvm::enumerate(term.labels))
    if (has(kept, label))
      result.labels.push_back(label);
    else
      axes.push_back(static_cast<int64_t>(i));
  if (!axes.empty())
    result.value = createReduction(
        node.builder(), node.loc(), term.value, axes, BinaryKind::Add,
        [](OpBuilder &, Location, ValueRange args) { return args[0]; });
  return result;
}

/// The term's value with its dimensions in the order of `labels`.
static Value arrange(NodeImporter &node, const Term &term,
                     ArrayRef<int> labels) {
  SmallVector<int64_t> permutation;
  for (int label : labels)
    permutation.push_back(llvm::find(term.labels, label) - term.labels.begin());
  return createTranspose(node.builder(), node.loc(), term.value, permutation);
}

namespace {
/// The labels of a pair: in both and the result, summed over, in one alone.
struct Pair {
  Labels batch, inner, rows, columns;

  Pair(const Term &lhs, const Term &rhs, ArrayRef<int> kept) {
    for (int label : lhs.labels)
      (!has(rhs.labels, label) ? rows
       : has(kept, label)      ? batch
                               : inner)
          .push_back(label);
    for (int label : rhs.labels)
      if (!has(lhs.labels, label))
        columns.push_back(label);
  }

  Labels result() const {
    Labels labels = batch;
    labels.append(rows);
    labels.append(columns);
    return labels;
  }
};
} // namespace

static SmallVector<int64_t> sizesOf(const Term &term, ArrayRef<int> labels) {
  return llvm::map_to_vector(labels,
                             [&](int label) { return term.size(label); });
}

static int64_t product(ArrayRef<int64_t> sizes) {
  int64_t count = 1;
  for (int64_t size : sizes)
    count *= size;
  return count;
}

/// The term arranged and collapsed to one dimension a list of labels.
static Value collapse(NodeImporter &node, const Term &term,
                      ArrayRef<Labels> groups) {
  Labels order;
  SmallVector<int64_t> shape;
  for (const Labels &group : groups) {
    order.append(group);
    shape.push_back(product(sizesOf(term, group)));
  }
  return createReshape(node.builder(), node.loc(), arrange(node, term, order),
                       shape);
}

static FailureOr<Term> join(NodeImporter &node, const Term &first,
                            const Term &second, ArrayRef<int> kept) {
  Labels keptLeft(kept), keptRight(kept);
  keptLeft.append(second.labels);
  keptRight.append(first.labels);
  Term lhs = sumAway(node, first, keptLeft);
  Term rhs = sumAway(node, second, keptRight);
  Pair pair(lhs, rhs, kept);
  SmallVector<int64_t> shape = sizesOf(lhs, pair.batch);
  shape.append(sizesOf(lhs, pair.rows));
  shape.append(sizesOf(rhs, pair.columns));
  if (failed(node.checkSize(shape)))
    return failure();
  SmallVector<Labels, 3> leftGroups = {pair.batch, pair.rows, pair.inner};
  SmallVector<Labels, 3> rightGroups = {pair.batch, pair.inner, pair.columns};
  if (pair.batch.empty()) {
    leftGroups.erase(leftGroups.begin());
    rightGroups.erase(rightGroups.begin());
  }
  Value left = collapse(node, lhs, leftGroups);
  Value right = collapse(node, rhs, rightGroups);
  Value result = pair.inner.empty()
                     ? combine(node, BinaryKind::Mul, left, right)
                     : createMatmul(node.builder(), node.loc(), left, right);
  return Term{createReshape(node.builder(), node.loc(), result, shape),
              pair.result()};
}

/// Checks that the sizes of each label agree, and drops dimensions of size 1
/// that are broadcast: the product with a label that is absent says the same.
static LogicalResult unifySizes(NodeImporter &node,
                                MutableArrayRef<Term> terms) {
  llvm::DenseMap<int, int64_t> sizes;
  for (const Term &term : terms)
    for (int label : term.labels) {
      int64_t &size = sizes.try_emplace(label, 1).first->second;
      int64_t own = term.size(label);
      if (size != 1 && own != 1 && own != size)
        return node.error(ErrorCode::BadShape)
               << "a label has dimensions of " << size << " and " << own
               << " elements";
      size = size == 1 ? own : size;
    }
  for (Term &term : terms) {
    Labels labels;
    SmallVector<int64_t> shape;
    for (int label : term.labels)
      if (term.size(label) == sizes[label]) {
        labels.push_back(label);
        shape.push_back(sizes[label]);
      }
    term = {createReshape(node.builder(), node.loc(), term.value, shape),
            labels};
  }
  return success();
}

/// The inputs with their labels.
static FailureOr<SmallVector<Term>> readTerms(NodeImporter &node,
                                              const EinsumEquation &equation) {
  SmallVector<Term> terms;
  for (auto [i, labels] : llvm::enumerate(equation.inputs)) {
    for (auto [k, label] : llvm::enumerate(labels))
      for (size_t other = 0; other < k; ++other)
        if (labels[other] == label && node.shape(i)[other] != node.shape(i)[k])
          return node.error(ErrorCode::BadShape)
                 << "input " << i << " of shape " << shapeText(node.shape(i))
                 << " has no diagonal along dimensions " << other << " and "
                 << k;
    terms.push_back(takeDiagonals(node, node.value(i), labels));
  }
  if (failed(unifySizes(node, terms)))
    return failure();
  return terms;
}

static LogicalResult importEinsum(NodeImporter &node) {
  SmallVector<int64_t> ranks;
  for (size_t i = 0; i < node.numInputs(); ++i) {
    if (!node.hasInput(i))
      return node.error(ErrorCode::BadModel) << "input " << i << " is absent";
    if (!isa<FloatType>(node.elementType(i)) ||
        node.elementType(i) != node.elementType(0))
      return node.unsupported("inputs must be floats of one element type");
    ranks.push_back(node.rank(i));
  }
  StringRef text = node.getString("equation", "");
  llvm::Expected<EinsumEquation> equation = parseEinsum(text, ranks);
  if (!equation)
    return node.error(ErrorCode::BadAttribute)
           << "equation " << quoted(text) << ": "
           << llvm::toString(equation.takeError());
  FailureOr<SmallVector<Term>> terms = readTerms(node, *equation);
  if (failed(terms))
    return failure();
  Term result = terms->front();
  for (size_t i = 1; i < terms->size(); ++i) {
    Labels kept = equation->output;
    for (const Term &later : ArrayRef(*terms).drop_front(i + 1))
      kept.append(later.labels);
    FailureOr<Term> joined = join(node, result, (*terms)[i], kept);
    if (failed(joined))
      return failure();
    result = *joined;
  }
  result = sumAway(node, result, equation->output);
  return node.setResult(0, arrange(node, result, equation->output));
}

ArrayRef<Operator> einsumOperators() {
  static const Operator operators[] = {
      {"Einsum", 12, kLatest, 1, kVariadic, 1, "equation:s!", importEinsum,
       "floats"},
  };
  return operators;
}

} // namespace kiln::onnx_import
