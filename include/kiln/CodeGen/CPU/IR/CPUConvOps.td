//===- CPUConvOps.td - Direct convolution over blocks ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_IR_CPUCONVOPS_TD
#define KILN_CODEGEN_CPU_IR_CPUCONVOPS_TD

include "kiln/CodeGen/CPU/IR/CPUBase.td"

def CPU_ConvOp : CPU_KernelOp<"conv", [SingleBlock]> {
  let summary = "A direct convolution over tensors with their channels in blocks";
  let description = [{
    For each image `n`, block `b` of V output channels, position `(h, w)` and
    lane `v` of `out` `[N, blocks, H, W, V]`

    `out[n, b, h, w, v] = body(sum over c, i, j of
        x(c, h * strides[0] + i * dilations[0] - pad_low[0],
             w * strides[1] + j * dilations[1] - pad_low[1])
        * weight(b * V + v, c, i, j), extras[extraMap(n, b, h, w, v)]...)`

    where `c` runs over the `channels` channels of the block's group and `(i, j)`
    over the taps of `kernel`; a tap outside of the input is skipped. `input` is
    blocked too, `[N, blocks, H, W, V]` (lanes beyond the last channel are not
    read), or plain, `[N, C, H, W]`. Of out's channels the first `filters` of each
    group count; what the lanes beyond them hold is what their weights and extras
    make of them.

    `weights` has one dimension. It holds the panels of the groups, one after
    another, and of each group the panels of its blocks of output channels in
    sets of `vectors` (the last set may have fewer). A panel is read from
    beginning to end for each tile: for each block of V input channels, for each
    tap, for each channel of the block (as many as there are) one vector for
    each block of the set.

    The plan: `vectors` blocks of output channels by `rows` by `columns`
    positions are held in registers while the whole sum runs, `unrolled` channels
    a step. Where the convolution is pointwise, with strides of 1, and memory
    allows it, all positions of an image are one line of rows. Tiles are as equal
    as the extents allow. `grid` says into how many parts the sets and the rows
    of tiles are divided: each pair of parts of an image and a group is a task.
    With `channels_outside` tasks, and the tiles of a task, that share weights
    follow each other; without it those that share input. With `prefetch` each
    tile asks for its part of the next set's panel.

    Constraints:
    - (conv-C1) operands are all tensors, with one result of the type of out, or
      all memrefs, without a result; shapes are static.
    - (conv-C2) input, weights and out have one floating-point element type.
    - (conv-C3) out has five dimensions, and ceil(filters / V) blocks for each
      of the `groups`; input has as many images and, in five dimensions, the
      lanes of out and ceil(channels / V) blocks for each group, or, in four,
      `channels` channels for each group. With several groups and a blocked input, `channels` is a
      multiple of V.
    - (conv-C4) weights has one dimension, of `channels` times the taps of
      `kernel` times the channels in the blocks of out.
    - (conv-C5) `kernel`, `strides`, `dilations`, `pad_low` and `grid` have two
      entries; all but `pad_low`, which may hold 0, are at least 1, as are
      `channels`, `filters`, `groups`, `vectors`, `rows`, `columns` and `unrolled`.
    - (conv-C6) there is a map for each extra, from five loops to as many
      results as it has dimensions, each a sum of multiples of loops.
    - (conv-C7) the body takes the sum and one element of each extra, and
      yields one element of out.
    - (conv-C8) `unrolled` divides the number of channels in each block of the
      input; a plain input is one block.

    Example:

    ```mlir
    %0 = cpu.conv %x, %w with %bias into %out attributes {
        channels = 5 : i64, filters = 13 : i64, kernel = array<i64: 3, 3>,
        strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
        pad_low = array<i64: 1, 1>, vectors = 2 : i64, rows = 1 : i64,
        columns = 7 : i64, unrolled = 1 : i64, grid = array<i64: 1, 1>,
        maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
      ^bb0(%sum: f32, %add: f32):
        %1 = arith.addf %sum, %add : f32
        cpu.yield %1 : f32
      } : (tensor<1x1x9x7x8xf32>, tensor<720xf32>, tensor<16xf32>,
           tensor<1x2x9x7x8xf32>) -> tensor<1x2x9x7x8xf32>
    ```
  }];
  let arguments = (ins CPU_Shaped:$input, CPU_Shaped:$weights,
      Variadic<CPU_Shaped>:$extras, CPU_Shaped:$out, I64Attr:$channels, I64Attr:$filters,
      DefaultValuedAttr<I64Attr, "1">:$groups, DenseI64ArrayAttr:$kernel,
      DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
      DenseI64ArrayAttr:$pad_low, AffineMapArrayAttr:$maps, I64Attr:$vectors,
      I64Attr:$rows, I64Attr:$columns, I64Attr:$unrolled,
      DenseI64ArrayAttr:$grid, UnitAttr:$channels_outside, UnitAttr:$prefetch);
  let results = (outs Optional<AnyRankedTensor>:$result);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $input `,` $weights (`with` $extras^)? `into` $out
    attr-dict-with-keyword $body `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutMutable(); }
    ::mlir::ShapedType getInputType() {
      return ::llvm::cast<::mlir::ShapedType>(getInput().getType());
    }
    ::mlir::ShapedType getOutType() {
      return ::llvm::cast<::mlir::ShapedType>(getOut().getType());
    }
    int64_t getLanes() { return getOutType().getDimSize(4); }
    bool hasBlockedInput() { return getInputType().getRank() == 5; }
    /// Blocks of output channels in a group.
    int64_t getGroupBlocks() {
      return getOutType().getDimSize(1) / static_cast<int64_t>(getGroups());
    }
    /// The axis of rows (0) or of columns (1).
    ConvAxis getAxis(unsigned dim);
    /// A tap is a channel of the input at the output's own position: nothing
    /// but channels is summed over.
    bool isPointwise();
  }];
}

#endif // KILN_CODEGEN_CPU_IR_CPUCONVOPS_TD
