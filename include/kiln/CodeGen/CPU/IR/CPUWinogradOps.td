//===- CPUWinogradOps.td - Winograd convolution ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_CODEGEN_CPU_IR_CPUWINOGRADOPS_TD
#define KILN_CODEGEN_CPU_IR_CPUWINOGRADOPS_TD

include "kiln/CodeGen/CPU/IR/CPUBase.td"

def CPU_WinogradOp : CPU_KernelOp<"winograd", [SingleBlock]> {
  let summary = "3x3 convolution with stride 1 by minimal filtering";
  let description = [{
    Convolves `input` `[N, CB, H, W, V]` (channels in blocks of V) with a 3x3
    kernel, stride 1, `pad_low` zeros above and to the left and as many below and
    to the right as the size of out asks for, by Winograd's minimal filtering
    F(m x m, 3 x 3), m = `output_tile`, as in A. Lavin and S. Gray, "Fast
    Algorithms for Convolutional Neural Networks", CVPR 2016: for each m x m tile
    of the result, with n = m + 2,

    `tile[o] = A^T (sum over c of (G w[o, c] G^T) * (B^T d[c] B)) A`

    where `d` is the n x n part of the input that the tile depends on and `*`
    multiplies elementwise. `weights` hold G w G^T. The matrices come from
    Toom-Cook interpolation at 0, 1, -1 and infinity for m = 2, and at 0, 3/4,
    -3/4, 3/2, -3/2 and infinity for m = 4. (Lavin and Gray take 0, 1, -1, 2, -2
    for the latter; the error of these points is a fifth of theirs, all
    coefficients of A and B are exact in f32, and the work is the same.)

    `out[n, o / V, h, w, o % V] = body(sum, extras[map(n, o / V, h, w, o % V)]...)`

    The plan: tiles, in C order within an image, are taken in blocks of
    `block_tiles`. A task is a block and one part of the output channels: the
    block's input is transformed to scratch memory, for each of the n * n
    positions a matrix product of its tiles and channels with the weights
    follows, and the products are transformed back. The weights are
    `[parts, n * n, groups, C, vectors * V]`, in the order in which they are
    read. Where tiles are few and output channels many, parts make tasks at the
    price of transforming the input for each. A register tile holds `rows` tiles
    of the block by `vectors` vectors of output channels while the whole sum
    over the C channels runs. Lanes of the last block beyond C are never
    multiplied. An element's sums have one order, whatever the block it is in.

    Constraints:
    - (winograd-C1) `input`, `weights` and `out` have rank 5, `input` and `out`
      the same N and V, and the static shapes fit: CB is C / V rounded up, and
      parts * groups * vectors is at least the number of blocks of `out`, by
      less than a part. `out_channels`, the real ones, end in the last block.
    - (winograd-C2) `output_tile` is 2 or 4, and `weights` have its n * n
      positions.
    - (winograd-C3) `pad_low` has two entries; these, and the zeros after the
      input that the size of `out` needs, are 0 to 2.
    - (winograd-C4) `block_tiles` and `rows` are at least 1.
    - (winograd-C5) there is a map for each extra, from (n, o / V, h, w, o % V)
      to as many sums of multiples as it has dimensions; neighbouring lanes are
      neighbours in the extra or share an element.
    - (winograd-C6) the body takes the sum and one element of each extra, and
      yields one element of out.
    - (winograd-C7) all elements are f32; operands are all tensors, with one
      result of the type of out, or all memrefs, whose V lanes lie side by side,
      without a result.

    Example:

    ```mlir
    %0 = cpu.winograd %x, %w with %b into %y attributes {output_tile = 4 : i64,
        pad_low = array<i64: 1, 1>, out_channels = 13 : i64,
        block_tiles = 6 : i64, rows = 6 : i64,
        maps = [affine_map<(n, b, h, w, v) -> (b * 8 + v)>]} {
      ^bb0(%sum: f32, %bias: f32):
        %1 = arith.addf %sum, %bias : f32
        cpu.yield %1 : f32
      } : (tensor<1x2x7x9x8xf32>, tensor<1x36x1x11x16xf32>, tensor<16xf32>,
           tensor<1x2x7x9x8xf32>) -> tensor<1x2x7x9x8xf32>
    ```
  }];
  let arguments = (ins CPU_Shaped:$input, CPU_Shaped:$weights,
      Variadic<CPU_Shaped>:$extras, CPU_Shaped:$out, I64Attr:$output_tile,
      DenseI64ArrayAttr:$pad_low, I64Attr:$out_channels, I64Attr:$block_tiles, I64Attr:$rows,
      AffineMapArrayAttr:$maps);
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
    ::mlir::ShapedType getWeightsType() {
      return ::llvm::cast<::mlir::ShapedType>(getWeights().getType());
    }
    ::mlir::ShapedType getOutType() {
      return ::llvm::cast<::mlir::ShapedType>(getOut().getType());
    }
    /// Channels in a block.
    int64_t getLanes() { return getInputType().getDimSize(4); }
    /// Width of the part of the input that a tile depends on.
    int64_t getInputTile() { return getOutputTile() + 2; }
    /// Vectors of output channels in a register tile.
    int64_t getVectors() { return getWeightsType().getDimSize(4) / getLanes(); }
    /// Tiles along each of the two spatial dimensions.
    int64_t getTileRows() {
      return ::llvm::divideCeilSigned(getOutType().getDimSize(2), getOutputTile());
    }
    int64_t getTileColumns() {
      return ::llvm::divideCeilSigned(getOutType().getDimSize(3), getOutputTile());
    }
    /// Blocks of tiles of all images.
    int64_t getNumBlocks() {
      return getOutType().getDimSize(0) *
             ::llvm::divideCeilSigned(getTileRows() * getTileColumns(),
                                      getBlockTiles());
    }
    /// The map of an extra.
    ::mlir::AffineMap getMap(unsigned extra) {
      return ::llvm::cast<::mlir::AffineMapAttr>(getMaps()[extra]).getValue();
    }
  }];
}

#endif // KILN_CODEGEN_CPU_IR_CPUWINOGRADOPS_TD
