#!/usr/bin/env python3
"""Artifacts that serve any batch, or several shapes: the same numbers as fixed
artifacts and the interpreter, defined answers to bad dims, shared weights, and
no open batch for nets whose images meet.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import subprocess

import support
from shape_nets import Graph, bad_nets, mixed_net
from shaped_library import BAD_DIMS, NULL_POINTER, ShapedLibrary, dims_of
from support import np

GREATEST = 16777213


def flags(n, size=(11, 9)):
    rows, columns = size
    return [f"--shapes=x:{n}x3x{rows}x{columns},z[{n},5]"]


def tensors(n, size=(11, 9)):
    rng = np.random.default_rng(n)
    return {"x": rng.standard_normal((n, 3, *size)).astype(np.float32),
            "z": rng.standard_normal((n, 5)).astype(np.float32),
            "w": np.random.default_rng(0).standard_normal((6, 5)).astype(np.float32)}


def load(kiln, model, *shapes):
    path, _ = kiln.compile(model, "--net-name=net", *shapes)
    return ShapedLibrary(path, "net")


def check_open_batch(checks, kiln, model, outputs):
    library = load(kiln, model, *flags("N"))
    checks.that(library.shapes() == [[-1, 3, 11, 9, -1, 5, 6, 5]]
                and library.input_shape(0) == [-1, 3, 11, 9] and library.input_shape(2) == [6, 5]
                and [library.output_shape(i) for i in range(3)] == [[-1, 6], [-1, 6], [6, 5]],
                "the queries say -1 for the open batch")
    arenas = {library.arena_size([n, 3, 11, 9, n, 5, 6, 5]) for n in (1, 4, GREATEST)}
    checks.that(len(arenas) == 1 and min(arenas) > 0, f"one arena for every N: {arenas}")
    for n in (1, 2, 5):
        inputs = tensors(n)
        results = library.run(*inputs.values())
        fixed = load(kiln, model, *flags(n)).run(*inputs.values())
        checks.that([result.shape for result in results] == [(n, 6), (6 * n, 6), (6, 5)],
                    f"N = {n}: shapes")
        checks.that(all(map(np.array_equal, results, fixed)),
                    f"N = {n}: to the bit as compiled for this batch")
        exact = kiln.run(model, inputs, outputs, *flags("N"), *support.EXACT)
        for name, result in zip(outputs, results):
            checks.at_most(support.max_error(result, exact[name]), 1e-5,
                           f"N = {n}, {name}: difference from the interpreter at this batch")
    run = kiln.run(model, tensors(4), outputs)  # adds --shapes of the inputs: fixed
    for what, shapes in (("an open batch", flags("N")),
                         ("two sets of shapes", [*flags(2, (8, 12)), *flags("N")])):
        found = kiln_run(kiln, model, tensors(4), outputs, shapes)
        checks.that(all(np.array_equal(run[name], found[name]) for name in outputs),
                    f"kiln run with {what} takes the shape from its inputs")
    return library


def kiln_run(kiln, model, inputs, outputs, shapes):
    arguments = ["run", model, *shapes]
    for name, array in inputs.items():
        path = kiln.scratch("input.npy")
        np.save(path, array)
        arguments.append(f"--input={name}=@{path}")
    paths = {name: kiln.scratch("output.npy") for name in outputs}
    kiln.call(*arguments, *(f"--output={name}=@{path}" for name, path in paths.items()))
    return {name: np.load(path) for name, path in paths.items()}


def check_bad_dims(checks, library):
    good = [4, 3, 11, 9, 4, 5, 6, 5]
    bad = {"no dims": None, "different batches": [4, 3, 11, 9, 5, 5, 6, 5]}
    for n in (0, -1, -2 ** 63, GREATEST + 1, 2 ** 63 - 1):
        bad[f"a batch of {n}"] = [n, 3, 11, 9, n, 5, 6, 5]
    for i in (1, 2, 3, 5, 6, 7):
        bad[f"another dimension {i}"] = good[:i] + [good[i] + 1] + good[i + 1:]
    for what, dims in bad.items():
        codes = (library.arena_size(dims), library.output_dims(dims)[0], library.run_code(dims))
        checks.that(set(codes) == {BAD_DIMS}, f"{what}: {codes}")
    checks.that(library.run_code(good) == NULL_POINTER, "no tensors: a null pointer")


def check_several_shapes(checks, kiln, model):
    sizes = ((11, 9), (8, 12), (17, 6))
    library = load(kiln, model, *flags("N", sizes[0]), *flags(2, sizes[1]), *flags("N", sizes[2]))
    checks.that(library.shapes() == [[-1, 3, 11, 9, -1, 5, 6, 5], [2, 3, 8, 12, 2, 5, 6, 5],
                                     [-1, 3, 17, 6, -1, 5, 6, 5]]
                and library.input_shape(0) == [-1, 3, -1, -1], "three sets of shapes are listed")
    for n, size in ((1, sizes[0]), (3, sizes[0]), (2, sizes[1]), (4, sizes[2])):
        inputs = tensors(n, size)
        alone = load(kiln, model, *flags(n, size))
        checks.that(all(map(np.array_equal, library.run(*inputs.values()),
                            alone.run(*inputs.values()))),
                    f"N = {n}, {size}: to the bit as compiled for this shape alone")
        # An open batch has the arena of one image.
        rest = tensors(n if size == sizes[1] else 1, size)
        one = load(kiln, model, *flags(len(rest["x"]), size))
        checks.that(library.arena_size(dims_of(inputs.values()))
                    == one.arena_size(dims_of(rest.values())), "and its own arena")
    for n, size in ((3, sizes[1]), (1, (9, 11)), (1, (11, 6))):
        dims = dims_of(tensors(n, size).values())
        checks.that(library.run_code(dims) == BAD_DIMS, f"N = {n}, {size} is not served")
    checks.that(library.run_code(None) == BAD_DIMS, "no dims: which would be meant?")


def check_shared_weights(checks, kiln):
    """Weights of 2.4 MB, packed alike for all shapes, are stored once."""
    g, path = Graph(8), kiln.scratch("wide.onnx")
    y = g.node("Conv", "x", g.floats(256, 256, 3, 3))
    g.save(path, {"x": [1, 256, "H", "W"]}, {y: [1, 256, "h", "w"]})
    one, _ = kiln.compile(path, "--shapes=x:1x256x8x8")
    two, _ = kiln.compile(path, "--shapes=x:1x256x8x8", "--shapes=x:1x256x10x9")
    weights = 256 * 256 * 9 * 4
    sizes = one.stat().st_size, two.stat().st_size
    checks.that(weights < sizes[0] and sizes[1] - sizes[0] < 0.1 * weights,
                f"{weights} bytes of weights: artifacts of {sizes[0]} and {sizes[1]} bytes")


def check_refusals(checks, kiln):
    for what, (write, words) in bad_nets().items():
        path = kiln.scratch("bad.onnx")
        write(path)
        output = path.with_suffix(".so")
        done = subprocess.run([kiln.path, "compile", path, "--shapes=x:Nx4", "-o", output],
                              capture_output=True, text=True)
        checks.that(done.returncode == 4 and "K0302" in done.stderr and words in done.stderr
                    and not output.exists(), f"{what}: exit code {done.returncode}, "
                                             f"{done.stderr.strip()[-240:]}")


def check_too_many(checks, kiln, model):
    sets = [f"--shapes=x:1x3x{rows}x9,z:1x5" for rows in range(8, 41)]
    done = subprocess.run([kiln.path, "inspect", model, *sets], capture_output=True, text=True)
    checks.that(done.returncode == 2 and "at most 32" in done.stderr,
                f"{len(sets)} sets of shapes: exit code {done.returncode}")


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    model = kiln.scratch("mixed.onnx")
    outputs = mixed_net(model)
    library = check_open_batch(checks, kiln, model, outputs)
    check_bad_dims(checks, library)
    check_several_shapes(checks, kiln, model)
    check_shared_weights(checks, kiln)
    check_too_many(checks, kiln, model)
    check_refusals(checks, kiln)
    checks.finish()


if __name__ == "__main__":
    main()
