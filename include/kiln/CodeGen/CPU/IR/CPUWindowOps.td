//===- CPUWindowOps.td - Windows over blocked activations ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_IR_CPUWINDOWOPS_TD
#define KILN_CODEGEN_CPU_IR_CPUWINDOWOPS_TD

include "kiln/CodeGen/CPU/IR/CPUBase.td"
include "mlir/IR/EnumAttr.td"

def CPU_Combine : I32EnumAttr<"Combine", "how the elements of a window become one", [
    I32EnumAttrCase<"MultiplyAdd", 0, "multiply_add">,
    I32EnumAttrCase<"Maximum", 1, "maximum">,
    I32EnumAttrCase<"Sum", 2, "sum">]> {
  let cppNamespace = "::kiln::cpu";
}

def CPU_WindowOp : CPU_KernelOp<"window", [
    AttrSizedOperandSegments, SingleBlock]> {
  let summary = "Depthwise convolution or pooling over blocks of channels";
  let description = [{
    Over an activation with its channels in blocks, `input`
    `[N, CB, H, W, V]`, each element of the result `[N, CB, HO, WO, V]` is made
    of a window of the input in its own channel:

    `out[n, cb, h, w, v] = body(fold over kh, kw of
       input[n, cb, h * strides[0] - pad_low[0] + kh * dilations[0],
                    w * strides[1] - pad_low[1] + kw * dilations[1], v],
     extras...)`

    The fold is what `combine` says: `multiply_add` adds the product with
    `weights[cb, kh, kw, v]`, `sum` adds, and `maximum` takes the greater, where
    a NaN in the window makes the result NaN. It begins with `start[cb, v]` or,
    without it, with 0 or minus infinity. Positions outside of the input are
    skipped: they are padding, at either end. Where channels do not fill the
    last block, the lanes left over are computed from whatever they hold.

    `maps` holds an affine map for each of the extras, from the five loops
    `(n, cb, h, w, v)` to its dimensions.

    The plan: the accumulators of `columns` neighbouring pixels, a vector each,
    are held in registers, and each vector of the input that is loaded serves
    all taps that need it. The work is cut into at most `tasks` parts that may
    run at the same time.

    Constraints:
    - (window-C1) `input` and `out` have five dimensions; batch, blocks and
      lanes are the same in both; no extent is 0.
    - (window-C2) `kernel`, `strides`, `dilations` and `pad_low` have two
      entries; padding is at least 0, the others, `columns` and `tasks` at
      least 1.
    - (window-C3) there are `weights` `[CB, KH, KW, V]` exactly with
      `multiply_add`; `start`, if there, is `[CB, V]`.
    - (window-C4) `input`, `weights`, `start` and `out` have one floating-point
      element type.
    - (window-C5) there is a map for each extra, from the five loops to its
      dimensions, of sums of multiples of loops; the lanes of an extra lie side
      by side, or it has one element for all of them.
    - (window-C6) the body takes the folded element and one element of each
      extra, and yields one element of `out`.
    - (window-C7) operands are all tensors, with one result of the type of
      `out`, or all memrefs, without a result; memrefs have static strides, and
      lanes side by side.

    Example:

    ```mlir
    %0 = cpu.window multiply_add %x by %w from %bias into %y attributes {
        kernel = array<i64: 3, 3>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>,
        pad_low = array<i64: 1, 1>, columns = 7 : i64, tasks = 1 : i64, maps = []} {
      ^bb0(%sum: f32):
        cpu.yield %sum : f32
      } : (tensor<1x2x9x7x16xf32>, tensor<2x3x3x16xf32>, tensor<2x16xf32>,
           tensor<1x2x5x7x16xf32>) -> tensor<1x2x5x7x16xf32>
    ```
  }];
  let arguments = (ins CPU_Combine:$combine, CPU_Shaped:$input,
      Optional<CPU_Shaped>:$weights, Optional<CPU_Shaped>:$start,
      Variadic<CPU_Shaped>:$extras, CPU_Shaped:$out,
      DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$strides,
      DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$pad_low,
      I64Attr:$columns, I64Attr:$tasks, AffineMapArrayAttr:$maps);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $combine $input (`by` $weights^)? (`from` $start^)? (`with` $extras^)?
    `into` $out attr-dict-with-keyword $body
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutMutable(); }
    ::llvm::ArrayRef<int64_t> getInputShape() {
      return ::llvm::cast<::mlir::ShapedType>(getInput().getType()).getShape();
    }
    ::llvm::ArrayRef<int64_t> getOutShape() {
      return ::llvm::cast<::mlir::ShapedType>(getOut().getType()).getShape();
    }
    int64_t getLanes() { return getOutShape().back(); }
    /// The affine map of an extra.
    ::mlir::AffineMap getMap(unsigned extra) {
      return ::llvm::cast<::mlir::AffineMapAttr>(getMaps()[extra]).getValue();
    }
  }];
}

#endif // KILN_CODEGEN_CPU_IR_CPUWINDOWOPS_TD
