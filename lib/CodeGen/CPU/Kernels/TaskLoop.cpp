//===- TaskLoop.cpp - The tasks of a kernel ---*- C++ -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TaskLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace kiln::cpu {

void createTaskLoop(OpBuilder &builder, Location loc, int64_t parts,
                    int64_t numTasks, function_ref<void()> prepare,
                    function_ref<void(OpBuilder &, Value)> body) {
  OpBuilder::InsertionGuard guard(builder);
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(builder, loc, value);
  };
  Value zero = index(0), one = index(1), size = index(parts);
  Value begin = zero, end = size;
  int64_t chunk = llvm::divideCeil(parts, numTasks);
  int64_t count = llvm::divideCeil(parts, chunk);
  if (count > 1) {
    Value each = index(chunk);
    auto tasks =
        scf::ParallelOp::create(builder, loc, ValueRange{zero},
                                ValueRange{index(count)}, ValueRange{one});
    builder.setInsertionPointToStart(tasks.getBody());
    prepare();
    Value task = tasks.getInductionVars()[0];
    if (chunk == 1)
      return body(builder, task);
    begin = arith::MulIOp::create(builder, loc, task, each);
    end = arith::AddIOp::create(builder, loc, begin, each);
    if (parts % chunk != 0)
      end = arith::MinUIOp::create(builder, loc, end, size);
  } else {
    prepare();
  }
  auto loop = scf::ForOp::create(builder, loc, begin, end, one);
  builder.setInsertionPointToStart(loop.getBody());
  body(builder, loop.getInductionVar());
}

} // namespace kiln::cpu
