"""What the integration tests share: running kiln, comparing, skipping.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The oracle: the f64 interpreter on the net before anything is folded.
EXACT = ("--interpret", "--interpret-after=mode")
SKIP = 77  # ctest's SKIP_RETURN_CODE for these tests


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIP)


try:
    import numpy as np
    import onnx
    import onnxruntime
except ImportError as error:
    skip(f"{error}; scripts/setup-python.sh makes an environment with it")


def parse_arguments(description, **options):
    """--kiln PATH, and the test's own options by name with their defaults."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--kiln", type=pathlib.Path, metavar="PATH",
                        default=ROOT / "build/release/bin/kiln")
    for name, default in options.items():
        parser.add_argument(f"--{name}", default=default,
                            type=str if default is None else type(default))
    return parser.parse_args()


def shared_models():
    """The folder of trained nets, which is no part of the project."""
    shared = pathlib.Path(os.environ.get("KILN_SHARED_DIR", ROOT.parent / "shared"))
    if not (shared / "models").is_dir():
        skip(f"no {shared / 'models'} (KILN_SHARED_DIR names another place)")
    return shared / "models"


def shape_flag(name, dims):
    """--shapes for one input; a name with a colon is quoted."""
    quoted = f'"{name}"' if ":" in name else name
    return f"--shapes={quoted}:{'x'.join(map(str, dims))}"


class Kiln:
    """Calls the driver; each file it writes goes to a folder of its own."""

    def __init__(self, path):
        self.path = path
        self.folder = tempfile.TemporaryDirectory(prefix="kiln-test-")
        self.count = 0

    def scratch(self, name):
        self.count += 1
        folder = pathlib.Path(self.folder.name) / str(self.count)
        folder.mkdir()
        return folder / name

    def call(self, *arguments):
        """Standard output and error of a call that must succeed."""
        command = [str(self.path), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace",
                              timeout=900)
        if done.returncode != 0:
            raise RuntimeError(f"exit code {done.returncode} from {' '.join(command)}\n"
                               f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout, done.stderr

    def run(self, model, inputs, outputs, *flags):
        """Runs `model` on named arrays; returns its named outputs."""
        arguments = ["run", model, *flags]
        for name, array in inputs.items():
            path = self.scratch("input.npy")
            np.save(path, array)
            arguments.append(f"--input={name}=@{path}")
            if array.shape:
                arguments.append(shape_flag(name, array.shape))
        paths = {name: self.scratch("output.npy") for name in outputs}
        arguments += [f"--output={name}=@{path}" for name, path in paths.items()]
        self.call(*arguments)
        return {name: np.load(path) for name, path in paths.items()}

    def compile(self, model, *flags):
        """Compiles to a library; returns its path and the ledger's entries."""
        library = self.scratch("net.so")
        report = library.with_name("folds.json")
        self.call("compile", model, "-o", library, f"--fold-report={report}", *flags)
        return library, json.loads(report.read_text())["entries"]


def onnxruntime_outputs(model, inputs, optimise=False):
    """What onnxruntime computes on one thread, by output name."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    if not optimise:
        options.graph_optimization_level = (
            onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    session = onnxruntime.InferenceSession(str(model), options,
                                           providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def max_error(actual, expected):
    """Greatest absolute difference in f64; infinite where one is NaN or the
    shapes differ."""
    if actual.shape != expected.shape:
        return float("inf")
    difference = np.abs(actual.astype(np.float64) - expected.astype(np.float64))
    if difference.size == 0:
        return 0.0
    return float("inf") if np.isnan(difference).any() else float(difference.max())


class Checks:
    """Prints each check as it is made and remembers the failures."""

    def __init__(self):
        self.made = 0
        self.failed = 0

    def that(self, good, text):
        self.made += 1
        self.failed += not good
        print(f"{'ok  ' if good else 'FAIL'} {text}", flush=True)

    def at_most(self, value, limit, text):
        self.that(value <= limit, f"{text}: {value:.3g} (limit {limit:.3g})")

    def finish(self):
        print(f"{self.made - self.failed} of {self.made} checks hold")
        sys.exit(0 if self.made and not self.failed else 1)
