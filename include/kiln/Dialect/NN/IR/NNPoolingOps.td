//===- NNPoolingOps.td - Pooling, resizing, channel shuffle ---*- tablegen -*-===//
//
// Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef KILN_DIALECT_NN_IR_NNPOOLINGOPS_TD
#define KILN_DIALECT_NN_IR_NNPOOLINGOPS_TD

include "kiln/Dialect/NN/IR/NNDialect.td"

def NN_MaxPoolOp : NN_Op<"max_pool", [Pure, InferTypeOpAdaptor]> {
  let summary = "Maximum over windows";
  let description = [{
    Maximum over each window; padding counts as minus infinity, a NaN in the
    window makes the result NaN. The result's spatial size is that of
    `nn.conv`; with `ceil_mode` it is rounded up, and a last window that would
    start beyond the input and its low padding is dropped.

    Constraints:
    - (max_pool-C1) `input` has rank 3 to 5.
    - (max_pool-C2) `kernel`, `strides`, `dilations`, `pad_low` and `pad_high`
      have one entry for each spatial dimension.
    - (max_pool-C3) kernel, strides and dilations are at least 1, padding at
      least 0.
    - (max_pool-C4) padding is smaller than the dilated kernel, and the dilation
      of a padded dimension at most its size, so that each window holds an
      element.
    - (max_pool-C5) the dilated kernel fits into the padded input.

    Example:

    ```mlir
    %y = nn.max_pool %x {
        kernel = array<i64: 3, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
        pad_low = array<i64: 1, 0>, pad_high = array<i64: 1, 1>}
      : (tensor<1x3x9x7xf32>) -> tensor<1x3x5x4xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$kernel,
      DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
      DenseI64ArrayAttr:$pad_low, DenseI64ArrayAttr:$pad_high,
      UnitAttr:$ceil_mode);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def NN_AveragePoolOp : NN_Op<"average_pool", [Pure, InferTypeOpAdaptor]> {
  let summary = "Average over windows";
  let description = [{
    Average over each window. The divisor is the number of elements of the
    window that lie in the input or, with `count_include_pad`, in the padded
    input (what `ceil_mode` adds beyond the padding never counts). Sizes as for
    `nn.max_pool`.

    Constraints:
    - (average_pool-C1) `input` has rank 3 to 5.
    - (average_pool-C2) `kernel`, `strides`, `dilations`, `pad_low` and
      `pad_high` have one entry for each spatial dimension.
    - (average_pool-C3) kernel, strides and dilations are at least 1, padding
      at least 0.
    - (average_pool-C4) padding is smaller than the dilated kernel, and the dilation
      of a padded dimension at most its size, so that each window holds an
      element.
    - (average_pool-C5) the dilated kernel fits into the padded input.

    Example:

    ```mlir
    %y = nn.average_pool %x {
        kernel = array<i64: 3>, strides = array<i64: 2>, dilations = array<i64: 1>,
        pad_low = array<i64: 1>, pad_high = array<i64: 1>, count_include_pad}
      : (tensor<2x3x9xf32>) -> tensor<2x3x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, DenseI64ArrayAttr:$kernel,
      DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
      DenseI64ArrayAttr:$pad_low, DenseI64ArrayAttr:$pad_high,
      UnitAttr:$ceil_mode, UnitAttr:$count_include_pad);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

class NN_GlobalPoolOp<string mnemonic> : NN_Op<mnemonic, [Pure, InferTypeOpAdaptor]> {
  let arguments = (ins NN_Tensor:$input);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def NN_GlobalAveragePoolOp : NN_GlobalPoolOp<"global_average_pool"> {
  let summary = "Average over all spatial dimensions";
  let description = [{
    Average of each channel over all spatial dimensions, which stay as
    dimensions of size 1.

    Constraints:
    - (global_average_pool-C1) `input` has rank 3 or more.
    - (global_average_pool-C2) no spatial dimension is of size 0.

    Example:

    ```mlir
    %y = nn.global_average_pool %x : (tensor<1x3x9x7xf32>) -> tensor<1x3x1x1xf32>
    ```
  }];
}

def NN_GlobalMaxPoolOp : NN_GlobalPoolOp<"global_max_pool"> {
  let summary = "Maximum over all spatial dimensions";
  let description = [{
    Maximum of each channel over all spatial dimensions, which stay as
    dimensions of size 1; a NaN makes the result NaN.

    Constraints:
    - (global_max_pool-C1) `input` has rank 3 or more.
    - (global_max_pool-C2) no spatial dimension is of size 0.

    Example:

    ```mlir
    %y = nn.global_max_pool %x : (tensor<1x3x9x7xf32>) -> tensor<1x3x1x1xf32>
    ```
  }];
}

def NN_ResizeMode : I32EnumAttr<"ResizeMode", "interpolation", [
    I32EnumAttrCase<"Nearest", 0, "nearest">,
    I32EnumAttrCase<"Linear", 1, "linear">,
    I32EnumAttrCase<"Cubic", 2, "cubic">]> {
  let cppNamespace = "::kiln::nn";
  let genSpecializedAttr = 0;
}
def NN_ResizeModeAttr : EnumAttr<NN_Dialect, NN_ResizeMode, "resize_mode"> {
  let assemblyFormat = "`<` $value `>`";
}

def NN_Coordinates : I32EnumAttr<"Coordinates", "where an output element lies in the input", [
    I32EnumAttrCase<"HalfPixel", 0, "half_pixel">,
    I32EnumAttrCase<"HalfPixelSymmetric", 1, "half_pixel_symmetric">,
    I32EnumAttrCase<"PytorchHalfPixel", 2, "pytorch_half_pixel">,
    I32EnumAttrCase<"AlignCorners", 3, "align_corners">,
    I32EnumAttrCase<"Asymmetric", 4, "asymmetric">,
    I32EnumAttrCase<"TfHalfPixelForNN", 5, "tf_half_pixel_for_nn">,
    I32EnumAttrCase<"TfCropAndResize", 6, "tf_crop_and_resize">]> {
  let cppNamespace = "::kiln::nn";
  let genSpecializedAttr = 0;
}
def NN_CoordinatesAttr : EnumAttr<NN_Dialect, NN_Coordinates, "coordinates"> {
  let assemblyFormat = "`<` $value `>`";
}

def NN_Rounding : I32EnumAttr<"Rounding", "how nearest rounds a coordinate", [
    I32EnumAttrCase<"RoundPreferFloor", 0, "round_prefer_floor">,
    I32EnumAttrCase<"RoundPreferCeil", 1, "round_prefer_ceil">,
    I32EnumAttrCase<"Floor", 2, "floor">,
    I32EnumAttrCase<"Ceil", 3, "ceil">]> {
  let cppNamespace = "::kiln::nn";
  let genSpecializedAttr = 0;
}
def NN_RoundingAttr : EnumAttr<NN_Dialect, NN_Rounding, "rounding"> {
  let assemblyFormat = "`<` $value `>`";
}

def NN_ResizeOp : NN_Op<"resize", [Pure, InferTypeOpAdaptor]> {
  let summary = "Resize the spatial dimensions by interpolation";
  let description = [{
    Resizes each spatial dimension to `sizes`, as ONNX Resize does. `scales`
    (output over input, as the coordinate formulas use them) are kept beside
    the sizes because a size rounded down from `scale * size` does not give the
    scale back; where a formula asks for the output's length, it is that of the
    scale, which need not be whole. A dimension of scale 1 that keeps its size
    stays as it is. Coordinates, rounding and the cubic coefficient are ONNX's
    (opset 19, coordinate_transformation_mode, nearest_mode, cubic_coeff_a,
    exclude_outside). Coordinates and weights are computed in f64.

    With `antialias` the filter of a shrunk dimension is stretched by
    `1 / scale`, so that every input element counts. `tf_crop_and_resize` takes
    the part of the input that `roi` names, all starts and then all ends, in
    parts of the dimension's length less one; what lies outside the input is
    `extrapolation_value`.

    Constraints:
    - (resize-C1) `input` has rank 3 to 5.
    - (resize-C2) `sizes` and `scales` have one entry for each spatial
      dimension.
    - (resize-C3) sizes are at least 1 and at most 2^24, scales finite and
      positive.
    - (resize-C4) no spatial dimension of `input` is of size 0.
    - (resize-C5) `cubic_coefficient` is finite.
    - (resize-C6) `roi` is there with `tf_crop_and_resize` alone, and has two
      finite entries for each spatial dimension.
    - (resize-C7) `antialias` is not for `nearest`, and its filters have at most
      2^24 weights for each dimension.

    Example:

    ```mlir
    %y = nn.resize %x {
        mode = #nn.resize_mode<linear>, coordinates = #nn.coordinates<half_pixel>,
        sizes = array<i64: 6, 10>, scales = array<f64: 2.0, 2.0>}
      : (tensor<1x2x3x5xf32>) -> tensor<1x2x6x10xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, NN_ResizeModeAttr:$mode,
      NN_CoordinatesAttr:$coordinates,
      DefaultValuedAttr<NN_RoundingAttr, "::kiln::nn::Rounding::RoundPreferFloor">:$rounding,
      DefaultValuedAttr<F64Attr, "-0.75">:$cubic_coefficient,
      UnitAttr:$exclude_outside, UnitAttr:$antialias,
      OptionalAttr<DenseF64ArrayAttr>:$roi,
      DefaultValuedAttr<F64Attr, "0.0">:$extrapolation_value,
      DenseI64ArrayAttr:$sizes, DenseF64ArrayAttr:$scales);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def NN_ChannelShuffleOp : NN_Op<"channel_shuffle",
    [Pure, SameOperandsAndResultType]> {
  let summary = "Interleave the channels of groups";
  let description = [{
    With C channels in `groups` groups of `C / groups`, output channel
    `j * groups + g` is input channel `g * (C / groups) + j`.

    Constraints:
    - (channel_shuffle-C1) `input` has rank 2 or more and a static channel
      count.
    - (channel_shuffle-C2) `groups` is at least 1 and divides C.

    Example:

    ```mlir
    %y = nn.channel_shuffle %x {groups = 2 : i64} : tensor<1x6x5xf32>
    ```
  }];
  let arguments = (ins NN_Tensor:$input, I64Attr:$groups);
  let results = (outs NN_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // KILN_DIALECT_NN_IR_NNPOOLINGOPS_TD
