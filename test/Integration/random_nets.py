"""Random nets of conv and BN: each block is a case in which a fold can go wrong.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses

import numpy as np

from net_writer import NetWriter, Value

MUST = "folded"
NEVER = "not folded"


def conv_bn(w, x):
    return w.batch_norm(w.conv(x), MUST)


def depthwise_bn(w, x):
    attributes, dims = w.window(x)
    y = w.conv(x, attributes, dims, groups=x.channels, out=x.channels * w.pick(1, 2, 3))
    return w.batch_norm(y, MUST)


def conv_transpose_bn(w, x):
    return w.batch_norm(w.conv_transpose(x), MUST)


def conv_bn_bn(w, x):
    return w.batch_norm(w.batch_norm(w.conv(x), MUST), MUST)


def conv_identity_bn(w, x):
    y = w.same(w.conv(x), w.pick("Identity", "Dropout"))
    return w.batch_norm(y, MUST)


def conv_scale_shift_bn(w, x):
    y = w.conv(x)
    y = w.same(y, w.pick("Mul", "Div"),
               w.constant(w.rng.uniform(0.5, 2, y.per_channel()).astype(np.float32)))
    y = w.same(y, w.pick("Add", "Sub"), w.floats(y.per_channel(lead=1)))
    return w.batch_norm(y, MUST)


def bn_conv_unpadded(w, x):
    kernel = [min(d, w.pick(1, 2, 3)) for d in x.dims]
    dims = tuple(d - k + 1 for d, k in zip(x.dims, kernel))
    return w.conv(w.batch_norm(w.activation(x), MUST), dict(kernel_shape=kernel), dims)


def bn_conv_padded(w, x):
    return w.conv_same(w.batch_norm(w.activation(x)), w.pick(1, 3, 5, 6), groups=1)


def activation_bn(w, x):
    return w.batch_norm(w.activation(w.conv(x)))


def pool_bn(w, x):
    return w.batch_norm(w.pool(x))


def conv_pool_bn(w, x):
    return w.batch_norm(w.pool(w.conv(x)))


def residual(w, x):
    y = w.batch_norm(w.conv_same(x, x.channels), MUST)
    return w.same(x, "Add", y.name)


def add_of_convs_bn(w, x):
    out = w.pick(1, 4, 7)
    y = w.same(w.conv_same(x, out, groups=1), "Add", w.conv_same(x, out, groups=1).name)
    return w.batch_norm(y)


def concat_bn(w, x):
    a, b = w.conv_same(x, 3, groups=1), w.conv_same(x, 4, groups=1)
    if w.chance(0.5):
        a = w.activation(a)
    y = Value(w.node("Concat", [a.name, b.name], axis=1), x.batch, 7, x.dims)
    return w.batch_norm(y)


def shared_weight(w, x):
    """One weight, two convolutions, one of them with a BN."""
    out = w.pick(2, 5)
    weight = w.weight(out, x.channels, [3] * len(x.dims))
    a = w.batch_norm(w.conv_same(x, out, groups=1, weight=weight), MUST)
    b = w.conv_same(x, out, groups=1, weight=weight)
    return w.same(a, "Add", w.same(b, "Tanh").name)


def result_used_twice(w, x):
    y = w.conv(x)
    return w.same(w.batch_norm(y, NEVER), "Mul", w.same(y, "Sigmoid").name)


def ambiguous_mul_bn(w, x):
    """A per-column factor as long as there are channels: not per channel."""
    y = w.conv_same(x, x.dims[-1], groups=1)
    return w.batch_norm(w.same(y, "Mul", w.floats(x.dims[-1])))


def training_bn(w, x):
    return w.batch_norm(w.conv(x), NEVER, training=True)


def linear_bn(w, x):
    """The end of a net: flatten, linear, BN over [N, C]."""
    if w.chance(0.4):
        x = dataclasses.replace(x, name=w.node("GlobalAveragePool", [x.name]),
                                dims=(1,) * len(x.dims))
    elif w.chance(0.5):
        x = w.batch_norm(w.activation(x))
    flat = w.node("Flatten", [x.name], axis=1)
    count, out = x.channels * int(np.prod(x.dims)), w.pick(3, 5, 8)
    if w.chance(0.5):
        turned = w.pick(0, 1)
        weight = w.floats((out, count) if turned else (count, out), count ** -0.5)
        y = w.node("Gemm", [flat, weight, w.floats(out, 0.5)], transB=turned)
    else:
        y = w.node("MatMul", [flat, w.floats((count, out), count ** -0.5)])
        y = w.node("Add", [y, w.floats(out, 0.5)]) if w.chance(0.5) else y
    return w.batch_norm(Value(y, x.batch, out, ()), MUST)


BLOCKS = (conv_bn, conv_bn, conv_bn, depthwise_bn, conv_transpose_bn, conv_bn_bn,
          conv_identity_bn, conv_scale_shift_bn, bn_conv_unpadded, bn_conv_padded,
          activation_bn, pool_bn, conv_pool_bn, residual, add_of_convs_bn, concat_bn,
          shared_weight, result_used_twice, ambiguous_mul_bn)
LARGEST = 4000  # elements of a value, so that transposed convolutions stay small


def random_net(seed, opset, prefix):
    """A net of three to five blocks, decided by `seed` alone."""
    w = NetWriter(np.random.default_rng(seed), opset, prefix)
    rank = w.pick(1, 2, 2, 2, 2, 3)
    longest = {1: 17, 2: 11, 3: 6}[rank]
    x = w.input(w.pick(1, 2, 3), w.pick(1, 2, 3, 4, 6), w.rng.integers(4, longest + 1, rank).tolist())
    blocks = BLOCKS + (training_bn,) * (opset >= 14)
    for _ in range(w.pick(3, 4, 5)):
        block = w.pick(*blocks)
        if block is conv_transpose_bn and np.prod(x.shape) > LARGEST / 9:
            block = conv_bn
        x = block(w, x)
        if w.chance(0.6):
            x = w.activation(x)
    if w.chance(0.4):
        x = linear_bn(w, x)
    w.outputs.append(x)
    return w
