"""Cases for operators.py: operands, attributes, and what numpy makes of them.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses
import itertools
import math

import numpy as np

RNG = np.random.default_rng(20)
F32 = np.float32


@dataclasses.dataclass
class Case:
    name: str
    op: str
    opset: int
    operands: list  # (array or None, whether it is a constant of the file)
    attributes: dict
    expected: list  # arrays; None where the output is not asked for
    tolerance: float = 0.0


class Cases:
    def __init__(self):
        self.cases = []

    def add(self, op, opset, operands, expected, constants=(), tolerance=0.0, **attributes):
        """`constants` holds the indices of operands that are constants."""
        if not isinstance(expected, (list, tuple)):
            expected = [expected]
        name = f"{op.lower()}_{opset}_{len(self.cases)}"
        like = next((x.dtype for x in operands if x is not None and x.dtype == F32), F32)
        expected = [None if y is None else np.asarray(y, like if np.asarray(y).dtype == float
                                                      else None) for y in expected]
        self.cases.append(Case(name, op, opset,
                               [(x, i in constants) for i, x in enumerate(operands)],
                               attributes, expected, tolerance))


def floats(*shape, scale=1.0, shift=0.0):
    return (RNG.standard_normal(shape) * scale + shift).astype(F32)


def wide(x):
    return x.astype(np.float64)


# -- normalisations ----------------------------------------------------------
def standard(x, axes, epsilon):
    x = wide(x)
    mean = x.mean(axes, keepdims=True)
    deviation = np.sqrt(x.var(axes, keepdims=True) + F32(epsilon))
    return (x - mean) / deviation, mean, 1 / deviation


def column(v, rank):
    """Values per channel, as they broadcast."""
    return wide(v).reshape((-1,) + (1,) * (rank - 2))


def normalisations(cases):
    x = floats(3, 4, 5, 7, shift=2.0)
    for axis in (1, 2, -1):
        axes = tuple(range(axis % 4, 4))
        scale, bias = floats(*x.shape[axis % 4:]), floats(*x.shape[axis % 4:])
        y, mean, inverse = standard(x, axes, 0.01)
        cases.add("LayerNormalization", 17, [x, scale, bias],
                  [y * scale + bias, mean, inverse], (1, 2), axis=axis, epsilon=0.01)
        square = (wide(x) ** 2).mean(axes, keepdims=True)
        cases.add("RMSNormalization", 23, [x, scale], wide(x) / np.sqrt(square + F32(0.01)) * scale,
                  axis=axis, epsilon=0.01)
    far = floats(5, 33, scale=0.1, shift=300.0)  # the mean takes the digits of the rest
    scale = floats(33)
    y, _, inverse = standard(far, (1,), 1e-5)
    # A mean of 300 is known to 300 / 2^24 in f32, which is 2e-4 deviations.
    cases.add("LayerNormalization", 17, [far, scale], [y * scale, None, inverse], (1,), 4e-4)
    for opset, count in ((18, 2), (21, 6)):
        x = floats(2, 6, 5, 3, shift=-1.0)
        scale, bias = floats(count), floats(count)
        y = standard(x.reshape(2, 2, -1), (2,), 1e-5)[0].reshape(x.shape)
        spread = (lambda v: column(np.repeat(v, 6 // count), 4))
        cases.add("GroupNormalization", opset, [x, scale, bias],
                  y * spread(scale) + spread(bias), num_groups=2)
    for x in (floats(3, 5, 7), floats(1, 2, 3, 4, 5)):
        scale, bias = floats(x.shape[1]), floats(x.shape[1])
        y = standard(x, tuple(range(2, x.ndim)), 0.1)[0]
        cases.add("InstanceNormalization", 6, [x, scale, bias],
                  y * column(scale, x.ndim) + column(bias, x.ndim), (1,), epsilon=0.1)
    values = floats(7, scale=3.0)  # one channel
    one = [np.array([v], F32) for v in (-1.5, 0.25, 2.0, 0.5)]
    cases.add("BatchNormalization", 9, [values, *one],
              (wide(values) - 2) / np.sqrt(0.5 + F32(0.1)) * -1.5 + 0.25, (1, 2, 3, 4), epsilon=0.1)
    cases.add("BatchNormalization", 15, [values, *one],
              [standard(values, (0,), 0.1)[0] * -1.5 + 0.25,
               F32(0.9) * 2 + (1 - F32(0.9)) * wide(values).mean(keepdims=True),
               F32(0.9) * 0.5 + (1 - F32(0.9)) * wide(values).var(keepdims=True)],
              (1, 2, 3, 4), epsilon=0.1, momentum=0.9, training_mode=1)
    x = floats(3, 4, 5, 7)
    for axes in ((0, 2, 3), (1, 3)):
        centred = wide(x) - wide(x).mean(axes, keepdims=True)
        cases.add("MeanVarianceNormalization", 13, [x],
                  centred / (np.sqrt((centred ** 2).mean(axes, keepdims=True)) + 1e-9),
                  axes=[a - 4 if a == 3 else a for a in axes])
    x = x.copy()
    x[1, :, 2, 3] = 0
    for p in (1, 2):
        norm = np.linalg.norm(wide(x), p, axis=1, keepdims=True)
        cases.add("LpNormalization", 22, [x], np.where(norm == 0, 0, x / np.where(norm == 0, 1, norm)),
                  p=p, axis=1)
    for size in (1, 4, 5):
        squares = np.pad(wide(x) ** 2, ((0, 0), ((size - 1) // 2, size // 2), (0, 0), (0, 0)))
        total = sum(squares[:, i:i + 4] for i in range(size))
        cases.add("LRN", 13, [x], x / (1.5 + F32(0.2) / size * total) ** 0.75, size=size,
                  alpha=0.2, bias=1.5)


# -- activations ---------------------------------------------------------------
def softmax(x, axes):
    e = np.exp(wide(x) - wide(x).max(axes, keepdims=True))
    return e / e.sum(axes, keepdims=True)


def hardmax(x):
    """Of the rows of a matrix."""
    return np.eye(x.shape[1])[x.argmax(1)]


def activations(cases):
    x = floats(3, 4, 5, scale=3.0)
    w = wide(x)
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    erf = np.vectorize(math.erf)
    softplus = lambda v: np.log1p(np.exp(-np.abs(v))) + np.maximum(v, 0)
    cases.add("Gelu", 20, [x], w * (1 + erf(w / math.sqrt(2))) / 2)
    cases.add("Gelu", 20, [x], w / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (w + 0.044715 * w ** 3))),
              approximate="tanh")
    cases.add("Mish", 18, [x], w * np.tanh(softplus(w)))
    cases.add("HardSwish", 14, [x], w * np.clip(w / 6 + 0.5, 0, 1))
    cases.add("Swish", 24, [x], w * sigmoid(F32(1.702) * w), alpha=1.702)
    cases.add("HardSigmoid", 6, [x], np.clip(F32(0.3) * w + F32(0.4), 0, 1), alpha=0.3, beta=0.4)
    cases.add("Shrink", 9, [x], np.where(w > 0.75, w - 1.5, np.where(w < -0.75, w + 1.5, 0)),
              lambd=0.75, bias=1.5)
    cases.add("ThresholdedRelu", 10, [x], np.where(w > 0.5, w, 0), alpha=0.5)
    cases.add("Celu", 12, [x], np.maximum(w, 0) + np.minimum(0, 1.5 * np.expm1(w / 1.5)), alpha=1.5)
    cases.add("Softplus", 1, [x * F32(30)], softplus(wide(x * F32(30))))
    cases.add("Softsign", 1, [x], w / (1 + np.abs(w)))
    for shape in ((5,), (4, 1), (1,), (3, 4, 5), (1, 1, 5)):
        slope = floats(*shape)
        cases.add("PRelu", 16, [x, slope], np.where(w < 0, w * slope, w), (1,))
    x = floats(2, 3, 4, 5, scale=20.0)
    x[0, :, 1, 2] = x[0, 0, 0, 0] = 99  # largest more than once
    for axis in (0, 1, 2, -1):
        moved = np.moveaxis(x, axis, -1)
        hard = np.moveaxis(hardmax(moved.reshape(-1, moved.shape[-1])).reshape(moved.shape), -1, axis)
        flat = x.reshape(math.prod(x.shape[:axis % 4]), -1)
        for opset, soft, result in ((13, softmax(x, axis), hard),
                                    (11, softmax(flat, 1).reshape(x.shape),
                                     hardmax(flat).reshape(x.shape))):
            cases.add("Softmax", opset, [x], soft, axis=axis)
            cases.add("Hardmax", opset, [x], result, axis=axis)
            axes = axis if opset == 13 else tuple(range(axis % 4, 4))
            peak = wide(x) - wide(x).max(axes, keepdims=True)
            cases.add("LogSoftmax", opset, [x],
                      peak - np.log(np.exp(peak).sum(axes, keepdims=True)), axis=axis)


# -- reductions ----------------------------------------------------------------
def log_sum_exp(x, axes, keepdims):
    peak = x.max(axes, keepdims=True)
    result = np.log(np.exp(x - peak).sum(axes, keepdims=True)) + peak
    return result if keepdims else result.reshape(x.sum(axes).shape)


REDUCTIONS = {
    "ReduceL1": lambda x, a, k: np.abs(x).sum(a, keepdims=k),
    "ReduceL2": lambda x, a, k: np.sqrt((x ** 2).sum(a, keepdims=k)),
    "ReduceLogSum": lambda x, a, k: np.log(x.sum(a, keepdims=k)),
    "ReduceLogSumExp": log_sum_exp,
    "ReduceMax": lambda x, a, k: x.max(a, keepdims=k),
    "ReduceMean": lambda x, a, k: x.mean(a, keepdims=k),
    "ReduceMin": lambda x, a, k: x.min(a, keepdims=k),
    "ReduceProd": lambda x, a, k: x.prod(a, keepdims=k),
    "ReduceSum": lambda x, a, k: x.sum(a, keepdims=k),
    "ReduceSumSquare": lambda x, a, k: (x ** 2).sum(a, keepdims=k),
}


def reductions(cases):
    for op, reference in REDUCTIONS.items():
        x = np.abs(floats(3, 4, 5, 7)) + F32(0.5)
        if op not in ("ReduceLogSum", "ReduceProd"):
            x -= F32(1)
        for axes, keeps in itertools.product(((0,), (1, 3), (-1,), (0, 1, 2, 3)), (0, 1)):
            expected = np.asarray(reference(wide(x), axes, bool(keeps)))
            cases.add(op, 11, [x], expected, axes=list(axes), keepdims=keeps)
            cases.add(op, 18, [x, np.array(axes)], expected, (1,), keepdims=keeps)
        cases.add(op, 13, [x], np.asarray(reference(wide(x), (0, 1, 2, 3), True)))
        cases.add(op, 18, [x, np.array([], np.int64)], reference(wide(x), (), True), (1,),
                  noop_with_empty_axes=1)
    big = floats(3, 5, scale=10.0) + np.array([[1000], [-1000], [0]], F32)
    big[2] = -np.inf
    expected = log_sum_exp(wide(big[:2]), 1, False)
    cases.add("ReduceLogSumExp", 18, [big, np.array([1])], np.append(expected, -np.inf), (1,),
              keepdims=0)
    empty = np.zeros((2, 0, 3), F32)
    for op, value in (("ReduceSum", 0.0), ("ReduceProd", 1.0), ("ReduceMax", -np.inf),
                      ("ReduceMin", np.inf), ("ReduceLogSumExp", -np.inf)):
        cases.add(op, 18, [empty, np.array([1])], np.full((2, 1, 3), value), (1,))


def cumulative_sums(cases):
    for shape, axis in (((7,), 0), ((3, 13, 2), 1), ((4, 1), -1), ((2, 8), 1)):
        x = floats(*shape)
        for exclusive, reverse in itertools.product((0, 1), (0, 1)):
            y = np.flip(wide(x), axis) if reverse else wide(x)
            y = y.cumsum(axis) - (y if exclusive else 0)
            cases.add("CumSum", 14, [x, np.array(axis)], np.flip(y, axis) if reverse else y, (1,),
                      exclusive=exclusive, reverse=reverse)


# -- products --------------------------------------------------------------------
EQUATIONS = [
    ("ij,jk->ik", (3, 5), (5, 7)), ("ij,kj", (3, 5), (7, 5)), ("bij,bjk->bki", (2, 3, 5), (2, 5, 7)),
    ("i,i->", (7,), (7,)), ("i,j->ji", (3,), (5,)), ("ii->i", (5, 5)), ("...ii->...", (2, 5, 5)),
    ("ijk->kj", (2, 3, 5)), ("ijk->", (2, 3, 5)), ("zya", (2, 3, 5)), ("ij,ij->ij", (3, 5), (3, 5)),
    ("...ij,...jk->...ik", (2, 1, 3, 5), (4, 5, 2)), ("nchw,oc->nohw", (2, 3, 4, 5), (7, 3)),
    ("bhqd,bhkd->bhqk", (2, 3, 5, 4), (2, 3, 7, 4)), ("ij,jk,kl->il", (2, 3), (3, 5), (5, 4)),
    ("a b, b -> a", (3, 5), (5,)), ("ijk,jil->kl", (2, 3, 5), (3, 2, 7)), ("ab,cd->bc", (2, 3), (5, 7)),
    ("iij,jk->ik", (3, 3, 5), (5, 2)), ("i...->...", (2, 3, 5)), ("ij,jk->ik", (3, 1), (5, 7)),
]
MATMULS = [((5,), (5,)), ((5,), (5, 3)), ((2, 5), (5,)), ((2, 1, 3, 5), (4, 5, 2)),
           ((7, 2, 3, 5), (5, 2)), ((5,), (4, 5, 2)), ((4, 2, 5), (5,)), ((1, 5), (5, 1)),
           ((3, 4, 5), (3, 5, 2))]


def products(cases):
    for equation, *shapes in EQUATIONS:
        operands = [floats(*shape) for shape in shapes]
        if shapes == [(3, 1), (5, 7)]:  # a dimension of 1 is broadcast
            expected = np.einsum(equation, np.repeat(wide(operands[0]), 5, 1), wide(operands[1]))
        else:
            expected = np.einsum(equation, *map(wide, operands))
        cases.add("Einsum", 12, operands, np.asarray(expected), equation=equation)
    for left, right in MATMULS:
        a, b = floats(*left), floats(*right)
        for constants in ((), (1,), (0,)):
            cases.add("MatMul", 13, [a, b], np.asarray(wide(a) @ wide(b)), constants)
    for trans_a, trans_b in itertools.product((0, 1), (0, 1)):
        a = floats(*((5, 3) if trans_a else (3, 5)))
        b = floats(*((7, 5) if trans_b else (5, 7)))
        product = F32(0.7) * ((a.T if trans_a else a).astype(float) @ (b.T if trans_b else b))
        for shape in ((), (1,), (7,), (1, 7), (3, 1), (3, 7)):
            c = floats(*shape)
            for constants in ((), (1, 2)):
                cases.add("Gemm", 13, [a, b, c], product + F32(-1.3) * wide(c), constants,
                          alpha=0.7, beta=-1.3, transA=trans_a, transB=trans_b)
        cases.add("Gemm", 11, [a, b], product, alpha=0.7, transA=trans_a, transB=trans_b)
        c = floats(7)
        cases.add("Gemm", 6, [a, b, c], product + wide(c), (1,), alpha=0.7, transA=trans_a,
                  transB=trans_b, broadcast=1)


# -- places ------------------------------------------------------------------------
def places(cases):
    x = floats(2, 5, 7)
    x[0, 0, 3], x[1, 4, 0], x[0, 1, 1] = np.nan, np.inf, -np.inf
    for k in (-9, -2, 0, 3, 9):
        for upper in (0, 1):
            triangle = np.triu if upper else np.tril
            cases.add("Trilu", 14, [x, np.array(k)], triangle(wide(x), k), (1,), upper=upper)
    cases.add("EyeLike", 9, [floats(3, 5)], np.eye(3, 5, -1), k=-1)
    cases.add("IsNaN", 13, [x], np.isnan(x))
    cases.add("IsInf", 10, [x], np.isinf(x))
    cases.add("IsInf", 10, [x], x == -np.inf, detect_positive=0)
    other = floats(5, 1)
    cases.add("Where", 16, [x > 0, x, other], np.where(x > 0, wide(x), wide(other)))
    halves = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, -0.2], F32)
    cases.add("Round", 11, [halves], np.rint(halves))
    cases.add("Sign", 13, [x[:, 1:4, 1:]], np.sign(x[:, 1:4, 1:]))
    x = floats(3, 7, 2)
    cases.add("Reciprocal", 13, [x], 1 / wide(x))
    cases.add("Split", 18, [x], [x[:, :3], x[:, 3:6], x[:, 6:]], axis=1, num_outputs=3)
    cases.add("Split", 13, [x, np.array([2, 0, 5])], [x[:, :2], x[:, 2:2], x[:, 2:]], (1,), axis=-2)
    cases.add("Squeeze", 13, [x[:1], np.array([-3])], x[0], (1,))
    cases.add("Unsqueeze", 13, [x, np.array([-1, 0])], x[None, ..., None], (1,))


def all_cases():
    cases = Cases()
    for family in (normalisations, activations, reductions, cumulative_sums, products, places):
        family(cases)
    return cases.cases
