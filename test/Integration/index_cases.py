"""Cases for operators.py: movement of every element type, extremes' indices,
gathers, scatters and order by what is computed at run time.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np

from operator_cases import Cases

RNG = np.random.default_rng(21)
TYPES = [np.dtype(t) for t in ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16",
                               "uint32", "uint64", "float16", "float64")]
I64 = np.int64


class IndexCases(Cases):
    """Results keep the type that numpy gives them where an operand is f64."""

    def add(self, op, opset, operands, expected, **more):
        super().add(op, opset, operands, expected, **more)
        case = self.cases[-1]
        case.name = "index_" + case.name
        if any(x is not None and x.dtype == np.float64 for x in operands):
            case.expected = [np.asarray(y) for y in
                             (expected if isinstance(expected, list) else [expected])]


def array(dtype, *shape):
    """Values over the whole range, but below 2^53 for the interpreter's sake."""
    if dtype.kind == "f":
        return (RNG.standard_normal(shape) * 3).astype(dtype)
    if dtype.kind == "b":
        return RNG.integers(0, 2, shape).astype(bool)
    info = np.iinfo(dtype)
    return RNG.integers(max(info.min, -2**52), min(info.max, 2**52), shape, dtype=dtype)


def ties(dtype, *shape):
    """Few different values, so that equal ones meet."""
    return RNG.integers(0, 4, shape).astype(dtype)


def movement(cases):
    for dtype in TYPES:
        x, z = array(dtype, 3, 5, 2), array(dtype, 3, 2, 2)
        cases.add("Transpose", 13, [x], np.transpose(x, (2, 0, 1)), perm=[2, 0, 1])
        cases.add("Concat", 13, [x, z], np.concatenate([x, z], 1), axis=1)
        cases.add("Reshape", 13, [x, np.array([5, -1])], x.reshape(5, 6), constants=[1])
        cases.add("Slice", 13, [x, *map(np.array, ([4], [0], [1], [-2]))], x[:, 4:0:-2],
                  constants=[1, 2, 3, 4])
        cases.add("Tile", 13, [z, np.array([2, 1, 3])], np.tile(z, (2, 1, 3)), constants=[1])
        cases.add("Expand", 13, [z[:, :1], np.array([3, 4, 2])],
                  np.broadcast_to(z[:, :1], (3, 4, 2)), constants=[1])
        cases.add("Gather", 13, [x, np.array([[-1, 0], [3, 3]])], x[:, [[-1, 0], [3, 3]]],
                  constants=[1], axis=1)
        cases.add("Pad", 13, [x, np.array([1, 0, 0, 0, 2, 0])],
                  np.pad(x, ((1, 0), (0, 2), (0, 0))), constants=[1])
        cases.add("Where", 13, [array(np.dtype(bool), 5, 2), x, x[:1]],
                  None)
        condition = cases.cases[-1].operands[0][0]
        cases.cases[-1].expected = [np.where(condition, x, x[:1])]


def extremes(cases):
    for dtype in TYPES[1:]:
        for op, best in (("ArgMax", np.argmax), ("ArgMin", np.argmin)):
            for axis in (0, -1):
                x = ties(dtype, 4, 3, 7)
                last = x.shape[axis] - 1 - best(np.flip(x, axis), axis)
                cases.add(op, 13, [x], np.expand_dims(best(x, axis), axis), axis=axis)
                cases.add(op, 13, [x], last, axis=axis, keepdims=0, select_last_index=1)
    x = np.array([[1, np.nan, 3, np.nan], [-np.inf] * 4], np.float32)
    cases.add("ArgMax", 13, [x], np.argmax(x, 1), axis=1, keepdims=0)
    cases.add("ArgMin", 13, [x], np.argmin(x, 1), axis=1, keepdims=0)
    for dtype in (np.dtype("int64"), np.dtype("uint8"), np.dtype("float16")):
        x = ties(dtype, 3, 9, 2)
        for largest in (0, 1):
            key = -x.astype(np.float64) if largest else x.astype(np.float64)
            order = np.argsort(key, 1, kind="stable")[:, :4]
            cases.add("TopK", 11, [x, np.array([4])],
                      [np.take_along_axis(x, order, 1), order], constants=[1], axis=1,
                      largest=largest)


def reductions(cases):
    for dtype in (np.dtype(t) for t in ("int32", "int64", "uint32", "uint64")):
        x = RNG.integers(0 if dtype.kind == "u" else -9, 9, (3, 4, 5)).astype(dtype)
        for op, function in (("ReduceMax", np.max), ("ReduceMin", np.min), ("ReduceProd", np.prod)):
            cases.add(op, 13, [x], function(x, (0, 2)).astype(dtype), axes=[0, 2], keepdims=0)
        cases.add("ReduceSum", 13, [x, np.array([1])], x.sum(1, keepdims=True).astype(dtype),
                  constants=[1])
    for dtype in (np.dtype("int8"), np.dtype("uint8")):
        x = array(dtype, 3, 7)
        cases.add("ReduceMax", 13, [x], x.max(1), axes=[1], keepdims=0)
        cases.add("ReduceMin", 13, [x], x.min(1), axes=[1], keepdims=0)


def drawn(indices, size):
    """What an index at run time means: outside is the nearest entry."""
    return np.clip(np.where(indices < 0, indices + size, indices), 0, size - 1)


def gathers(cases):
    x = array(np.dtype("float64"), 4, 6, 5).astype(np.float32)
    for dtype in (np.int32, I64):
        by = np.array([[5, -1, -6], [0, 2, 3]], dtype)
        cases.add("Gather", 13, [x, by], x[:, by], axis=1)
    far = np.array([6, -7, 2**40, -(2**40), -1], I64)
    cases.add("Gather", 13, [x, far], x[:, drawn(far, 6)], axis=1)
    by = RNG.integers(-6, 6, (3, 9, 5))
    cases.add("GatherElements", 13, [x, by], np.take_along_axis(x[:3], drawn(by, 6), 1), axis=1)
    by = RNG.integers(-8, 8, (2, 3, 2))
    where = drawn(by[..., 0], 4), drawn(by[..., 1], 6)
    cases.add("GatherND", 13, [x, by], x[where])
    by = RNG.integers(-6, 6, (4, 3, 1))
    cases.add("GatherND", 13, [x, by], np.stack([x[i][drawn(by[i, :, 0], 6)] for i in range(4)]),
              batch_dims=1)


def scatters(cases):
    joins = {"none": lambda old, new: new, "add": lambda old, new: old + new,
             "mul": lambda old, new: old * new, "max": max, "min": min}
    for dtype in (np.dtype("float32"), np.dtype("int32"), np.dtype("uint8")):
        for reduction, join in joins.items():
            x = ties(dtype, 5, 4)
            # Indices repeat, are negative, and lie outside.
            by, updates = RNG.integers(-7, 8, (6, 3)), ties(dtype, 6, 3)
            expected = x.copy()
            for (i, j), index in np.ndenumerate(by):
                if -5 <= index < 5:
                    expected[index, j] = join(expected[index, j], updates[i, j])
            cases.add("ScatterElements", 18, [x, by, updates], expected, axis=0,
                      reduction=reduction)
            by, updates = RNG.integers(-6, 7, (3, 2, 1)), ties(dtype, 3, 2, 4)
            expected = x.copy()
            for place in np.ndindex(3, 2):
                index = by[place][0]
                if -5 <= index < 5:
                    expected[index] = [join(a, b) for a, b in zip(expected[index], updates[place])]
            cases.add("ScatterND", 18, [x, by, updates], expected, reduction=reduction)


def numbers(cases):
    x = array(np.dtype("float64"), 3, 7).astype(np.float32)
    low, high = np.float32(-0.75), np.float32(1.25)
    cases.add("Clip", 13, [x, low, high], np.clip(x, low, high))
    cases.add("Clip", 13, [x, None, high], np.minimum(x, high))
    cases.add("Clip", 13, [x, high, low], np.minimum(np.maximum(x, high), low))
    cases.add("Pad", 13, [x, np.array([1, 0, 0, 2]), low],
              np.pad(x, ((1, 0), (0, 2)), constant_values=low), constants=[1])
    by = np.array([[0, -1], [9, 3], [-4, 2]], I64)
    hot = np.full((3, 2, 4), -2.0, np.float32)
    for place, index in np.ndenumerate(by):
        if -4 <= index < 4:
            hot[place][index] = 5
    cases.add("OneHot", 13, [by, np.array(4), np.array([-2, 5], np.float32)], hot, constants=[1])
    cases.add("OneHot", 13, [by, np.array(4), np.array([-2, 5], np.float32)],
              np.moveaxis(hot, 2, 1), constants=[1], axis=1)
    small = (RNG.random((3, 7)) * 1.8 - 0.9).astype(np.float32)
    for op, function, shift in (("Tan", np.tan, 0), ("Asin", np.arcsin, 0), ("Acos", np.arccos, 0),
                                ("Atan", np.arctan, 0), ("Sinh", np.sinh, 0), ("Cosh", np.cosh, 0),
                                ("Asinh", np.arcsinh, 0), ("Acosh", np.arccosh, 2),
                                ("Atanh", np.arctanh, 0)):
        y = small + np.float32(shift)
        cases.add(op, 13, [y], function(y.astype(np.float64)))
    z = array(np.dtype("float64"), 3, 7).astype(np.float32)
    cases.add("Mod", 13, [x, z], np.fmod(x, z), fmod=1)
    for base, exponent in (("int32", "float32"), ("float32", "int64"), ("float32", "uint8"),
                           ("int64", "int32"), ("float16", "float32")):
        b = RNG.integers(1, 6, (3, 7)).astype(base)
        e = RNG.integers(0, 4, (3, 7)).astype(exponent)
        cases.add("Pow", 15, [b, e], (b.astype(np.float64) ** e.astype(np.float64)).astype(base),
                  tolerance=1e-3 if base == "float16" else 0.0)


def all_cases():
    cases = IndexCases()
    for family in (movement, extremes, reductions, gathers, scatters, numbers):
        family(cases)
    return cases.cases
