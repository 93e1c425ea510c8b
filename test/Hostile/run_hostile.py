#!/usr/bin/env python3
"""Runs kiln over the hostile folder. Each bad case must end in the right exit
code with exactly one clear error, and with no crash, no hang, no sanitizer's
report, no runaway memory, and no file left behind.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time

SKIP = 77
SECONDS = 20
MEMORY = 1.5e9  # bytes resident; MLIR itself takes a tenth of it
LONGEST_MESSAGE = 64 * 1024
CRASH = re.compile(r"Sanitizer|runtime error:|PLEASE submit a bug|Stack dump|terminate called|"
                   r"Assertion .*failed|UNREACHABLE|LLVM ERROR")
CODE = re.compile(r"\bK\d{4}\b")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]")


def call(command, folder, environment):
    """Exit code (None: hung), standard output and error, bytes of memory."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=err, env=environment)
        deadline = time.monotonic() + SECONDS
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                break
            if time.monotonic() > deadline:
                process.kill()
                process.wait()
                return None, "", "", 0
            time.sleep(0.005)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "backslashreplace"))
        return process.returncode, *texts, usage.ru_maxrss * 1024


def files_in(folder):
    """What lies there, with its kind: a pipe must stay a pipe."""
    return {(p, stat.S_IFMT(p.lstat().st_mode)) for p in folder.rglob("*")}


def header_is_c(out):
    done = subprocess.run(["clang-22", "-fsyntax-only", "-std=c11", "-Wall", "-Werror", "-x", "c",
                           str(out / "net.h")], capture_output=True, text=True)
    return "" if done.returncode == 0 else f"the header is no C: {done.stderr[:500]}"


def faults_of_success(case, out):
    left = {p.name for p in out.rglob("*")}
    if left != {"net.so", "net.h"}:
        yield f"wrote {sorted(left)}, not net.so and net.h"
    else:
        fault = header_is_c(out)
        if fault:
            yield fault


def faults_of_failure(case, code, stderr, out):
    lines = [line for line in stderr.splitlines() if re.search(r"\berror:", line)]
    if len(lines) != 1:
        yield f"{len(lines)} error lines instead of one"
    if not re.search(case["error"], stderr):
        yield f"the message does not match {case['error']!r}"
    if code in (1, 4) and not CODE.search(stderr):
        yield "the error has no code (K and four digits)"
    if code in (1, 4) and case["arguments"][0] == "compile" \
            and not re.search(r"model\.onnx|nowhere|/out\b", stderr):
        yield "the message does not name the file"
    if any(out.iterdir()):
        yield f"left behind: {sorted(p.name for p in out.rglob('*'))}"


def faults(case, root, command, environment):
    folder = root / case["folder"]
    before = files_in(folder)
    with tempfile.TemporaryDirectory(prefix="kiln-hostile-") as place:
        out = pathlib.Path(place) / "out"
        out.mkdir()
        places = {"model": folder / "model.onnx", "dir": folder, "out": out}
        arguments = [a.format(**places) for a in case["arguments"]]
        code, stdout, stderr, memory = call([command, *arguments], out, environment)
        if code is None:
            return [f"hung for {SECONDS} s"], ""
        found = []
        if code < 0:
            found.append(f"killed by signal {-code}")
        elif code not in case["exits"]:
            found.append(f"exit code {code}, expected one of {case['exits']}")
        if CRASH.search(stderr):
            found.append("a crash or a sanitizer's report on standard error")
        if UNPRINTABLE.search(stderr) or UNPRINTABLE.search(stdout):
            found.append("control characters in the output")
        if len(stderr) > LONGEST_MESSAGE:
            found.append(f"a message of {len(stderr)} characters")
        if memory > MEMORY:
            found.append(f"{memory / 1e9:.1f} GB of memory")
        if code != 0:
            found += faults_of_failure(case, code, stderr, out)
        elif case["arguments"][0] == "compile":
            found += faults_of_success(case, out)
        if files_in(folder) != before:
            found.append("wrote beside the model")
            for path, _ in files_in(folder) - before:
                path.unlink()
        return found, stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kiln", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--only", default="", help="cases whose name matches")
    parser.add_argument("--show", action="store_true", help="print every message")
    arguments = parser.parse_args()
    kiln = shutil.which(arguments.kiln)
    if not kiln:
        print(f"skipped: there is no {arguments.kiln}")
        sys.exit(SKIP)
    manifest = [case for case in json.loads((arguments.folder / "manifest.json").read_text())
                if re.search(arguments.only, case["name"])]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KILN_")}
    environment["ASAN_OPTIONS"] = "detect_leaks=0:allocator_may_return_null=0"
    environment["UBSAN_OPTIONS"] = "print_stacktrace=1:halt_on_error=1"
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda c: faults(c, arguments.folder, os.path.abspath(kiln), environment),
                           manifest)
        for case, (found, stderr) in zip(manifest, results):
            failed += bool(found)
            if found:
                print(f"FAIL {case['name']} ({case['folder']}): {'; '.join(found)}")
            if found or arguments.show:
                print("     " + stderr.strip()[:1500].replace("\n", "\n     "))
    print(f"{len(manifest) - failed} of {len(manifest)} cases behave")
    sys.exit(0 if manifest and not failed else 1)


if __name__ == "__main__":
    main()
