#!/usr/bin/env python3
"""Data folders and flags that `kiln diagnose` must refuse: each with its exit code, a
message that says why, and no report left behind.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import json
import pathlib
import random
import subprocess
import tempfile

from check_page import write_net, write_npy

GOOD = [0.25 * i - 6 for i in range(48)]


def write_good(folder):
    write_npy(folder / "a.npy", (16, 3), GOOD)


def write_nan(folder):
    write_good(folder)
    write_npy(folder / "b.npy", (16, 3), [*GOOD[:-1], float("nan")])


def write_truncated(folder):
    write_good(folder)
    (folder / "a.npy").write_bytes((folder / "a.npy").read_bytes()[:150])


def write_wrong_type(folder):
    write_good(folder)
    text = (folder / "a.npy").read_bytes().replace(b"<f4", b"<i4")
    (folder / "a.npy").write_bytes(text)


def write_folder(folder):
    (folder / "a.npy").mkdir()


# What is in the folder, the exit code, what the message must hold, further flags.
CASES = {
    "empty": (lambda folder: None, 1, "K0600", "holds no .npy or .npz file"),
    "other_files": (lambda folder: (folder / "x.png").write_text("x"), 1, "K0600",
                    "only 1 of other kinds"),
    "nan": (write_nan, 1, "K0600", "b.npy: element 47 of input 'x' is NaN or infinite"),
    "infinite": (lambda folder: write_npy(folder / "a.npy", (16, 3),
                                          [float("inf"), *GOOD[1:]]), 1, "K0600", "element 0"),
    "truncated": (write_truncated, 1, "K0004", "a.npy"),
    "wrong_type": (write_wrong_type, 1, "K0600", "holds i32 where input 'x' is f32"),
    "wrong_shape": (lambda folder: write_npy(folder / "a.npy", (12, 4), GOOD), 1, "K0600",
                    "shape 12x4 where input 'x' is 8x3"),
    "too_few": (lambda folder: write_npy(folder / "a.npy", (4, 3), GOOD[:12]), 1, "K0600",
                "holds 4 images where the net's file fixes a batch of 8"),
    "one_image": (lambda folder: write_npy(folder / "a.npy", (1, 3), GOOD[:3]), 1, "K0600",
                  "holds one image"),
    "no_elements": (lambda folder: write_npy(folder / "a.npy", (0, 3), []), 1, "K0600",
                    "holds no elements"),
    "not_a_file": (write_folder, 1, "K0001", "not a regular file"),
    "garbage": (lambda folder: (folder / "a.npz").write_text("no archive"), 1, "K0005",
                "a.npz"),
    "other_batch": (write_good, 1, "K0600", "--batch asks for 4", "--batch=4"),
    "unknown_loss": (write_good, 2, "K0700", "--loss", "--loss=mse"),
}


def run(kiln, net, *flags):
    return subprocess.run([kiln, "diagnose", net, *flags], capture_output=True, text=True)


def check_refused(kiln, net, name, make, code, label, message, *flags):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        data, page = folder / "data", folder / "page.html"
        data.mkdir()
        make(data)
        done = run(kiln, net, f"--data={data}", f"--html={page}", *flags)
        assert done.returncode == code, f"{name}: exit code {done.returncode}"
        assert label in done.stderr and message in done.stderr, f"{name}: {done.stderr}"
        assert done.stdout == "", f"{name}: {done.stdout}"
        assert not page.exists(), f"{name}: a page is left behind"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kiln", type=pathlib.Path, required=True)
    kiln = parser.parse_args().kiln
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        net = folder / "net.mlir"
        write_net(net, random.Random(3))
        for name, case in CASES.items():
            check_refused(kiln, net, name, *case)
        done = run(kiln, net, f"--data={folder / 'nowhere'}")
        assert done.returncode == 1 and "K0001" in done.stderr, done.stderr
        done = run(kiln, folder / "none.onnx", f"--data={folder}")
        assert done.returncode == 1 and "K0001" in done.stderr, done.stderr
        # What is refused above is refused for its fault alone.
        write_good(folder)
        done = run(kiln, net, f"--data={folder}", "--json=-")
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert report["images"] == 16 and report["batches"] == 2, report


if __name__ == "__main__":
    main()
