"""An ONNX net as a torch module: what PyTorch compiles, and, in f64, the
reference that every contender's outputs are held against.

Takes what clean.simplify writes: shapes are static, shape arithmetic is gone.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


def integers(value):
    """A constant list of integers: an operator's shape, axes, starts."""
    return [int(v) for v in np.atleast_1d(value)]


def padded(x, pads, fill=0.0):
    """x with the padding that a torch window cannot state, and what it can."""
    half = len(pads) // 2
    begin, end = pads[:half], pads[half:]
    if begin == end:
        return x, begin
    pairs = [size for pair in reversed(list(zip(begin, end))) for size in pair]
    return F.pad(x, pairs, value=fill), [0] * half


def conv(a, x, w, b=None):
    x, padding = padded(x, a.get("pads", [0, 0, 0, 0]))
    return F.conv2d(x, w, b, a.get("strides", 1), padding, a.get("dilations", 1),
                    a.get("group", 1))


def conv_transpose(a, x, w, b=None):
    pads = a.get("pads", [0, 0, 0, 0])
    if pads[:2] != pads[2:] or "output_shape" in a:
        raise NotImplementedError("ConvTranspose with such padding")
    return F.conv_transpose2d(x, w, b, a.get("strides", 1), pads[:2],
                              a.get("output_padding", 0), a.get("group", 1),
                              a.get("dilations", 1))


def batch_norm(a, x, scale, bias, mean, var):
    return F.batch_norm(x, mean, var, scale, bias, False, 0.0, a.get("epsilon", 1e-5))


def max_pool(a, x):
    x, padding = padded(x, a.get("pads", [0, 0, 0, 0]), float("-inf"))
    return F.max_pool2d(x, a["kernel_shape"], a.get("strides", 1), padding,
                        a.get("dilations", 1), bool(a.get("ceil_mode", 0)))


def average_pool(a, x):
    pads = a.get("pads", [0, 0, 0, 0])
    if pads[:2] != pads[2:]:
        raise NotImplementedError("AveragePool with uneven padding")
    return F.avg_pool2d(x, a["kernel_shape"], a.get("strides", 1), pads[:2],
                        bool(a.get("ceil_mode", 0)), bool(a.get("count_include_pad", 0)))


def clip(a, x, low=None, high=None):
    low = a.get("min") if low is None else float(low)
    high = a.get("max") if high is None else float(high)
    if low == 0 and high is None:
        return F.relu(x)
    return F.relu6(x) if (low, high) == (0, 6) else torch.clamp(x, low, high)


def hard_sigmoid(a, x):
    return torch.clamp(a.get("alpha", 0.2) * x + a.get("beta", 0.5), 0.0, 1.0)


def gemm(a, x, w, b=None):
    x = x.t() if a.get("transA") else x
    w = w if a.get("transB") else w.t()
    if a.get("alpha", 1.0) != 1.0 or a.get("beta", 1.0) != 1.0:
        raise NotImplementedError("Gemm with factors")
    return F.linear(x, w, b)


def reshape(a, x, shape):
    return x.reshape([x.shape[i] if size == 0 else size
                      for i, size in enumerate(integers(shape))])


def resize(a, x, *rest):
    scales = [float(s) for s in rest[1]] if len(rest) > 1 and np.size(rest[1]) else None
    sizes = integers(rest[2])[2:] if scales is None else None
    if a.get("mode") != "nearest" or (scales and any(s != int(s) for s in scales)):
        raise NotImplementedError("Resize but by repeating whole pixels")
    sizes = sizes or [int(n * s) for n, s in zip(x.shape[2:], scales[2:])]
    return F.interpolate(x, size=sizes, mode="nearest")


def slice_(a, x, starts, ends, axes=None, steps=None):
    starts, ends = integers(starts), integers(ends)
    axes = integers(axes) if axes is not None else range(len(starts))
    steps = integers(steps) if steps is not None else [1] * len(starts)
    index = [slice(None)] * x.dim()
    for axis, *span in zip(axes, starts, ends, steps):
        index[axis] = slice(*span)
    return x[tuple(index)]


def softmax(a, x):
    if a["opset"] >= 13:
        return torch.softmax(x, a.get("axis", -1))
    axis = a.get("axis", 1) % x.dim()  # over all dimensions from the axis on
    return torch.softmax(x.flatten(axis), axis).reshape(x.shape)


def squeeze(a, x, axes=None):
    axes = a.get("axes") if axes is None else integers(axes)
    return x.squeeze(tuple(axes))


OPERATORS = {
    "Add": lambda a, x, y: x + y, "Sub": lambda a, x, y: x - y,
    "Mul": lambda a, x, y: x * y, "Div": lambda a, x, y: x / y,
    "Pow": lambda a, x, y: x ** y, "Sqrt": lambda a, x: x.sqrt(),
    "Relu": lambda a, x: F.relu(x), "Sigmoid": lambda a, x: x.sigmoid(),
    "MatMul": lambda a, x, y: x @ y, "Clip": clip, "HardSigmoid": hard_sigmoid,
    "Conv": conv, "ConvTranspose": conv_transpose, "BatchNormalization": batch_norm,
    "MaxPool": max_pool, "AveragePool": average_pool,
    "GlobalAveragePool": lambda a, x: F.adaptive_avg_pool2d(x, 1), "Gemm": gemm,
    "Concat": lambda a, *xs: torch.cat(xs, a["axis"]),
    "Flatten": lambda a, x: x.flatten(a.get("axis", 1)),
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "ReduceMean": lambda a, x: x.mean(a["axes"], bool(a.get("keepdims", 1))),
    "Reshape": reshape, "Resize": resize, "Slice": slice_, "Softmax": softmax,
    "Squeeze": squeeze,
}


class OnnxModule(torch.nn.Module):
    """Runs the nodes in order. Weights are parameters; what an operator needs as
    numbers at build time (shapes, limits, scales) stays a numpy array."""

    NUMBERS = {"Reshape": (1,), "Slice": (1, 2, 3, 4), "Clip": (1, 2), "Resize": (1, 2, 3),
               "Squeeze": (1,)}

    def __init__(self, path):
        super().__init__()
        graph = onnx.load(str(path))
        opset = next(d.version for d in graph.opset_import if d.domain in ("", "ai.onnx"))
        graph = graph.graph
        constants = {w.name: numpy_helper.to_array(w) for w in graph.initializer}
        self.places = {}
        self.steps = []
        for node in graph.node:
            if node.op_type not in OPERATORS:
                raise NotImplementedError(node.op_type)
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            attributes = {k: v.decode() if isinstance(v, bytes) else v
                          for k, v in attributes.items()} | {"opset": opset}
            numbers = self.NUMBERS.get(node.op_type, ())
            arguments = [self.argument(name, constants, i in numbers)
                         for i, name in enumerate(node.input)]
            self.steps.append((OPERATORS[node.op_type], attributes, arguments,
                               node.output[0]))
        self.inputs = [value.name for value in graph.input]
        self.outputs = [value.name for value in graph.output]
        last = {}
        for i, (_, _, arguments, _) in enumerate(self.steps):
            last.update({name: i for kind, name in arguments if kind == "value"})
        self.dead = [[n for n, at in last.items() if at == i and n not in self.outputs]
                     for i in range(len(self.steps))]

    def argument(self, name, constants, number):
        if not name:
            return "number", None
        if name not in constants:
            return "value", name
        if number:
            return "number", constants[name]
        if name not in self.places:
            self.places[name] = f"weight{len(self.places)}"
            value = torch.from_numpy(np.array(constants[name]))
            self.register_parameter(self.places[name],
                                    torch.nn.Parameter(value, requires_grad=False))
        return "weight", self.places[name]

    def forward(self, *inputs):
        values = dict(zip(self.inputs, inputs))
        for i, (operator, attributes, arguments, output) in enumerate(self.steps):
            given = [values[what] if kind == "value" else
                     getattr(self, what) if kind == "weight" else what
                     for kind, what in arguments]
            values[output] = operator(attributes, *given)
            for name in self.dead[i]:
                del values[name]
        outputs = tuple(values[name] for name in self.outputs)
        return outputs[0] if len(outputs) == 1 else outputs
