//===- CPUOps.td - Kernels for CPUs ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_IR_CPUOPS_TD
#define KILN_CODEGEN_CPU_IR_CPUOPS_TD

include "kiln/CodeGen/CPU/IR/CPUBase.td"
include "kiln/CodeGen/CPU/IR/CPUBatchNormOps.td"
include "kiln/CodeGen/CPU/IR/CPUConvOps.td"
include "kiln/CodeGen/CPU/IR/CPUWindowOps.td"
include "kiln/CodeGen/CPU/IR/CPUWinogradOps.td"

def CPU_ContractOp : CPU_KernelOp<"contract", [
    AttrSizedOperandSegments, SingleBlock]> {
  let summary = "A contraction with its register tile, prologue and epilogue";
  let description = [{
    For each point `p` of the parallel loops

    `out[outMap(p)] = body(sum over r of lhs[lhsMap(p, r)] * rhs[rhsMap(p, r)],
    extras[extraMap(p)]...)`

    where `r` runs over the last `reductions` of the loops. `sizes` holds the
    loops' extents: outer loops, then the *row* and the *column* loop, then the
    reductions. `maps` holds an affine map for each of lhs, rhs, the extras and
    out, from all loops to the operand's dimensions.

    The plan: `rows` rows and `vectors` vectors of `lanes` columns are held in
    registers while all of the reduction runs; the last `unrolled` reduction
    loops are unrolled. `order` is a permutation of the parallel loops, outermost
    first, by which tiles follow each other. An operand with column stride 1 is loaded as vectors, with column
    stride 0 broadcast.

    A *prologue* is applied to each element of one operand (lhs, or rhs where
    `transformed` is 1) before it is multiplied, with an element of each of the
    prologue's extras. It costs no pass over memory: as soon as `order` has
    fixed what the following tiles read of that operand, this part goes through
    the prologue into a *panel*, memory of a task that stays in the cache, and
    all of them read the panel.

    Constraints:
    - (contract-C1) there is a map for each operand, from all loops to as many
      results as the operand has dimensions; those of the prologue's extras go
      from the dimensions of the operand that it transforms.
    - (contract-C2) there are at least a row and a column loop, and
      `unrolled` is at most `reductions`; parallel extents and `rows`,
      `vectors` and `lanes` are at least 1, the extents of reductions at least
      0 (a sum of nothing is 0); `order` is a permutation.
    - (contract-C3) the body takes the sum and one element of each extra, and
      yields one element of out.
    - (contract-C4) lhs, rhs and out have one floating-point element type.
    - (contract-C5) operands are all tensors, with one result of the type of
      out, or all memrefs, without a result.
    - (contract-C6) a prologue takes an element of the operand that it
      transforms and one of each of its extras, and yields one of that operand.
      The map of the operand is a sum of multiples of loops. Without a prologue
      there are no extras of it.

    Example:

    ```mlir
    %0 = cpu.contract %a, %b into %c attributes {
        sizes = array<i64: 5, 19, 7>, reductions = 1 : i64, rows = 5 : i64,
        vectors = 2 : i64, lanes = 16 : i64, unrolled = 0 : i64,
        order = array<i64: 0, 1>,
        maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
                affine_map<(m, n, k) -> (m, n)>]} {
      ^bb0(%sum: f32):
        cpu.yield %sum : f32
      } : (tensor<5x7xf32>, tensor<7x19xf32>, tensor<5x19xf32>) -> tensor<5x19xf32>
    ```
  }];
  let arguments = (ins CPU_Shaped:$lhs, CPU_Shaped:$rhs,
      Variadic<CPU_Shaped>:$extras, Variadic<CPU_Shaped>:$prologueExtras,
      CPU_Shaped:$out,
      DenseI64ArrayAttr:$sizes, I64Attr:$reductions, I64Attr:$rows,
      I64Attr:$vectors, I64Attr:$lanes, I64Attr:$unrolled,
      DenseI64ArrayAttr:$order, AffineMapArrayAttr:$maps,
      DefaultValuedAttr<I64Attr, "0">:$transformed);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let regions = (region SizedRegion<1>:$body,
                        MaxSizedRegion<1>:$prologue);
  let assemblyFormat = [{
    $lhs `,` $rhs (`with` $extras^)? (`after` $prologueExtras^)? `into` $out
    attr-dict-with-keyword $body (`prologue` $prologue^)?
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutMutable(); }
    int64_t getNumLoops() { return getSizes().size(); }
    int64_t getNumParallel() { return getNumLoops() - getReductions(); }
    int64_t getRowLoop() { return getNumParallel() - 2; }
    int64_t getColumnLoop() { return getNumParallel() - 1; }
    bool hasPrologue() { return !getPrologue().empty(); }
    /// Extents, along the dimensions of the operand that the prologue
    /// transforms, of what tiles of `rows` by `columns` read of it.
    ::llvm::SmallVector<int64_t> getPanelShape(int64_t rows, int64_t columns);
    /// Elements that the panel must have room for.
    int64_t getPanelSize();
    /// The affine map of operand `index`, in the order of the operands.
    ::mlir::AffineMap getMap(unsigned index) {
      return ::llvm::cast<::mlir::AffineMapAttr>(getMaps()[index]).getValue();
    }
  }];
}

def CPU_YieldOp : CPU_Op<"yield", [Pure, Terminator, ReturnLike,
    ParentOneOf<["BatchNormOp", "ContractOp", "ConvOp", "WindowOp",
                 "WinogradOp"]>]> {
  let summary = "Element to be stored";
  let description = [{
    Ends the body or the prologue of a kernel.

    Example:

    ```mlir
    cpu.yield %0 : f32
    ```
  }];
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif // KILN_CODEGEN_CPU_IR_CPUOPS_TD
