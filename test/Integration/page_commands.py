#!/usr/bin/env python3
"""Runs the commands of a page and compares what they print with what the page says.

A block marked `console` holds lines that begin with `$ `, each followed by what it
prints, standard error first. Numbers may differ by two in a hundred, and what is below
1e-5 by ten times: it is rounding, and a CPU's own.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import pathlib
import re
import shlex
import subprocess
import sys

import support

NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.]*\w)")
# Units in the last place, and relative errors beside a zero, say nothing.
UNSTABLE = re.compile(r"max (rel|ULP) [^,]+")


def commands(text):
    """(command, what the page says that it prints)."""
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for part in block.split("$ ")[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed


def like(said, found):
    """Whether two lines agree but for rounding."""
    said, found = UNSTABLE.sub("", said), UNSTABLE.sub("", found)
    if NUMBER.split(said) != NUMBER.split(found):
        return False
    pairs = [(float(a), float(b)) for a, b in zip(NUMBER.findall(said), NUMBER.findall(found))]
    return all(abs(a - b) <= 0.02 * abs(a) or max(abs(a), abs(b)) <= 1e-5
               and max(abs(a), abs(b)) <= 10 * min(abs(a), abs(b)) for a, b in pairs)


def has_torch(python):
    return subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0


def interpreter(script):
    """A Python that can run an example: one with PyTorch where the script has it."""
    pythons = [sys.executable, "/usr/bin/python3"]
    if "import torch" not in script.read_text():
        return pythons[0]
    return next((p for p in pythons if has_torch(p)), None)


def words_of(command, folder, kiln):
    words = shlex.split(command)
    if words[0] == "kiln":
        return [str(kiln), *words[1:]]
    python = interpreter(folder / words[1])
    return python and [python, "-B", *words[1:]]


def main():
    arguments = support.parse_arguments(__doc__.splitlines()[0], page="")
    page = support.ROOT / "docs" / arguments.page
    folders = [support.ROOT / "examples" / name for name in ("tutorial", page.stem)]
    checks, left_out = support.Checks(), 0
    for command, said in commands(page.read_text()):
        name = shlex.split(command)[2 if command.startswith("kiln") else 1]
        folder = next(f for f in folders if (f / name).exists())
        words = words_of(command, folder, arguments.kiln.resolve())
        if not words:
            print(f"skipped: {command} needs PyTorch (scripts/install-deps.sh --zoo)")
            left_out += 1
            continue
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300)
        found = (done.stderr + done.stdout).splitlines()
        good = len(found) == len(said.splitlines()) and all(map(like, said.splitlines(), found))
        checks.that(good, command if good else f"{command}\nprinted\n" + "\n".join(found))
    if left_out and not checks.made:
        support.skip(f"no command of {page.name} can run here")
    checks.finish()


if __name__ == "__main__":
    main()
