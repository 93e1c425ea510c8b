"""Small nets for the tests of open batches and of several shapes.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Collects nodes; every tensor is f32 unless it is a constant."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.nodes, self.constants = [], []

    def floats(self, *shape):
        return self.constant(self.rng.standard_normal(shape).astype(np.float32))

    def ints(self, *values):
        return self.constant(np.array(values, np.int64))

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def node(self, op, *inputs, **attributes):
        name = f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def norm(self, x, channels):
        rng = self.rng
        parts = (rng.uniform(-1.5, 1.5, channels), rng.normal(0, 0.2, channels),
                 rng.normal(0, 0.2, channels), rng.uniform(0.5, 2, channels))
        return self.node("BatchNormalization", x,
                         *(self.constant(part.astype(np.float32)) for part in parts))

    def save(self, path, inputs, outputs):
        def infos(tensors):
            return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
                    for name, shape in tensors.items()]
        graph = helper.make_graph(self.nodes, "net", infos(inputs), infos(outputs), self.constants)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)],
                                    ir_version=8), path)


def mixed_net(path):
    """Inputs x [N,3,?,?], z [N,5] and w [6,5] without batch: convolution, BN, a
    reshape by Shape, transposes that move the batch, a product of two tensors
    of each image, a softmax; outputs with one row an image, with 6 rows, and
    one that no image has a say in."""
    g = Graph(31)
    y = g.node("Conv", "x", g.floats(6, 3, 3, 3), g.floats(6), strides=[2, 2], pads=[1, 0, 1, 1])
    y = g.node("Relu", g.norm(y, 6))
    size = g.node("Gather", g.node("Shape", "x"), g.ints(0), axis=0)
    rows = g.node("Reshape", y, g.node("Concat", size, g.ints(6, -1), axis=0))
    moved = g.node("Transpose", rows, perm=[1, 0, 2])
    back = g.node("Transpose", g.node("Tanh", moved), perm=[1, 2, 0])
    scores = g.node("MatMul", rows, g.node("Transpose", rows, perm=[0, 2, 1]))
    scores = g.node("Softmax", scores, axis=-1)
    mixed = g.node("MatMul", scores, g.node("Transpose", back, perm=[0, 2, 1]))
    pooled = g.node("ReduceMean", mixed, axes=[2], keepdims=0)
    state = g.node("Add", g.node("MatMul", "z", g.node("Transpose", "w", perm=[1, 0])), pooled)
    six = g.node("Reshape", scores, g.ints(-1, 6))
    shared = g.node("Sigmoid", "w")
    outputs = [g.node("Identity", value) for value in (state, six, shared)]
    g.save(path, {"x": ["N", 3, "H", "W"], "z": ["N", 5], "w": [6, 5]},
           dict(zip(outputs, (["N", 6], ["M", 6], [6, 5]))))
    return outputs


def bad_nets():
    """Nets whose images meet, or which are others at another batch: name to
    (writer, the words that the error must have)."""
    def of(build, output=("N", 4)):
        def write(path):
            g = Graph(5)
            result = build(g)
            g.save(path, {"x": ["N", 4]}, {result: list(output)})
        return write

    def batch(g):
        return g.node("Gather", g.node("Shape", "x"), g.ints(0), axis=0)

    def first_added(g):
        first = g.node("Slice", "x", g.ints(0), g.ints(1), g.ints(0))
        return g.node("Add", "x", first)

    def normalised(g):
        mean = g.node("ReduceMean", "x", axes=[0], keepdims=1)
        return g.node("Sub", "x", mean)

    def numbered(g):
        scalar = g.node("Squeeze", batch(g), g.ints(0))
        zero, one = (g.constant(np.array(value, np.int64)) for value in (0, 1))
        places = g.node("Cast", g.node("Range", zero, scalar, one), to=TensorProto.FLOAT)
        return g.node("Add", "x", g.node("Unsqueeze", places, g.ints(1)))

    def divided(g):
        return g.node("Div", "x", g.node("Cast", batch(g), to=TensorProto.FLOAT))

    def hidden(g):
        is_seven = g.node("Equal", batch(g), g.ints(7))
        factor = g.node("Where", is_seven, g.constant(np.float32([2])),
                        g.constant(np.float32([1])))
        return g.node("Mul", "x", factor)

    def odd(g):
        size = batch(g)
        even = g.node("Mul", g.node("Div", size, g.ints(2)), g.ints(2))
        rest = g.node("Sub", size, even)
        return g.node("Mul", "x", g.node("Cast", rest, to=TensorProto.FLOAT))

    return {
        "the first image added to all": (of(first_added), "slice_0"),
        "normalised over the batch": (of(normalised), "reduces over the batch"),
        "softmax over the batch": (of(lambda g: g.node("Softmax", "x", axis=0)),
                                   "works along the batch"),
        "[N, 4] read as [4, N]": (of(lambda g: g.node("Tanh", g.node("Reshape", "x",
                                  g.ints(4, -1))), (4, "N")), "does not keep images whole"),
        "the first three images": (of(lambda g: g.node("Slice", "x", g.ints(0), g.ints(3),
                                   g.ints(0)), ("M", 4)), "K0302"),
        "each image's place added": (of(numbered), "K0302"),
        "divided by the batch size": (of(divided), "depends on the batch"),
        "another net at a batch of seven": (of(hidden), "K0302"),
        "zeros at an even batch": (of(odd), "no multiple"),
        "a fixed reshape": (of(lambda g: g.node("Reshape", "x", g.ints(1, 4))), "K0302"),
    }
