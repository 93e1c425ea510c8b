#!/usr/bin/env python3
"""The compiled digits net through its C interface: it needs nothing, answers
bad calls with codes, is re-entrant, stands beside another net in one program,
and a C program on its header reads the test set as the framework does.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import concurrent.futures
import ctypes
import json
import subprocess

import support
from c_library import I64, Library
from support import np

FOLDER = support.ROOT / "examples/digits"
SHAPE = "--shapes=image:7x1x8x8"


class Digits(Library):
    def call(self, images, dims=None, arena=0):
        """One run with an arena of its own; returns the code and the logits."""
        memory, address = self.arena()
        logits = np.full((images.shape[0], 10), np.nan, np.float32)
        inputs = (ctypes.c_void_p * 1)(images.ctypes.data)
        outputs = (ctypes.c_void_p * 1)(logits.ctypes.data)
        shape = (I64 * len(dims))(*dims) if dims else None
        return self.run(shape, inputs, outputs, address + arena), logits


def check_description(checks, net):
    shape = lambda rank, dims: [dims[i] for i in range(rank)]
    found = (net.num_inputs(), net.num_outputs(), net.input_name(0), net.output_name(0),
             shape(net.input_rank(0), net.input_shape(0)),
             shape(net.output_rank(0), net.output_shape(0)),
             net.input_type(0) == net.output_type(0))
    checks.that(found == (1, 1, b"image", b"logits", [7, 1, 8, 8], [7, 10], True),
                f"the description: {found}")
    checks.that(net.abi_version() > 0, f"ABI version {net.abi_version()}")


def check_bad_calls(checks, net, images):
    wrong = (I64 * 4)(9, 1, 8, 8)
    cases = {"dims not served": net.call(images, dims=(9, 1, 8, 8))[0],
             "a misaligned arena": net.call(images, arena=4)[0],
             "no inputs": net.run(None, None, None, net.arena()[1]),
             "arena_size of other dims": net.arena_size(wrong)}
    for what, code in cases.items():
        text = net.error_text(int(code))
        checks.that(code < 0 and bool(text), f"{what}: {code} ({text})")
    texts = {net.error_text(int(code)) for code in cases.values()}
    checks.that(len(texts) == 3, "each cause has a text of its own")


def check_numbers(checks, net, images, expected):
    code, logits = net.call(images)
    checks.that(code == 0, f"run returns {code}")
    checks.at_most(support.max_error(logits, expected), 1e-5, "difference from PyTorch")
    code, again = net.call(images, dims=(7, 1, 8, 8))
    checks.that(code == 0 and np.array_equal(logits, again), "the compiled dims given are served")

    def run_on(seed):
        order = np.random.default_rng(seed).permutation(len(images))
        return all(np.array_equal(net.call(np.ascontiguousarray(images[order]))[1],
                                  logits[order]) for _ in range(50))

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        checks.that(all(pool.map(run_on, range(8))), "four threads at once give the same")


def check_program(checks, kiln):
    """classify.c with warnings as errors, over the header for one picture."""
    library, _ = kiln.compile(FOLDER / "digits.onnx", "--shapes=image:1x1x8x8")
    (library.parent / "digits.h").write_text(library.with_suffix(".h").read_text())
    program = library.with_name("classify")
    subprocess.run(["clang-22", "-std=c11", "-Wall", "-Wextra", "-Werror", "-Wpedantic",
                    f"-I{library.parent}", FOLDER / "classify.c", library, "-lm",
                    f"-Wl,-rpath,{library.parent}", "-o", program], check=True)
    record = json.loads((FOLDER / "digits.json").read_text())
    for correct, code in ((record["correct"], 0), (record["correct"] - 1, 3)):
        done = subprocess.run([program, "check", *(FOLDER / f"test_{part}.npy" for part in
                                                   ("images", "labels", "logits")), str(correct)],
                              capture_output=True, text=True)
        checks.that(done.returncode == code, f"classify, {correct} expected: exit code "
                                             f"{done.returncode}: {done.stdout.strip()}")
    syntax = subprocess.run(["clang++-22", "-fsyntax-only", "-Wall", "-Werror", "-x", "c++",
                             library.with_suffix(".h")])
    checks.that(syntax.returncode == 0, "the header is C++ as well")


def main():
    arguments = support.parse_arguments(__doc__)
    kiln = support.Kiln(arguments.kiln)
    checks = support.Checks()
    images = np.ascontiguousarray(np.load(FOLDER / "test_images.npy")[:7])
    expected = np.load(FOLDER / "test_logits.npy")[:7]
    library, entries = kiln.compile(FOLDER / "digits.onnx", SHAPE)
    checks.that([e["action"] for e in entries] == ["folded"] * 5, "all five BN are folded")
    symbols = subprocess.run(["nm", "--dynamic", "--undefined-only", library],
                             capture_output=True, text=True, check=True).stdout.splitlines()
    needed = [line for line in symbols if line.split()[0] != "w"]
    checks.that(needed == [], f"the library needs no symbol: {needed}")
    exported = subprocess.run(["nm", "--dynamic", "--defined-only", "--format=posix", library],
                              capture_output=True, text=True, check=True).stdout.splitlines()
    foreign = [line for line in exported if not line.startswith("digits_")]
    checks.that(exported and not foreign, f"and exports its own alone: {foreign}")
    net = Digits(library, "digits")
    check_description(checks, net)
    check_bad_calls(checks, net, images)
    check_numbers(checks, net, images, expected)

    other, _ = kiln.compile(FOLDER / "digits.onnx", SHAPE, "--net-name=other", "--no-fold")
    code, logits = Digits(other, "other").call(images)
    checks.that(code == 0, "a second net in the process runs")
    checks.at_most(support.max_error(logits, expected), 1e-5, "its difference from PyTorch")
    check_program(checks, kiln)
    checks.finish()


if __name__ == "__main__":
    main()
