#!/usr/bin/env python3
"""kiln recalibrate on the digits net with spoiled statistics: accuracy comes back
to within half a point, the numbers are those of f64, and nothing else in the file
changes.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json

import digits
import support
from support import np, onnx

SEEDS = range(5)
HALF_POINT = 0.005
# The net computes in f32, and its numbers pass up to five layers.
TOLERANCE = 2e-6


def check_accuracy(kiln, checks):
    images, labels = digits.load()
    original = digits.correct(digits.NET, images, labels)
    for seed in SEEDS:
        spoiled = digits.spoil(kiln, seed)
        before = digits.correct(spoiled, images, labels)
        for order in ("one-pass", "layer-by-layer"):
            after = 0
            for estimate, classify in digits.halves(seed, len(images)):
                data = digits.save_batches(kiln, digits.shifted(images[estimate]), 162)
                path = kiln.scratch("new.onnx")
                kiln.call("recalibrate", spoiled, f"--data={data}", "-o", path,
                          f"--order={order}")
                after += digits.correct(path, images[classify], labels[classify])
            checks.that(before < 0.5 * original, f"seed {seed}: spoiled to {before}")
            checks.at_most((original - after) / len(images), HALF_POINT,
                           f"seed {seed}, {order}: {original} right, {before} spoiled, "
                           f"{after} recalibrated; loss")


def with_inner_outputs(kiln, path):
    """The net, and what enters each of its normalisations."""
    model = onnx.load(path)
    inner = [n.input[0] for n in digits.norms(model)]
    declared = {v.name: v for v in onnx.shape_inference.infer_shapes(model).graph.value_info}
    model.graph.output.extend(declared[name] for name in inner)
    probed = kiln.scratch("probed.onnx")
    onnx.save(model, probed)
    return probed, inner


def inputs_of_norms(kiln, path, batches, mode):
    """In f64, by the reference interpreter."""
    probed, names = with_inner_outputs(kiln, path)
    gathered = {name: [] for name in names}
    for batch in batches:
        outputs = kiln.run(probed, {"image": batch}, names, f"--mode={mode}", *support.EXACT)
        for name in names:
            gathered[name].append(np.asarray(outputs[name], np.float64))
    return [gathered[name] for name in names]


def moments(values, ddof=0):
    axes = (0,) + tuple(range(2, values.ndim))
    return values.mean(axes), values.var(axes, ddof=ddof)


def compare(checks, layers, expected, what):
    for layer, (mean, variance) in zip(layers, expected, strict=True):
        after = layer["after"]
        shift = np.abs(np.array(after["mean"]) - mean) / np.sqrt(variance)
        ratio = np.abs(np.array(after["variance"]) / variance - 1)
        checks.at_most(max(shift.max(), ratio.max()), TOLERANCE,
                       f"{what}, {layer['name']}: distance from f64")


def estimate(kiln, path, data, *flags):
    new = kiln.scratch("new.onnx")
    report, _ = kiln.call("recalibrate", path, f"--data={data}", "-o", new, "--json=-", *flags)
    return new, json.loads(report)["layers"]


def check_numbers(kiln, checks):
    """61 images in batches of 20: the last one is short."""
    images, _ = digits.load()
    images = images[:61]
    spoiled = digits.spoil(kiln, 3)
    data = digits.save_batches(kiln, images, 7)
    batches = [images[start:start + 20] for start in range(0, 60, 20)] + [images[60:]]
    full = batches[:-1]  # a single image has no variance behind the last linear layer

    training = inputs_of_norms(kiln, spoiled, full, "train")
    new, layers = estimate(kiln, spoiled, data, "--batch=20")
    compare(checks, layers, [moments(np.concatenate(v)) for v in training], "pooled")
    for layer, (mean, variance) in zip(layers, digits.statistics(new), strict=True):
        same = (np.array_equal(np.float32(layer["after"]["mean"]), mean)
                and np.array_equal(np.float32(layer["after"]["variance"]), variance))
        checks.that(same, f"{layer['name']}: the file holds the report's numbers")

    _, layers = estimate(kiln, spoiled, data, "--batch=20", "--estimator=average")
    each = [[moments(v, ddof=1) for v in values] for values in training]
    compare(checks, layers, [np.mean(of, axis=0) for of in each], "average")

    # With the new statistics in all layers, each sees just what it holds.
    new, layers = estimate(kiln, spoiled, data, "--batch=20", "--order=layer-by-layer")
    settled = inputs_of_norms(kiln, new, full, "eval")
    compare(checks, layers, [moments(np.concatenate(v)) for v in settled], "layer by layer")


def check_threads(kiln, checks):
    images, _ = digits.load()
    data = digits.save_batches(kiln, images, 45)
    new = [estimate(kiln, digits.NET, data, f"--threads={n}")[0] for n in (1, 2, 2)]
    checks.that(len({path.read_bytes() for path in new}) == 1,
                "the file does not depend on threads, nor on the run")


def check_file(kiln, checks):
    images, _ = digits.load()
    data = digits.save_batches(kiln, images, 60)
    path = kiln.scratch("new.onnx")
    kiln.call("recalibrate", digits.NET, f"--data={data}", "-o", path)
    old, new = onnx.load(digits.NET), onnx.load(path)
    onnx.checker.check_model(new, full_check=True)
    names = {name for norm in digits.norms(old) for name in norm.input[3:5]}
    tensors = {t.name: t for t in old.graph.initializer}
    changed = [t for t in new.graph.initializer if t != tensors[t.name]]
    checks.that({t.name for t in changed} == names, "the tensors of statistics have changed")
    for tensor in changed:
        tensor.CopyFrom(tensors[tensor.name])
    checks.that(new.SerializeToString() == old.SerializeToString(), "and nothing else has")


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    check_file(kiln, checks)
    check_numbers(kiln, checks)
    check_threads(kiln, checks)
    check_accuracy(kiln, checks)
    checks.finish()


if __name__ == "__main__":
    main()
