#!/usr/bin/env python3
"""Every form in which a batch normalisation is not right behind a convolution:
what foldable.py says of the file, what kiln's ledger says, and what comes out.
Among them blocks of DenseNet-121's shape, whose fused ones may cost no pass.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import support
from support import np, onnx

from foldable import compare, count
from memory_passes import extra_passes

TOLERANCE = 1e-5  # of the output's largest magnitude


class Form:
    """A graph of one input, with random parameters: scales of both signs,
    sizes all different."""

    def __init__(self, shape, seed):
        self.rng = np.random.default_rng(seed)
        self.shape, self.nodes, self.constants = shape, [], []

    def constant(self, value):
        name = f"c{len(self.constants)}"
        self.constants.append(onnx.numpy_helper.from_array(np.asarray(value), name))
        return name

    def random(self, *shape):
        return self.constant(self.rng.uniform(-1, 1, shape).astype(np.float32))

    def node(self, op, *inputs, **attributes):
        name = f"n{len(self.nodes)}"
        self.nodes.append(onnx.helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def conv(self, x, outputs, inputs, size=1, **attributes):
        return self.node("Conv", x, self.random(outputs, inputs, size, size),
                         self.random(outputs), **attributes)

    def bn(self, x, channels, positive=False):
        scale = self.rng.uniform(0.4, 1.6, channels)
        if not positive:
            scale[1::3] *= -1
        vectors = [scale, self.rng.uniform(-1, 1, channels), self.rng.uniform(-1, 1, channels),
                   self.rng.uniform(0.3, 2, channels)]
        return self.node("BatchNormalization", x,
                         *(self.constant(v.astype(np.float32)) for v in vectors))

    def save(self, path, outputs):
        info = onnx.helper.make_tensor_value_info
        graph = onnx.helper.make_graph(
            self.nodes, "form", [info("x", onnx.TensorProto.FLOAT, self.shape)],
            [info(name, onnx.TensorProto.FLOAT, None) for name in outputs], self.constants)
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)])
        model.ir_version = 8
        onnx.save(onnx.shape_inference.infer_shapes(model), path)


def after_relu(f):
    # Not itself the output, or there would be nothing to compare it with.
    return f.node("Sigmoid", f.bn(f.node("Relu", f.conv("x", 5, 3, 3)), 5))


def after_relu_before_padded(f):
    return f.conv(f.bn(f.node("Relu", f.conv("x", 5, 3)), 5), 4, 5, 3, pads=[1, 1, 1, 0])


def after_concat(f):
    return f.bn(f.node("Concat", f.conv("x", 5, 3), f.conv("x", 2, 3), axis=1), 7)


def after_add(f):
    return f.bn(f.node("Add", f.conv("x", 5, 3), f.conv("x", 5, 3)), 5)


def after_add_of_input(f):
    return f.node("Relu", f.bn(f.node("Add", f.node("Tanh", "x"), "x"), 3))


def after_resize(f):
    scales = f.constant(np.array([1, 1, 2, 2], np.float32))
    return f.bn(f.node("Resize", f.conv("x", 5, 3), "", scales, mode="nearest"), 5)


def after_pools(f):
    y = f.node("MaxPool", f.conv("x", 5, 3), kernel_shape=[2, 2])
    y = f.bn(y, 5, positive=True)
    return f.bn(f.node("GlobalAveragePool", f.conv(y, 4, 5)), 4)


def two_in_a_row(f):
    return f.bn(f.bn(f.conv("x", 5, 3, 2), 5), 5)


def after_linear(f):
    y = f.node("Flatten", f.bn(f.node("Relu", "x"), 3))
    return f.bn(f.node("Gemm", y, f.random(6, 3 * 7 * 8), transB=1), 6)


def before_pooling(f):
    """The end of DenseNet."""
    y = f.node("Relu", f.bn(f.node("Concat", "x", f.conv("x", 2, 3), axis=1), 5))
    return f.node("Flatten", f.node("GlobalAveragePool", y))


def before_padded_pooling(f):
    y = f.node("Relu", f.bn("x", 3))
    return f.node("MaxPool", y, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2])


def before_transposed(f):
    y = f.node("Relu", f.bn(f.node("Concat", "x", f.conv("x", 2, 3), axis=1), 5))
    return f.node("ConvTranspose", y, f.random(5, 4, 3, 2), strides=[2, 2])


def alone(f):
    return f.bn("x", 3)


def dense_blocks(f):
    """Two blocks of two layers each, a transition between them, and the end."""
    growth, channels, y = 4, 3, "x"
    for block in range(2):
        for _ in range(2):
            z = f.node("Relu", f.bn(y, channels))
            z = f.node("Relu", f.bn(f.conv(z, 11, channels), 11))
            z = f.conv(z, growth, 11, 3, pads=[1, 1, 1, 1])
            y = f.node("Concat", y, z, axis=1)
            channels += growth
        if block == 0:
            y = f.conv(f.node("Relu", f.bn(y, channels)), 7, channels)
            y = f.node("AveragePool", y, kernel_shape=[2, 2], strides=[2, 2])
            channels = 7
    y = f.node("Relu", f.bn(y, channels))
    return f.node("GlobalAveragePool", y)


# The verdicts in the order of the nodes, as the folding rules give them.
FORMS = [(after_relu, "fuse"), (after_relu_before_padded, "fold"), (after_concat, "fold"),
         (after_add, "fold"), (after_add_of_input, "fuse"), (after_resize, "fold"),
         (after_pools, "fold fold"), (two_in_a_row, "fold fold"), (after_linear, "fold fold"),
         (before_pooling, "fuse"), (before_padded_pooling, "fuse"), (before_transposed, "fuse"),
         (alone, "keep"),
         (dense_blocks, "fuse fold fuse fold fuse fuse fold fuse fold fuse")]


def check(checks, kiln, build, verdicts, seed):
    form = Form([2, 3, 7, 8], seed)
    output = build(form)
    path = kiln.scratch("form.onnx")
    form.save(path, [output])
    label = build.__name__
    counts = count(path)
    checks.that(list(counts["nodes"].values()) == verdicts.split(),
                f"{label}: the file says {' '.join(counts['nodes'].values())}, wanted {verdicts}")
    wrong = compare(counts, kiln.compile(path, "--mode=eval")[1])
    checks.that(not wrong, f"{label}: the ledger agrees {wrong or ''}")
    kernels, writes, removed = extra_passes(kiln.path, path)
    checks.that(kernels <= 0 and writes <= 0 and removed >= counts["fuse"],
                f"{label}: {kernels:+} kernels, {writes:+} elements written for what is fused")
    inputs = {"x": form.rng.standard_normal(form.shape).astype(np.float32)}
    exact = kiln.run(path, inputs, [output], *support.EXACT)[output]
    magnitude = float(np.abs(exact).max())
    for how, flags in (("folded", ()), ("unfolded", ("--no-fold",)),
                       ("the fold, interpreted", ("--interpret", "--interpret-after=fold"))):
        ours = kiln.run(path, inputs, [output], *flags)[output]
        checks.at_most(support.max_error(ours, exact) / magnitude, TOLERANCE, f"{label}: {how}")


def main():
    arguments = support.parse_arguments(__doc__, seed=1)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    for i, (build, verdicts) in enumerate(FORMS):
        try:
            check(checks, kiln, build, verdicts, arguments.seed + i)
        except RuntimeError as error:
            checks.that(False, f"{build.__name__}: {error}")
    checks.finish()


if __name__ == "__main__":
    main()
