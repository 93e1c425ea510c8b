"""Writes ONNX nets node by node with random odd parameters, and knows the
shape of every value and what the fold must do with every BN.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import dataclasses
import math

import numpy as np
import onnx
from onnx import helper, numpy_helper


@dataclasses.dataclass(frozen=True)
class Value:
    name: str
    batch: int
    channels: int
    dims: tuple  # spatial

    @property
    def shape(self):
        return (self.batch, self.channels, *self.dims)

    def per_channel(self, lead=0):
        """The shape that broadcasts over channels, after `lead` ones."""
        return (1,) * lead + (self.channels,) + (1,) * len(self.dims)


class NetWriter:
    def __init__(self, rng, opset, prefix):
        self.rng, self.opset, self.prefix = rng, opset, prefix
        self.nodes, self.constants, self.inputs, self.outputs = [], [], [], []
        # BN node name to "folded" or "not folded", where the case decides it.
        self.expected = {}

    # -- pieces ----------------------------------------------------------
    def pick(self, *choices):
        return choices[self.rng.integers(len(choices))]

    def chance(self, probability):
        return self.rng.random() < probability

    def fresh(self, word):
        return f"{self.prefix}/{word}_{len(self.nodes)}_{len(self.constants)}"

    def constant(self, array, word="c"):
        name = self.fresh(word)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def floats(self, shape, scale=1.0, word="w"):
        return self.constant((self.rng.standard_normal(shape) * scale).astype(np.float32), word)

    def node(self, op, inputs, outputs=1, **attributes):
        """Adds a node; returns the name of its first output."""
        name = self.fresh(op)
        results = [name + "_out" * (i == 0) + f"_{i}" * (i > 0) for i in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, results, name=name, **attributes))
        return results[0]

    def same(self, x, op, *more, **attributes):
        """A node whose result has `x`'s shape."""
        return dataclasses.replace(x, name=self.node(op, [x.name, *more], **attributes))

    def input(self, batch, channels, dims):
        x = Value(f"{self.prefix}/x", batch, channels, tuple(dims))
        self.inputs.append(x)
        return x

    # -- windows -----------------------------------------------------------
    def window(self, x, dilated=True, same=True):
        """Random attributes of a sliding window that fits, and the new dims."""
        rank = len(x.dims)
        if same and self.chance(0.2):
            mode = self.pick("SAME_UPPER", "SAME_LOWER", "VALID")
            kernel = [min(self.pick(1, 2, 3), d) for d in x.dims]
            strides = [self.pick(1, 2) for _ in x.dims]
            if mode == "VALID":
                dims = [(d - k) // s + 1 for d, k, s in zip(x.dims, kernel, strides)]
            else:
                dims = [-(-d // s) for d, s in zip(x.dims, strides)]
            return dict(kernel_shape=kernel, strides=strides, auto_pad=mode), tuple(dims)
        kernel, dilations = [], []
        pads = [int(p) for p in self.rng.integers(0, 3, 2 * rank)] if self.chance(0.7) \
            else [0] * (2 * rank)
        strides = [self.pick(1, 1, 2) for _ in x.dims]
        for i, dim in enumerate(x.dims):
            room = dim + pads[i] + pads[i + rank]
            k, d = self.pick(1, 2, 3, 4), self.pick(1, 1, 2) if dilated else 1
            k, d = (k, d) if (k - 1) * d + 1 <= room else (1, 1)
            kernel.append(k)
            dilations.append(d)
        dims = tuple((n + pads[i] + pads[i + rank] - (kernel[i] - 1) * dilations[i] - 1)
                     // strides[i] + 1 for i, n in enumerate(x.dims))
        attributes = dict(kernel_shape=kernel, strides=strides, pads=pads)
        if dilated:
            attributes["dilations"] = dilations
        return attributes, dims

    # -- layers ------------------------------------------------------------
    def weight(self, first, second, kernel):
        fan = second * math.prod(kernel)
        return self.floats((first, second, *kernel), 1.0 / math.sqrt(fan))

    def conv(self, x, attributes=None, dims=None, out=None, groups=None, weight=None):
        """A convolution; random where nothing is given."""
        if attributes is None:
            attributes, dims = self.window(x)
        if groups is None:
            groups = self.pick(1, *[g for g in range(1, x.channels + 1) if x.channels % g == 0])
        out = out or groups * self.pick(1, 2, 3, 5 if groups < 4 else 1)
        weight = weight or self.weight(out, x.channels // groups, attributes["kernel_shape"])
        inputs = [x.name, weight]
        if self.chance(0.5):
            inputs.append(self.floats(out, 0.5, "b"))
        return Value(self.node("Conv", inputs, group=groups, **attributes), x.batch, out, dims)

    def conv_same(self, x, out, **more):
        """A 3-wide convolution that keeps the spatial dimensions."""
        rank = len(x.dims)
        return self.conv(x, dict(kernel_shape=[3] * rank, pads=[1] * (2 * rank)), x.dims, out,
                         **more)

    def conv_transpose(self, x):
        groups = self.pick(1, *[g for g in range(1, x.channels + 1) if x.channels % g == 0])
        each = self.pick(1, 2, 3)
        rank = len(x.dims)
        kernel = [self.pick(1, 2, 3, 4) for _ in x.dims]
        strides = [self.pick(1, 2, 3) for _ in x.dims]
        extra = [self.pick(0, s - 1) for s in strides]
        pads = [self.pick(0, 0, 1) for _ in range(2 * rank)]
        size = lambda i: ((x.dims[i] - 1) * strides[i] + kernel[i] + extra[i]
                          - pads[i] - pads[i + rank])
        if min(map(size, range(rank))) < 1:
            pads = [0] * (2 * rank)
        inputs = [x.name, self.weight(x.channels, each, kernel)]
        if self.chance(0.5):
            inputs.append(self.floats(groups * each, 0.5, "b"))
        name = self.node("ConvTranspose", inputs, group=groups, kernel_shape=kernel,
                         strides=strides, pads=pads, output_padding=extra)
        return Value(name, x.batch, groups * each, tuple(map(size, range(rank))))

    def batch_norm(self, x, expected=None, training=False):
        """Odd statistics: scales of both signs and sometimes zero, variances
        over two decades."""
        c, rng = x.channels, self.rng
        scale = rng.uniform(0.3, 1.5, c) * rng.choice([-1.0, 1.0], c)
        if self.chance(0.15):
            scale[rng.integers(c)] = 0.0
        variance = 10.0 ** rng.uniform(-1.3, 0.5, c)
        tensors = (scale, rng.standard_normal(c) * 0.5, rng.standard_normal(c) * 0.5, variance)
        names = [self.constant(t.astype(np.float32), w)
                 for t, w in zip(tensors, ("scale", "offset", "mean", "var"))]
        attributes = self.pick({}, {"epsilon": 1e-3}, {"epsilon": 2e-5, "momentum": 0.7})
        if training:
            attributes["training_mode"] = 1
        name = self.node("BatchNormalization", [x.name, *names], 3 if training else 1, **attributes)
        if expected:
            self.expected[self.nodes[-1].name] = expected
        return dataclasses.replace(x, name=name)

    def activation(self, x):
        op = self.pick("Relu", "Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "Elu",
                       "Selu", "Softplus", "PRelu", "Clip", *["HardSwish"] * (self.opset >= 14),
                       *["Mish"] * (self.opset >= 18), *["Gelu"] * (self.opset >= 20))
        if op == "PRelu":
            return self.same(x, op, self.floats(x.per_channel(), 0.3))
        if op == "Clip" and self.opset < 11:
            return self.same(x, op, min=-0.4, max=1.3)
        if op == "Clip":
            return self.same(x, op, self.constant(np.float32(-0.4)), self.constant(np.float32(1.3)))
        return self.same(x, op)

    def pool(self, x):
        attributes, dims = self.window(x, dilated=False, same=False)
        rank = len(x.dims)
        # ONNX asks a pooling window to reach beyond its padding.
        attributes["pads"] = [min(p, attributes["kernel_shape"][i % rank] - 1)
                              for i, p in enumerate(attributes["pads"])]
        dims = tuple((n + attributes["pads"][i] + attributes["pads"][i + rank]
                      - attributes["kernel_shape"][i]) // attributes["strides"][i] + 1
                     for i, n in enumerate(x.dims))
        if min(dims) < 1:
            return x
        op = self.pick("MaxPool", "AveragePool")
        if op == "AveragePool":
            attributes["count_include_pad"] = self.pick(0, 1)
        return Value(self.node(op, [x.name], **attributes), x.batch, x.channels, dims)


def model_of(writers, opset):
    """One model of many independent nets."""
    info = lambda v: helper.make_tensor_value_info(v.name, onnx.TensorProto.FLOAT, v.shape)
    graph = helper.make_graph(
        [n for w in writers for n in w.nodes], "random",
        [info(v) for w in writers for v in w.inputs],
        [info(v) for w in writers for v in w.outputs],
        [c for w in writers for c in w.constants])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)],
                              ir_version=8, producer_name="kiln-test")
    onnx.checker.check_model(model, full_check=True)
    return model
