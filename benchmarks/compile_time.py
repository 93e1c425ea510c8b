#!/usr/bin/env python3
"""Compile time over the number of distinct layer shapes: nets of N convolutions,
of which no two are alike, for growing N. Writes a table, and a plot where
matplotlib is installed. Needs numpy and onnx (requirements.txt).

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import os
import pathlib
import subprocess
import tempfile
import time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from suite import machine

ROOT = pathlib.Path(__file__).resolve().parents[1]
SIZE = 28  # rows and columns of every layer
# Kernel and group of a layer in turn: direct, pointwise, depthwise.
KINDS = [(3, False), (1, False), (3, True)]
WIDTHS = 54  # numbers of channels, so that weights grow as the layers do


def width(layer):
    """Filters of a layer: those of pointwise layers differ from each other, and with
    them what they, the depthwise ones behind and the direct ones behind those take."""
    turn, kind = divmod(layer, len(KINDS))
    return 16 + 2 * ((turn * 23 if kind else turn * 31 + 7) % WIDTHS)


def make_net(count, path):
    """`count` convolutions with ReLU, no two of one shape."""
    assert count <= len(KINDS) * WIDTHS
    rng = np.random.default_rng(count)
    nodes, weights = [], []
    shapes, channels, tensor = set(), 16, "x"
    for i in range(count):
        kernel, is_depthwise = KINDS[i % len(KINDS)]
        filters = channels if is_depthwise else width(i)
        inputs = 1 if is_depthwise else channels
        shape = (filters, inputs, kernel, kernel)
        assert shape not in shapes
        shapes.add(shape)
        scale = np.sqrt(2 / (inputs * kernel * kernel))
        weights.append(numpy_helper.from_array(
            (rng.standard_normal(shape) * scale).astype(np.float32), f"w{i}"))
        nodes += [helper.make_node("Conv", [tensor, f"w{i}"], [f"c{i}"], name=f"conv{i}",
                                   pads=[kernel // 2] * 4, kernel_shape=[kernel, kernel],
                                   group=channels if is_depthwise else 1),
                  helper.make_node("Relu", [f"c{i}"], [f"r{i}"], name=f"relu{i}")]
        channels, tensor = filters, f"r{i}"
    border = lambda name, c: helper.make_tensor_value_info(name, TensorProto.FLOAT,
                                                           [1, c, SIZE, SIZE])
    graph = helper.make_graph(nodes, "net", [border("x", 16)], [border(tensor, channels)],
                              weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)],
                                ir_version=8), path)


def measure(kiln, count, threads, repeat):
    """Seconds, the least of `repeat`, and bytes of the library beyond the weights."""
    with tempfile.TemporaryDirectory(prefix="kiln-compile-") as folder:
        net = pathlib.Path(folder) / "net.onnx"
        make_net(count, net)
        library = net.with_suffix(".so")
        times = []
        for _ in range(repeat):
            start = time.perf_counter()
            subprocess.run([kiln, "compile", net, "-o", library,
                            f"--compile-threads={threads}"],
                           check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - start)
        return min(times), library.stat().st_size


def plot(rows, threads, path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    counts, times = [row[0] for row in rows], [row[1] for row in rows]
    slope, start = np.polyfit(counts, times, 1)
    figure, axes = plt.subplots(figsize=(6, 4))
    axes.plot(counts, times, "o", label=f"kiln compile, {threads} threads")
    axes.plot(counts, [start + slope * count for count in counts], "-",
              label=f"{start:.2f} s + {slope * 1e3:.0f} ms a shape")
    axes.set_xlabel("distinct layer shapes")
    axes.set_ylabel("seconds")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kiln", default=os.environ.get("KILN", ROOT / "build/release/bin/kiln"))
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 20, 40, 80, 120, 160])
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "build/benchmarks")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    rows = []
    for count in arguments.counts:
        seconds, size = measure(arguments.kiln, count, arguments.threads, arguments.repeat)
        rows.append((count, seconds, size))
        print(f"{count:4d} shapes  {seconds:7.2f} s  {seconds / count * 1e3:6.0f} ms a shape  "
              f"{size / 1e6:7.2f} MB", flush=True)
    table = ["# Compile time", "", f"Machine: {machine.describe()['cpu']}; {arguments.threads} "
             "threads. Nets of convolutions of which no two have one shape.", "",
             "| distinct shapes | s | ms a shape | library MB |", "|---|---|---|---|"]
    table += [f"| {count} | {seconds:.2f} | {seconds / count * 1e3:.0f} | {size / 1e6:.2f} |"
              for count, seconds, size in rows]
    (arguments.output / "compile_time.md").write_text("\n".join(table) + "\n")
    try:
        plot(rows, arguments.threads, arguments.output / "compile_time.png")
    except ImportError:
        print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main()
