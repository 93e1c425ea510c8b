"""Cases of spatial_operators.py: one node each, odd sizes, every attribute.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses

import numpy as np
from onnx import TensorProto

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64


@dataclasses.dataclass(frozen=True)
class Input:
    """An operand given at run time: normal numbers, or a function of rng."""

    shape: tuple
    make_with: object = None

    def make(self, rng):
        if self.make_with:
            return self.make_with(rng, self.shape)
        return rng.standard_normal(self.shape).astype(np.float32)


@dataclasses.dataclass(frozen=True)
class Case:
    op: str
    opset: int
    operands: tuple
    attributes: dict
    kinds: tuple = (FLOAT,)
    oracle: str = "reference"


def case(op, opset, *operands, kinds=(FLOAT,), oracle="reference", **attributes):
    operands = tuple(Input(o) if isinstance(o, tuple) else o for o in operands)
    return Case(op, opset, operands, attributes, kinds, oracle)


# ONNX's reference scales LpPool's sums where windows reach beyond the input,
# and moves AveragePool's windows by half of what ceil_mode adds; it takes
# neither the names of GridSample 16 nor Pad's negative axes; RoiAlign 10 it
# computes as 16, and GridSample's bicubic border unlike PyTorch, whose operator
# it is.
ORT = {"oracle": "onnxruntime"}


def ints(*values):
    return np.array(values, np.int64)


def floats(*values):
    return np.array(values, np.float32)


def spread(scale):
    """Numbers in [-scale, scale]."""
    def make(rng, shape):
        return rng.uniform(-scale, scale, shape).astype(np.float32)
    return make


def pools():
    for p, opset in ((1, 11), (2, 2), (3, 18), (4, 22)):
        yield case("LpPool", opset, (2, 3, 7, 9), kernel_shape=[3, 2], strides=[2, 3], p=p)
    yield case("LpPool", 18, (1, 2, 11), kernel_shape=[3], dilations=[2], strides=[2])
    yield case("LpPool", 18, (1, 2, 8, 9), kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1,
               **ORT)
    yield case("LpPool", 18, (1, 2, 5, 6, 7), kernel_shape=[2, 3, 2], p=3)
    x = (2, 3, 9, 7)
    yield case("AveragePool", 19, x, kernel_shape=[3, 2], dilations=[2, 3], strides=[2, 1])
    yield case("AveragePool", 19, x, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 0, 1, 1],
               ceil_mode=1)
    yield case("AveragePool", 19, x, kernel_shape=[2, 3], dilations=[2, 1], strides=[3, 2],
               pads=[1, 1, 0, 1], ceil_mode=1, count_include_pad=1, **ORT)
    yield case("MaxPool", 12, x, kernel_shape=[3, 2], dilations=[2, 3], strides=[2, 1],
               pads=[1, 0, 2, 1], ceil_mode=1)
    for order in (0, 1):
        yield case("MaxPool", 12, x, kernel_shape=[3, 2], strides=[2, 3], pads=[1, 0, 1, 1],
                   kinds=(FLOAT, INT64), storage_order=order)
        yield case("MaxPool", 12, (2, 2, 5, 4, 6), kernel_shape=[2, 3, 2], strides=[2, 1, 2],
                   kinds=(FLOAT, INT64), storage_order=order)
    yield case("MaxPool", 22, (1, 2, 9), kernel_shape=[3], strides=[2], dilations=[2],
               kinds=(FLOAT, INT64))


def resizes():
    x = (2, 3, 5, 7)
    for mode in ("nearest", "linear", "cubic"):
        for coordinates in ("half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel",
                            "half_pixel_symmetric"):
            for scales in ((1.7, 2.6), (0.6, 0.45)):
                yield case("Resize", 19, x, None, floats(1, 1, *scales), mode=mode,
                           coordinate_transformation_mode=coordinates)
    for rounding in ("round_prefer_ceil", "floor", "ceil"):
        yield case("Resize", 13, x, None, None, ints(2, 3, 8, 4), mode="nearest",
                   nearest_mode=rounding)
    yield case("Resize", 13, x, None, None, ints(2, 3, 9, 4), mode="cubic", exclude_outside=1,
               cubic_coeff_a=-0.5)
    for mode in ("linear", "cubic"):
        for outside in (0, 1):
            yield case("Resize", 18, x, None, floats(1, 1, 0.4, 0.7), mode=mode, antialias=1,
                       exclude_outside=outside)
    for policy in ("not_larger", "not_smaller"):
        yield case("Resize", 18, x, None, None, ints(8, 3), mode="linear", axes=[3, 2],
                   keep_aspect_ratio_policy=policy)
    # A part of it, and what lies beyond.
    for mode in ("nearest", "linear", "cubic"):
        yield case("Resize", 18, x, floats(0.2, -0.3, 0.9, 0.6), None, ints(6, 5), mode=mode,
                   axes=[2, 3], coordinate_transformation_mode="tf_crop_and_resize",
                   extrapolation_value=7.5)
    # Any dimensions, any rank.
    yield case("Resize", 13, x, None, None, ints(3, 5, 4, 9), mode="linear")
    yield case("Resize", 13, (5, 7), None, floats(1.5, 0.5), mode="cubic")
    yield case("Resize", 13, (4,), None, floats(2.3), mode="linear")
    yield case("Resize", 13, (1, 2, 3, 2, 3, 4), None, floats(1, 1, 2, 1, 1.5, 0.5),
               mode="linear")


def grids():
    image, volume = (2, 3, 5, 7), (1, 2, 4, 3, 5)
    for padding in ("zeros", "border", "reflection"):
        for align in (0, 1):
            common = {"padding_mode": padding, "align_corners": align}
            for mode in ("linear", "nearest", "cubic"):
                yield case("GridSample", 20, image, Input((2, 6, 4, 2), spread(1.8)), mode=mode,
                           **common, **(ORT if (mode, padding) == ("cubic", "border") else {}))
            for mode in ("bilinear", "nearest", "bicubic"):
                yield case("GridSample", 16, image, Input((2, 3, 4, 2), spread(1.8)), mode=mode,
                           **common, **ORT)
            for mode in ("linear", "nearest"):
                yield case("GridSample", 22, volume, Input((1, 2, 3, 4, 3), spread(1.6)),
                           mode=mode, **common)
    for align in (0, 1):
        yield case("AffineGrid", 20, (2, 2, 3), ints(2, 3, 4, 5), align_corners=align)
        yield case("AffineGrid", 20, (2, 3, 4), ints(2, 1, 3, 4, 5), align_corners=align)


def regions(rng, shape):
    """Corners of boxes in an image of about 20 elements; some reach outside."""
    low = rng.uniform(-6, 12, (shape[0], 2))
    return np.concatenate([low, low + rng.uniform(-1, 14, low.shape)], 1).astype(np.float32)


def batches(rng, shape):
    return rng.integers(0, 2, shape)


def aligned():
    boxes, which = Input((7, 4), regions), Input((7,), batches)
    for mode in ("avg", "max"):
        yield case("RoiAlign", 10, (2, 3, 9, 11), boxes, which, mode=mode, output_height=3,
                   output_width=2, sampling_ratio=2, spatial_scale=0.5, **ORT)
        for coordinates in ("half_pixel", "output_half_pixel"):
            yield case("RoiAlign", 16, (2, 3, 9, 11), boxes, which, mode=mode, output_height=2,
                       output_width=4, sampling_ratio=3, spatial_scale=0.6,
                       coordinate_transformation_mode=coordinates)


def columns():
    yield case("Col2Im", 18, (2, 18, 20), ints(6, 7), ints(3, 3), strides=[1, 1])
    yield case("Col2Im", 18, (2, 12, 12), ints(7, 5), ints(2, 3), strides=[2, 1],
               dilations=[2, 1], pads=[0, 1, 1, 0])
    yield case("Col2Im", 18, (1, 6, 4), ints(9), ints(3), strides=[2])
    yield case("Col2Im", 18, (1, 16, 24), ints(4, 5, 3), ints(2, 2, 2), pads=[0, 0, 0, 0, 0, 0],
               strides=[1, 1, 1])
    offsets, mask = (2, 36, 4, 5), (2, 18, 4, 5)
    yield case("DeformConv", 19, (2, 4, 6, 7), (6, 2, 3, 3), offsets, (6,), mask, group=2,
               offset_group=2, strides=[1, 1])
    yield case("DeformConv", 22, (1, 3, 7, 9), (5, 3, 2, 3), (1, 12, 5, 4), None, None,
               strides=[2, 2], pads=[2, 0, 2, 1], dilations=[2, 1])


def pads():
    x = (2, 3, 5, 4)
    yield case("Pad", 13, x, ints(0, 1, 2, 0, 1, 0, 3, 2), Input((), None))
    yield case("Pad", 18, x, ints(1, -2, 2, 3), floats(1.5).reshape(()), ints(-1, 2), **ORT)
    yield case("Pad", 19, x, ints(7, -1, 6, 2), None, ints(2, 3), mode="wrap", **ORT)
    yield case("Pad", 18, x, ints(4, 1, 3, 2), None, ints(2, 3), mode="reflect")
    yield case("Pad", 18, x, ints(9, -1, 0, 2), None, ints(2, 3), mode="edge", **ORT)
    yield case("CenterCropPad", 18, x, ints(4, 2, 8, 1))
    yield case("CenterCropPad", 18, x, ints(7, 9), axes=[-1, 1])
    yield case("CenterCropPad", 18, x, ints(2, 8), axes=[2, 3])


def convolutions():
    x = (2, 4, 7, 6)
    yield case("ConvTranspose", 11, x, (4, 3, 3, 2), (6,), group=2, strides=[2, 3],
               dilations=[2, 1], pads=[1, 0, 2, 1], output_padding=[1, 2], **ORT)
    yield case("ConvTranspose", 11, x, (4, 3, 3, 2), None, strides=[3, 2],
               output_shape=[21, 13])
    yield case("ConvTranspose", 11, x, (4, 2, 3, 3), None, strides=[2, 2],
               auto_pad="SAME_LOWER")
    yield case("ConvTranspose", 22, (1, 3, 5), (3, 2, 4), None, strides=[3], pads=[1, 2])
    yield case("ConvTranspose", 22, (1, 2, 3, 4, 3), (2, 3, 2, 3, 2), None, strides=[2, 1, 2])
    for padding in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        yield case("Conv", 11, x, (6, 2, 3, 2), (6,), group=2, strides=[2, 1], auto_pad=padding)
    yield case("Conv", 22, (1, 3, 9), (4, 3, 3), None, dilations=[2], pads=[2, 1])
    yield case("Conv", 22, (1, 2, 5, 4, 6), (3, 2, 2, 3, 2), (3,), strides=[2, 1, 2])


def blocks():
    for mode in ("DCR", "CRD"):
        yield case("DepthToSpace", 13, (2, 18, 3, 2), blocksize=3, mode=mode)
    yield case("SpaceToDepth", 13, (2, 3, 6, 4), blocksize=2)


def wild(rng, shape):
    """Coordinates that no element has, between some that one has."""
    choices = [np.nan, np.inf, -np.inf, 1e30, -1e30, 3e9, -2147483649.0, 0.1, -0.4]
    return rng.choice(np.array(choices, np.float32), shape)


def wild_cases():
    """Whatever coordinates are given, only the input is read."""
    for padding in ("zeros", "border", "reflection"):
        for align in (0, 1):
            for mode in ("linear", "nearest", "cubic"):
                yield case("GridSample", 20, (2, 3, 5, 7), Input((2, 9, 5, 2), wild), mode=mode,
                           padding_mode=padding, align_corners=align)
        yield case("GridSample", 20, (1, 2, 1, 3, 1), Input((1, 4, 5, 3, 3), wild), mode="linear",
                   padding_mode=padding, align_corners=1)
    indices = Input((9,), lambda rng, shape: rng.choice(
        np.array([-2**62, -1, 0, 1, 2, 2**62], np.int64), shape))
    for mode in ("avg", "max"):
        yield case("RoiAlign", 16, (2, 3, 9, 11), Input((9, 4), wild), indices, mode=mode,
                   output_height=2, output_width=3, sampling_ratio=2)
    yield case("DeformConv", 19, (1, 2, 6, 7), (3, 2, 3, 3), Input((1, 18, 4, 5), wild))


def cases():
    for family in (pools, resizes, grids, aligned, columns, pads, convolutions, blocks):
        yield from family()
