"""Builds the runners: one small program a peer, around one harness.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os
import subprocess
import sysconfig

from .nets import Missing
from .paths import BUILD, RUNNERS

CC, CXX = os.environ.get("CC", "cc"), os.environ.get("CXX", "c++")
PREFIX = []  # what compiling is run under
WARN = ["-Wall", "-Wextra"]
FOLDER = BUILD / "runners"
HARNESS = ["job", "probe", "subnormals", "harness"]


def site_packages():
    return sysconfig.get_paths()["purelib"]


def newer(target, sources):
    """True where the target need not be made again."""
    return target.exists() and all(s.stat().st_mtime <= target.stat().st_mtime
                                   for s in sources)


def call(command):
    done = subprocess.run([*PREFIX, *map(str, command)], capture_output=True, text=True)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "error" in line]
        raise Missing(f"{command[0]} fails: {(errors or [done.stderr])[0][:200]}")


def harness_objects():
    FOLDER.mkdir(parents=True, exist_ok=True)
    headers = list(RUNNERS.glob("*.h"))
    objects = []
    for name in HARNESS:
        source, target = RUNNERS / f"{name}.c", FOLDER / f"{name}.o"
        if not newer(target, [source, *headers]):
            call([CC, "-std=gnu17", "-O2", *WARN, "-fPIC", "-c", source, "-o", target])
        objects.append(target)
    return objects


def shared_harness():
    """For python_runner.py."""
    target, objects = FOLDER / "libharness.so", harness_objects()
    if not newer(target, objects):
        call([CC, "-shared", *objects, "-o", target, "-lpthread"])
    return target


def program(name, *flags, cxx=False):
    """The runner of that name, built where it is not yet."""
    source = RUNNERS / (f"{name}.cpp" if cxx else f"{name}.c")
    target, objects = FOLDER / name, harness_objects()
    if not newer(target, [source, *objects]):
        compiler = [CXX, "-std=c++20", "-O1"] if cxx else [CC, "-std=gnu17", "-O2", *WARN]
        call([*compiler, source, *objects, "-o", target, *flags, "-ldl", "-lpthread"])
    return target
