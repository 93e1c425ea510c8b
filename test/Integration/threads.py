#!/usr/bin/env python3
"""Outputs are the same, to the bit, for any number of threads and for callers'
own parallel-fors, in a net that holds every family of kernels at odd sizes and
in the nets at hand; nets that run at once on one pool do not meet.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import concurrent.futures
import ctypes
import os
import re
import threading

import support
from c_library import PARALLEL_FOR, Executor, Library
from support import np, onnx
from onnx import helper, numpy_helper

THREADS = (1, 2, 3, 8)
SEED = 20261122


class Net:
    """Nodes with random parameters, large enough for several tasks each."""

    def __init__(self):
        self.rng = np.random.default_rng(SEED)
        self.nodes, self.constants, self.outputs = [], [], []

    def floats(self, *shape, low=None):
        values = self.rng.standard_normal(shape) * (1 / np.sqrt(np.prod(shape[1:]) or 1))
        if low is not None:
            values = np.abs(values) + low
        self.constants.append(numpy_helper.from_array(values.astype(np.float32),
                                                      f"c{len(self.constants)}"))
        return self.constants[-1].name

    def node(self, op, *inputs, **attributes):
        name = f"{op}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def conv(self, x, out, group_in, kernel, op="Conv", **attributes):
        weights = self.floats(out, group_in, *kernel)
        return self.node(op, x, weights, kernel_shape=kernel, **attributes)

    def batch_norm(self, x, channels):
        """By the batch's statistics; the updated ones are outputs of the net."""
        parameters = [self.floats(channels), self.floats(channels), self.floats(channels),
                      self.floats(channels, low=0.1)]
        y = self.node("BatchNormalization", x, *parameters, training_mode=1)
        for statistic in ("mean", "variance"):
            self.nodes[-1].output.append(self.output(f"{y}_{statistic}"))
        return y

    def output(self, name):
        self.outputs.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
        return name


def write_families(path):
    """Convolutions of all forms, pooling, linear layers, elementwise chains,
    reductions, what moves elements."""
    net = Net()
    x = net.conv("x", 45, 3, [7, 7], strides=[2, 2], pads=[3, 3, 3, 3])  # 61 x 57
    x = net.node("Relu", x)
    a = net.node("MaxPool", x, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    a = net.conv(a, 51, 45, [3, 3], pads=[1, 1, 1, 1])
    b = net.conv(x, 51, 45, [1, 1])
    x = net.node("Relu", net.node("Add", a, b))
    x = net.node("Sigmoid", net.conv(x, 51, 1, [3, 3], group=51, pads=[1, 1, 1, 1]))
    g = net.conv(x, 54, 17, [3, 3], group=3, dilations=[2, 2], pads=[2, 2, 2, 2])
    net.output(net.node("Mul", net.node("Sigmoid", g), g))
    t = net.conv(x, 51, 23, [4, 4], op="ConvTranspose", strides=[2, 2], pads=[1, 1, 1, 1])
    net.output(t)
    # A scale and shift that differ along x's height cannot fold into weights.
    p = net.node("Add", net.node("Mul", g, net.floats(1, 54, 1, 1)), net.floats(1, 54, 1, 1))
    p = net.node("Relu", p)
    net.output(net.conv(p, 37, 54, [1, 1]))
    net.output(net.node("AveragePool", p, kernel_shape=[5, 3], strides=[1, 2]))
    c = net.node("Concat", g, x, axis=1)
    net.output(net.node("Softmax", net.node("Transpose", c, perm=[0, 2, 3, 1]), axis=-1))
    m = net.node("ReduceMean", c, axes=[2, 3], keepdims=0)
    m = net.node("Gemm", m, net.floats(105, 1003), net.floats(1003))
    m = net.node("Gemm", net.node("Tanh", m), net.floats(1003, 2001), net.floats(2001))
    net.output(m)
    return save(net, [1, 3, 122, 114], 13, path)


def save(net, shape, opset, path):
    graph = helper.make_graph(
        net.nodes, path.stem,
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)],
        net.outputs, net.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = 8
    onnx.save(onnx.shape_inference.infer_shapes(model), path)
    return path


def write_training(path):
    """Batch normalisation in training over plain tensors and over blocks of
    channels, with what follows it, and its statistics."""
    net = Net()
    x = net.node("Relu", net.batch_norm("x", 7))
    x = net.conv(x, 83, 7, [3, 3], pads=[1, 1, 1, 1])
    x = net.node("Relu", net.batch_norm(x, 83))
    a = net.batch_norm(net.conv(x, 83, 83, [3, 3], pads=[1, 1, 1, 1]), 83)
    b = net.batch_norm(net.conv(x, 83, 83, [1, 1]), 83)
    net.output(net.node("Relu", net.node("Add", a, b)))
    return save(net, [5, 7, 43, 37], 15, path)


def backwards(context, task, data, count):
    for i in reversed(range(count)):
        task(data, i, i + 1, 0)


def elsewhere(context, task, data, count):
    thread = threading.Thread(target=task, args=(data, 0, count, 2))
    thread.start()
    thread.join()


def callers_executors():
    for name, workers, function in (("backwards", 1, backwards),
                                    ("on another thread", 3, elsewhere)):
        yield name, Executor(None, workers, PARALLEL_FOR(function))


def load(path):
    prefix = re.search(r"(\w+)_abi_version", path.with_suffix(".h").read_text()).group(1)
    return Library(path, prefix)


def random_inputs(net):
    rng = np.random.default_rng(SEED + 1)
    return {net.input_name(i).decode(): rng.standard_normal(
        [net.input_shape(i)[axis] for axis in range(net.input_rank(i))]).astype(np.float32)
            for i in range(net.num_inputs())}


def are_equal(first, second):
    return all(np.array_equal(first[name].view(np.uint32), second[name].view(np.uint32))
               for name in first)


def check_net(checks, name, net):
    inputs = random_inputs(net)
    expected = net.run_floats(inputs)
    for threads in THREADS:
        with net.pool(threads) as executor:
            equal = all(are_equal(expected, net.run_floats(inputs, executor))
                        for _ in range(5))
        checks.that(equal, f"{name}: the same on {threads} threads")
    for how, executor in callers_executors():
        checks.that(are_equal(expected, net.run_floats(inputs, executor)),
                    f"{name}: the same {how}")


def check_at_once(checks, nets):
    """Several callers of several nets, all on one pool of the first."""
    inputs = [random_inputs(net) for net in nets]
    expected = [net.run_floats(x) for net, x in zip(nets, inputs)]
    with nets[0].pool(3) as executor:
        def work(index):
            i = index % len(nets)
            return all(are_equal(expected[i], nets[i].run_floats(inputs[i], executor))
                       for _ in range(10))

        with concurrent.futures.ThreadPoolExecutor(4) as callers:
            checks.that(all(callers.map(work, range(8))),
                        f"{len(nets)} nets at once on one pool")


def check_dispatches(checks, net):
    """Every run gives the executor the same kernels, of several tasks too."""
    runs = []

    def record(context, task, data, count):
        runs[-1].append(count)
        task(data, 0, count, 0)

    executor = Executor(None, 1, PARALLEL_FOR(record))
    for _ in range(2):
        runs.append([])
        net.run_floats(random_inputs(net), executor)
    checks.that(runs[0] == runs[1] and max(runs[0]) > 1 and min(runs[0]) >= 1,
                f"tasks of each kernel: {runs[0]}")


def models(folder):
    yield "families", write_families(folder / "families.onnx"), ()
    yield "training", write_training(folder / "training.onnx"), ()
    yield "digits", support.ROOT / "examples/digits/digits.onnx", ("--shapes=image:7x1x8x8",)
    for name in ("eval", "train"):
        yield f"tutorial {name}", support.ROOT / f"examples/tutorial/{name}.onnx", ()
    shared = os.environ.get("KILN_SHARED_DIR", support.ROOT.parent / "shared")
    for name, shapes in (("rfb320", ()), ("ppocr_cls", ("--shapes=x:1x3x48x192",)),
                         ("ppocr3_rec_en", ("--shapes=x:1x3x48x320",))):
        path = support.pathlib.Path(shared) / "models" / name / "model.onnx"
        if path.exists():
            yield name, path, shapes


def check_driver(checks, kiln, model, inputs, expected):
    for threads in (0, 1, 2, 8):
        outputs = kiln.run(model, inputs, list(expected), f"--threads={threads}")
        checks.that(are_equal(expected, outputs), f"kiln run --threads={threads}: the same")


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    nets = []
    for name, path, flags in models(support.pathlib.Path(kiln.folder.name)):
        library, _ = kiln.compile(path, *flags)
        nets.append(load(library))
        check_net(checks, name, nets[-1])
        if name == "families":
            check_dispatches(checks, nets[-1])
            inputs = random_inputs(nets[-1])
            check_driver(checks, kiln, path, inputs, nets[-1].run_floats(inputs))
    check_at_once(checks, nets)
    codes = [nets[0].pool_create(threads, ctypes.byref(ctypes.c_void_p()))
             for threads in (-1, 1025)]
    checks.that(all(code < 0 and nets[0].error_text(code) for code in codes),
                f"pools of -1 and 1025 threads: {codes}")
    checks.finish()


if __name__ == "__main__":
    main()
