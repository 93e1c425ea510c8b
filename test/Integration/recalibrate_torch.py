#!/usr/bin/env python3
"""kiln recalibrate --estimator=average --weight=equal gives the statistics of
torch.optim.swa_utils.update_bn, a short last batch included.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import pathlib
import subprocess
import sys

import digits
import support
from support import np, onnx

# Debian's PyTorch serves Debian's Python alone.
PYTHON = "/usr/bin/python3"
BATCH = 50
# Both run in f32, and PyTorch averages in f32, too.
TOLERANCE = 2e-6


def update_bn(kiln, images):
    """(mean, variance) of each normalisation by PyTorch."""
    model = onnx.load(digits.NET)
    source, target = kiln.scratch("in.npz"), kiln.scratch("out.npz")
    np.savez(source, images=images, batch=BATCH,
             **{"net." + t.name: onnx.numpy_helper.to_array(t)
                for t in model.graph.initializer})
    script = pathlib.Path(__file__).with_name("update_bn.py")
    try:
        done = subprocess.run([PYTHON, "-B", script, source, target], capture_output=True,
                              text=True, timeout=300)
    except FileNotFoundError as error:
        support.skip(str(error))
    if done.returncode == support.SKIP:
        support.skip(done.stdout.strip())
    if done.returncode:
        sys.exit(f"{script.name}: {done.stderr}")
    result = np.load(target)
    names = [(n.input[3], n.input[4]) for n in digits.norms(model)]
    return [(result[mean], result[variance]) for mean, variance in names]


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    images, _ = digits.load()  # 360: the last of the batches has 10
    expected = update_bn(kiln, images)
    data = digits.save_batches(kiln, images, 33)
    report, _ = kiln.call("recalibrate", digits.NET, f"--data={data}", f"--batch={BATCH}",
                          "--estimator=average", "--weight=equal", "--json=-", "-o",
                          kiln.scratch("new.onnx"))
    report = json.loads(report)
    checks.that(report["batches"] == 8 and report["images"] == 360, "8 batches of 360 images")
    for layer, (mean, variance) in zip(report["layers"], expected, strict=True):
        after = layer["after"]
        shift = np.abs(np.array(after["mean"]) - mean) / np.sqrt(variance)
        ratio = np.abs(np.array(after["variance"]) / variance - 1)
        checks.at_most(max(shift.max(), ratio.max()), TOLERANCE,
                       f"{layer['name']}: distance from PyTorch")
    # Other estimators must not pass for it.
    for flags in (("--weight=size",), ("--weight=equal", "--variance=biased")):
        other, _ = kiln.call("recalibrate", digits.NET, f"--data={data}", f"--batch={BATCH}",
                             "--estimator=average", "--json=-", *flags, "-o",
                             kiln.scratch("new.onnx"))
        layer, (_, variance) = json.loads(other)["layers"][-1], expected[-1]
        ratio = np.abs(np.array(layer["after"]["variance"]) / variance - 1).max()
        checks.that(ratio > 100 * TOLERANCE, f"{' '.join(flags)} differs: {ratio:.3g}")
    checks.finish()


if __name__ == "__main__":
    main()
