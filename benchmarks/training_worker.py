#!/usr/bin/env python3
"""One contender of training.py: prepares, prints its error against f64, and for
each number of seconds that it reads prints the times of the runs it had in them.

    training_worker.py kiln|eager|channels_last|compile CASE THREADS [KILN FOLDER]

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import ctypes
import json
import pathlib
import subprocess
import sys
import time

import numpy as np

import training_cases
from training_cases import Case


def aligned(shape, dtype=np.float32):
    """Memory that has been written to, on 64 bytes."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    memory = np.zeros(size + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start:start + size].view(dtype).reshape(shape)


def pointers(arrays):
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))


def make_kiln(case, threads, kiln, folder):
    """The compiled net by its C interface; the statistics it returns are those it
    starts from in the next run."""
    net = pathlib.Path(folder) / f"{case.kind}_{case.shape[1]}.mlir"
    net.write_text(case.text())
    library = net.with_suffix(".so")
    subprocess.run([kiln, "compile", net, "-o", library, "--net-name=net"], check=True,
                   stdout=subprocess.DEVNULL)
    library = ctypes.CDLL(str(library))
    library.net_arena_size_for.restype = ctypes.c_int64
    library.net_pool_executor.restype = ctypes.c_void_p
    library.net_pool_executor.argtypes = [ctypes.c_void_p]
    executor = None
    if threads > 1:
        pool = ctypes.c_void_p()
        library.net_pool_create(threads, ctypes.byref(pool))
        executor = ctypes.c_void_p(library.net_pool_executor(pool))
    inputs = []
    for source in case.inputs():
        inputs.append(aligned(source.shape))
        inputs[-1][...] = source
    outputs = [aligned(case.shape), inputs[1].copy(), inputs[2].copy()]
    arena = aligned((library.net_arena_size_for(None, threads) + 64,), np.uint8)
    there, back = (pointers(inputs), pointers(outputs)), None
    swapped = ([inputs[0], outputs[1], outputs[2], *inputs[3:]],
               [outputs[0], inputs[1], inputs[2]])
    back = tuple(map(pointers, swapped))
    state = [there, back]
    place = ctypes.c_void_p(arena.ctypes.data)

    def run():
        arguments = state[0]
        state.reverse()
        if library.net_run_with(None, *arguments, place, executor) != 0:
            raise RuntimeError("the net's run fails")

    run.keep = inputs, outputs, arena
    return run, lambda: outputs


def make_torch(case, threads, form):
    import torch
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)  # as Kiln's nets do for themselves
    torch.set_grad_enabled(False)
    layout = torch.channels_last if form == "channels_last" else torch.contiguous_format

    def tensor(values):
        found = torch.from_numpy(values.copy())
        return found.contiguous(memory_format=layout) if found.dim() == 4 else found

    x, scale, offset = tensor(case.x), tensor(case.scale), tensor(case.offset)
    mean, variance = tensor(case.running_mean), tensor(case.running_variance)
    skip = None if case.skip is None else tensor(case.skip)
    weights = None if case.weights is None else tensor(case.weights)
    y = torch.zeros_like(x)
    saved = torch.zeros_like(scale), torch.zeros_like(scale)
    normalise = torch.ops.aten.native_batch_norm.out

    def eager():
        source = x if weights is None else torch.conv2d(x, weights, padding=1)
        normalise(source, scale, offset, mean, variance, True, training_cases.MOMENTUM,
                  training_cases.EPSILON, out=y, save_mean=saved[0], save_invstd=saved[1])
        if skip is not None:
            y.add_(skip)
        y.relu_()

    def whole(out):
        source = x if weights is None else torch.conv2d(x, weights, padding=1)
        result = torch.nn.functional.batch_norm(source, mean, variance, scale, offset, True,
                                                training_cases.MOMENTUM, training_cases.EPSILON)
        if skip is not None:
            result = result + skip
        out.copy_(torch.relu(result))

    if form != "compile":
        return eager, lambda: [y.contiguous().numpy(), mean.numpy(), variance.numpy()]
    compiled = torch.compile(whole)
    return lambda: compiled(y), lambda: [y.numpy(), mean.numpy(), variance.numpy()]


def error(case, found):
    """The greatest of result and statistics after the first run, over the greatest
    element of each."""
    channels, expected = case.expected()
    found = [found[0][:, channels], found[1][channels], found[2][channels]]
    return max(float(np.abs(f - e).max() / np.abs(e).max()) for f, e in zip(found, expected))


def main():
    name, case, threads = sys.argv[1], Case(sys.argv[2]), int(sys.argv[3])
    if name == "kiln":
        run, result = make_kiln(case, threads, *sys.argv[4:])
    else:
        run, result = make_torch(case, threads, name)
    run()
    print(json.dumps({"error": error(case, result())}), flush=True)
    for line in sys.stdin:
        times, end = [], time.perf_counter() + float(line)
        run()
        while not times or time.perf_counter() < end:
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main()
