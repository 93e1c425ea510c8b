#!/usr/bin/env python3
"""What --conv-accuracy promises, over nets of twelve layers: `strict` errs at most
twice as much as plain sums, `fast` at most ten times and by 1e-4 of the greatest
output; errors against the f64 interpreter, an output at a time.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import support
from support import np, onnx

from net_writer import NetWriter, model_of

OPSET = 17
LIMITS = {"strict": 2.0, "fast": 10.0}
FAST_LIMIT = 1e-4


def chain(rng):
    """Plain layers with BN of both signs between, wider as they go."""
    writer = NetWriter(rng, OPSET, "chain")
    x = writer.input(1, 19, (45, 51))
    for out in (24, 24, 40, 40, 40, 56, 56, 48, 48, 33):
        x = writer.same(writer.batch_norm(writer.conv_same(x, out, groups=1)), "Relu")
    writer.outputs += [x]
    return writer


def residual(rng):
    """Blocks as in ResNet, on images whose sides no tile divides; two outputs."""
    writer = NetWriter(rng, OPSET, "residual")
    x = writer.input(1, 37, (29, 27))
    for _ in range(5):
        y = writer.same(writer.batch_norm(writer.conv_same(x, 37, groups=1)), "Relu")
        y = writer.batch_norm(writer.conv_same(y, 37, groups=1))
        x = writer.same(writer.same(x, "Add", y.name), "Relu")
        if not writer.outputs:
            writer.outputs.append(x)
    writer.outputs.append(writer.conv_same(x, 21, groups=1))
    return writer


def check(checks, kiln, seed, name, net):
    writer = net(np.random.default_rng(seed))
    path = kiln.scratch("net.onnx")
    onnx.save(model_of([writer], OPSET), path)
    data = np.random.default_rng(seed + 1)
    inputs = {v.name: data.standard_normal(v.shape).astype(np.float32) for v in writer.inputs}
    names = [v.name for v in writer.outputs]
    exact = kiln.run(path, inputs, names, *support.EXACT)

    def errors(accuracy):
        found = kiln.run(path, inputs, names, f"--conv-accuracy={accuracy}")
        return [support.max_error(found[n], exact[n]) / np.abs(exact[n]).max() for n in names]

    direct = errors("direct")
    for accuracy, limit in LIMITS.items():
        listing, _ = kiln.call("compile", path, f"--conv-accuracy={accuracy}", "--to=layout")
        checks.that("cpu.winograd" in listing, f"{name}: {accuracy} takes Winograd")
        for output, plain, error in zip(names, direct, errors(accuracy)):
            text = f"{name} (seed {seed}), {output}: {accuracy} errs by {error:.1e}, " \
                   f"plain sums by {plain:.1e}"
            checks.at_most(error / plain, limit, text + "; times")
            if accuracy == "fast":
                checks.at_most(error, FAST_LIMIT, text + "; of the greatest output")
    listing, _ = kiln.call("compile", path, "--conv-accuracy=direct", "--to=layout")
    checks.that("cpu.winograd" not in listing, f"{name}: direct takes no Winograd")


def main():
    arguments = support.parse_arguments(__doc__, seed=7, count=2)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        check(checks, kiln, seed, "chain", chain)
        check(checks, kiln, seed, "residual", residual)
    checks.finish()


if __name__ == "__main__":
    main()
