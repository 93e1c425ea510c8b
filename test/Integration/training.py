#!/usr/bin/env python3
"""Running statistics of the tutorial net after 1, 10 and 100 batches, for each
momentum and each convention, by the route that can express it: PyTorch's (as it
recorded them itself) and Keras's through `nn`, ONNX's through a file.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import pathlib
import re

import support
import training_net as net
from c_library import Library, pointers
from support import np, onnx
from onnx import helper, numpy_helper

TOLERANCE = 1e-6  # relative to the greatest value
RECORDED = pathlib.Path(__file__).with_name("training.json")

NN_NET = """
func.func @training(%x: tensor<32x1x19x19xf32> {{nn.name = "x"}}, %rm: tensor<3xf32> {{nn.name = "mean_in"}},
    %rv: tensor<3xf32> {{nn.name = "variance_in"}}{argument})
    -> (tensor<32x3x19x19xf32> {{nn.name = "y"}}, tensor<3xf32> {{nn.name = "mean"}}, tensor<3xf32> {{nn.name = "variance"}}) {{
  %w = arith.constant dense<{weights}> : tensor<3x1x3x3xf32>
  %b = arith.constant dense<{bias}> : tensor<3xf32>
  %scale = arith.constant dense<{scale}> : tensor<3xf32>
  %offset = arith.constant dense<{offset}> : tensor<3xf32>
  %0 = nn.conv %x, %w, %b {{strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>, groups = 1 : i64}}
    : (tensor<32x1x19x19xf32>, tensor<3x1x3x3xf32>, tensor<3xf32>) -> tensor<32x3x19x19xf32>
  %1, %m, %v = nn.batch_norm_training %0, %scale, %offset running(%rm, %rv{operand}) {{{attributes}}}
    : (tensor<32x3x19x19xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>{type})
    -> (tensor<32x3x19x19xf32>, tensor<3xf32>, tensor<3xf32>)
  %y = nn.relu %1 : tensor<32x3x19x19xf32>
  return %y, %m, %v : tensor<32x3x19x19xf32>, tensor<3xf32>, tensor<3xf32>
}}
"""


def literal(values):
    """An array as MLIR writes it: f32 by its bits."""
    if values.ndim == 0:
        return f"0x{values.view(np.uint32).item():08X}"
    return "[" + ", ".join(literal(np.asarray(value)) for value in values) + "]"


def nn_text(momentum, unbiased):
    """The net with the weight of the new batch; None: cumulative."""
    cumulative = momentum is None
    attributes = [f"epsilon = {net.EPSILON:.17e} : f64"]
    if not cumulative:
        attributes.append(f"momentum = {momentum:.17e} : f64")
    if unbiased:
        attributes.append("unbiased_variance")
    return NN_NET.format(
        argument=", %n: tensor<i64> {nn.name = \"batches\"}" if cumulative else "",
        operand=", %n" if cumulative else "", type=", tensor<i64>" if cumulative else "",
        attributes=", ".join(attributes), weights=literal(net.WEIGHTS), bias=literal(net.BIAS),
        scale=literal(net.SCALE), offset=literal(net.OFFSET))


def onnx_model(old_weight, holds_state=False):
    """The net as a file of opset 15, whose momentum is the weight of the old. Its
    statistics are inputs and outputs, or the file holds them."""
    constants = [numpy_helper.from_array(value, name) for name, value in
                 (("w", net.WEIGHTS), ("b", net.BIAS), ("scale", net.SCALE),
                  ("offset", net.OFFSET))]
    value = helper.make_tensor_value_info
    floats = onnx.TensorProto.FLOAT
    inputs = [value(name, floats, [3]) for name in ("mean_in", "variance_in")]
    outputs = [value(name, floats, [3]) for name in ("mean", "variance")]
    if holds_state:
        inputs, outputs = [], []
        constants += [numpy_helper.from_array(net.RUNNING_MEAN, "mean_in"),
                      numpy_helper.from_array(net.RUNNING_VARIANCE, "variance_in")]
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1]),
         helper.make_node("BatchNormalization",
                          ["c", "scale", "offset", "mean_in", "variance_in"],
                          ["n", "mean", "variance"], epsilon=net.EPSILON, training_mode=1,
                          momentum=old_weight, name="bn"),
         helper.make_node("Relu", ["n"], ["y"])], "training",
        [value("x", floats, net.SHAPE), *inputs],
        [value("y", floats, [32, 3, 19, 19]), *outputs], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])
    model.ir_version = 8
    return model


def convolve(x):
    padded = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded[:, 0], (3, 3), axis=(1, 2))
    return (np.einsum("nhwij,kij->nkhw", windows, net.WEIGHTS[:, 0].astype(np.float64))
            + net.BIAS.astype(np.float64)[:, None, None])


def moments():
    """Mean and variances (biased, unbiased) of each batch, in f64."""
    for step in range(max(net.CHECKPOINTS)):
        values = convolve(net.batch(step))
        yield [f(values, axis=(0, 2, 3), **more) for f, more in
               ((np.mean, {}), (np.var, {}), (np.var, {"ddof": 1}))]


def blended(batches, momentum, unbiased):
    """What a momentum (the weight of the new batch) makes of the batches, f64."""
    mean = net.RUNNING_MEAN.astype(np.float64)
    variance = net.RUNNING_VARIANCE.astype(np.float64)
    result = {}
    for step, batch in enumerate(batches):
        weight = 1 / (step + 1) if momentum is None else momentum
        mean = (1 - weight) * mean + weight * batch[0]
        variance = (1 - weight) * variance + weight * batch[1 + unbiased]
        result[str(step + 1)] = {"mean": mean, "variance": variance}
    return result


def train(library):
    """Runs the batches; the statistics after some, and the first output."""
    state = {"mean": net.RUNNING_MEAN.copy(), "variance": net.RUNNING_VARIANCE.copy()}
    names = [library.input_name(i).decode() for i in range(library.num_inputs())]
    names = [{"bn.running_mean": "mean_in", "bn.running_var": "variance_in"}.get(name, name)
             for name in names]
    memory, address = library.arena()
    result = {}
    for step in range(max(net.CHECKPOINTS)):
        inputs = {"x": net.batch(step), "mean_in": state["mean"],
                  "variance_in": state["variance"], "batches": np.array(step, np.int64)}
        outputs = {"y": np.empty((32, 3, 19, 19), np.float32),
                   "mean": np.empty(3, np.float32), "variance": np.empty(3, np.float32)}
        order = [library.output_name(i).decode() for i in range(library.num_outputs())]
        order = [{"bn.running_mean": "mean", "bn.running_var": "variance"}.get(name, name)
                 for name in order]
        code = library.run(None, pointers([inputs[name] for name in names]),
                           pointers([outputs[name] for name in order]), address)
        if code != 0:
            raise RuntimeError(f"run returns {code}")
        state = {"mean": outputs["mean"], "variance": outputs["variance"]}
        if step == 0:
            result["y"] = outputs["y"]
        if step + 1 in net.CHECKPOINTS:
            result[str(step + 1)] = state
    return result


def compile_net(kiln, model, name, *flags):
    library, _ = kiln.compile(model, f"--net-name={name}", *flags)
    prefix = re.search(r"(\w+)_abi_version", library.with_suffix(".h").read_text()).group(1)
    return Library(library, prefix)


def relative(actual, expected):
    expected = np.asarray(expected, np.float64)
    return support.max_error(np.asarray(actual), expected) / np.abs(expected).max()


def check(checks, what, actual, expected):
    for count in map(str, net.CHECKPOINTS):
        for name in ("mean", "variance"):
            checks.at_most(relative(actual[count][name], expected[count][name]), TOLERANCE,
                           f"{what}: {name} after {count}")


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    recorded = json.loads(RECORDED.read_text())
    batches = list(moments())
    for momentum in net.MOMENTA:
        for unbiased in (True, False):
            path = kiln.scratch("net.mlir")
            path.write_text(nn_text(momentum, unbiased))
            actual = train(compile_net(kiln, path, f"nn_{momentum}_{unbiased}"))
            what = f"nn, momentum {momentum}, {'un' if unbiased else ''}biased"
            check(checks, what, actual, blended(batches, momentum, unbiased))
            if unbiased:
                for precision in ("f32", "f64"):
                    check(checks, f"PyTorch {precision}, momentum {momentum}", actual,
                          recorded[precision][str(momentum)])
                    checks.at_most(relative(actual["y"][net.SAMPLE].flatten(),
                                            recorded[precision]["0.0"]["y"]), TOLERANCE,
                                   f"PyTorch {precision}, momentum {momentum}: output")
    # Keras: momentum weighs the old value; its fused kernel's variance is unbiased.
    for fused in (True, False):
        path = kiln.scratch("net.mlir")
        path.write_text(nn_text(1 - 0.99, fused))
        check(checks, f"Keras, fused {fused}", train(compile_net(kiln, path, f"keras_{fused}")),
              blended(batches, 1 - 0.99, fused))
    for old_weight in (0.0, 0.9, 1.0):
        path = kiln.scratch("net.onnx")
        onnx.save(onnx_model(old_weight), path)
        check(checks, f"ONNX, momentum {old_weight}",
              train(compile_net(kiln, path, f"onnx_{old_weight}")),
              blended(batches, 1 - old_weight, False))
    # Statistics that the file holds, made inputs and outputs.
    path = kiln.scratch("net.onnx")
    onnx.save(onnx_model(0.7, holds_state=True), path)
    check(checks, "--state=explicit",
          train(compile_net(kiln, path, "explicit", "--state=explicit")),
          blended(batches, 1 - 0.7, False))
    checks.finish()


if __name__ == "__main__":
    main()
