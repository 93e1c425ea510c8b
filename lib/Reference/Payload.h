//===- Payload.h - Scalar code, compiled once ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// The scalar body of a linalg operation as a list of instructions on slots,
// each a batch of values, so that nothing looks at IR for every element.
//===----------------------------------------------------------------------===//

#ifndef KILN_LIB_REFERENCE_PAYLOAD_H
#define KILN_LIB_REFERENCE_PAYLOAD_H

#include "Environment.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Block.h"

namespace kiln::reference {

/// Elements that one instruction computes at a time.
inline constexpr int64_t kBatch = 512;

struct Instruction {
  /// Computes `n` elements; false where the operation has no value (a division
  /// by zero, an index out of range).
  using Function = bool (*)(const Instruction &, double *const *slots,
                            int64_t n);

  Function function;
  mlir::Operation *op;
  unsigned result;
  llvm::SmallVector<unsigned, 3> sources;
  unsigned width = 64;                // bits of an integer operand
  unsigned resultWidth = 64;          // bits of an integer result
  unsigned predicate = 0;             // of a comparison
  const Tensor *table = nullptr;      // what tensor.extract reads
  llvm::SmallVector<int64_t> strides; // of `table`
};

/// The function that computes `op` on batches, or null.
Instruction::Function instructionFor(mlir::Operation *op);

/// True for the arith and math operations that a payload may hold; they may
/// also stand alone, on scalars or whole tensors.
bool isPayloadOp(mlir::Operation *op);

/// The value of an `arith.constant`, tensor or scalar; an error where it has
/// none to be read.
mlir::FailureOr<Tensor> constantTensor(mlir::arith::ConstantOp op);

class Payload {
public:
  // Slots point into buffers: a copy's would point into the original's.
  Payload(Payload &&) = default;
  Payload &operator=(Payload &&) = default;

  /// The body of a linalg operation, arguments in slots 0, 1, ...
  static mlir::FailureOr<Payload> compile(mlir::Block &body,
                                          const Environment &env);
  /// One operation, operands in slots 0, 1, ...
  static mlir::FailureOr<Payload> compile(mlir::Operation *op);

  struct IndexSlot {
    int64_t dim;
    unsigned slot;
  };
  llvm::ArrayRef<IndexSlot> indexSlots() const { return indices; }
  /// The slots of what the body yields.
  llvm::ArrayRef<unsigned> yields() const { return yielded; }

  /// The slot's own storage of kBatch elements.
  double *storage(unsigned slot) { return buffers[slot].data(); }
  const double *values(unsigned slot) const { return slots[slot]; }
  /// Lets a slot be read from elsewhere; payloads never write to arguments.
  void pointTo(unsigned slot, const double *values) {
    slots[slot] = const_cast<double *>(values);
  }

  /// Computes `n` elements, at most kBatch; an error at the operation that has
  /// no value.
  mlir::LogicalResult run(int64_t n) const;

private:
  Payload() = default;
  unsigned newSlot(double value = 0.0);
  unsigned slotOf(mlir::Value value);
  mlir::LogicalResult append(mlir::Operation *op, const Environment *env);
  mlir::LogicalResult appendConstant(mlir::arith::ConstantOp op);

  llvm::DenseMap<mlir::Value, unsigned> slotNumbers;
  std::vector<std::vector<double>> buffers;
  std::vector<double *> slots;
  std::vector<Instruction> instructions;
  llvm::SmallVector<IndexSlot> indices;
  llvm::SmallVector<unsigned> yielded;
};

} // namespace kiln::reference

#endif // KILN_LIB_REFERENCE_PAYLOAD_H
