//===- Epilogue.h - What follows a convolution in its fused region ---*- C++
//-*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_CODEGEN_CPU_LAYOUT_EPILOGUE_H
#define KILN_LIB_CODEGEN_CPU_LAYOUT_EPILOGUE_H

#include "kiln/Dialect/NN/IR/NN.h"
#include "mlir/IR/AffineMap.h"

namespace kiln::cpu {

/// True if `op`, which follows a convolution or linear layer whose result has
/// element type `type`, can be computed on the registers that hold the result:
/// elementwise, and of that element type throughout.
bool fitsEpilogue(mlir::Operation *op, mlir::Type type);

/// True if what `op` (which fits an epilogue) reads from outside of its region
/// is, within a plane of the result, the same everywhere or laid out like it:
/// then a plane is one run of elements.
bool readsWholePlanes(mlir::Operation *op);

/// Elementwise operations in an nn.fused, ready to become a block from one
/// element of their source to one of their result.
class ElementwiseChain {
public:
  /// A tensor from outside and the map from the source's dimensions to its own.
  struct Extra {
    mlir::Value value;
    mlir::AffineMap map;
  };

  llvm::ArrayRef<Extra> getExtras() const { return extras; }
  mlir::RankedTensorType getType() const { return type; }

protected:
  /// `source` is the value that the operations to be added start from.
  explicit ElementwiseChain(mlir::Value source);

  /// Constants that `op` needs are made at the builder's position.
  void addOp(mlir::OpBuilder &builder, mlir::Operation *op);
  void addExtra(mlir::Operation *user, mlir::Value value, mlir::AffineMap map);
  /// Copies the operations to the builder's position: `sourceElement` stands
  /// for the source, and the arguments of `block` from the second on for the
  /// extras. Returns the element of `result`.
  mlir::Value buildOps(mlir::OpBuilder &builder, mlir::Block &block,
                       mlir::Value sourceElement, mlir::Value result) const;

  mlir::Value source;
  mlir::RankedTensorType type;
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::SmallVector<Extra> extras;
  /// The operation that each extra belongs to, in the order of its operands.
  llvm::SmallVector<mlir::Operation *> users;

private:
  llvm::SmallVector<mlir::Value>
  elementsOf(mlir::Operation *op, mlir::Block &block,
             const llvm::DenseMap<mlir::Value, mlir::Value> &computed) const;
};

/// The tensors from outside that the operations behind `root` in its nn.fused
/// read, each with the map from the dimensions of root's result to its own.
/// Without the constants that an Epilogue makes, and root's bias.
llvm::SmallVector<ElementwiseChain::Extra>
outsideOperands(mlir::Operation *root);

/// The elementwise operations behind a root, ready to become the body of a
/// contraction: which tensors from outside they read and how.
class Epilogue : public ElementwiseChain {
public:
  /// Collects from `root` (with its optional `bias`, one value for each index
  /// along `biasDim`) and the operations behind it in its nn.fused, if it is in
  /// one.
  Epilogue(mlir::OpBuilder &builder, mlir::Operation *root, mlir::Value bias,
           unsigned biasDim);

  /// Fills `region` with the block from sum and extras to the result.
  void build(mlir::OpBuilder &builder, mlir::Region &region) const;

private:
  mlir::Operation *root;
  bool hasBias;
};

} // namespace kiln::cpu

#endif // KILN_LIB_CODEGEN_CPU_LAYOUT_EPILOGUE_H
