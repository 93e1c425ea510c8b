"""benchmarks/run.py from end to end: one small net, one round, Kiln against itself
and onnxruntime. Skips without numpy, onnx and onnxruntime.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIP = 77  # ctest's SKIP_RETURN_CODE
try:
    import numpy  # noqa: F401
    import onnx  # noqa: F401
    import onnxruntime  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}; scripts/setup-python.sh makes an environment with it")
    sys.exit(SKIP)

NAMES = ["kiln", "kiln-strict", "onnxruntime"]


def call(script, build, kiln, *arguments):
    """Runs a script of benchmarks/ with a build folder of the test's own."""
    environment = os.environ | {"KILN_BENCHMARKS_BUILD": str(build), "KILN": str(kiln)}
    done = subprocess.run(
        [sys.executable, "-B", str(ROOT / "benchmarks" / script), "--nets", "tutorial",
         "--contenders", *NAMES, "--launches", "1", "--output", str(build / "results"),
         *arguments], env=environment, capture_output=True, text=True, timeout=240)
    print(done.stdout, done.stderr, sep="")
    assert done.returncode == 0, f"{script}: exit code {done.returncode}"


def check_times(folder):
    results = json.loads((folder / "peers.json").read_text())
    assert {c["name"] for c in results["contenders"]} == set(NAMES), results["absent"]
    assert not results["left_out"], results["left_out"]
    errors = results["errors"]["tutorial"]
    assert set(errors) == set(NAMES) and all(0 < e < 1e-5 for e in errors.values()), errors
    flushed = {series["flush"] for series in results["series"]}
    assert flushed == {0, 1}, flushed
    for series in results["series"]:
        assert len(series["rounds"]) == 1, series
        for name, launch in series["rounds"][0].items():
            assert 0 < launch["best"] <= launch["median"] and launch["runs"] >= 3, launch
            assert len(launch["probe"]) == 2 and min(launch["probe"]) > 0, launch
            assert launch["flushing"] == (launch["threads"] if series["flush"] else 0), launch
    page = (folder / "peers.md").read_text()
    for title in ("ONNX Runtime", "Kiln, fast", "Kiln, strict"):
        assert title in page, page


def check_start(folder):
    net, = json.loads((folder / "start.json").read_text())["nets"]
    keys = {*NAMES, "onnxruntime-cached-onnx", "onnxruntime-cached-ort"}
    assert set(net["contenders"]) == keys, net
    for found in net["contenders"].values():
        assert found["start_ms"] > found["create_ms"] > 0 and found["rss_mb"] > 1, found
    assert net["artifact_bytes"]["kiln"] > 1000, net


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kiln", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    shutil.rmtree(arguments.build, ignore_errors=True)
    arguments.build.mkdir(parents=True)
    # No probe is bad here: whatever else the machine does must not fail a test.
    call("run.py", arguments.build, arguments.kiln, "--threads", "1", "--seconds", "0.02",
         "--subnormal-launches", "1", "--tolerance", "0", "--too-slow", "1e9")
    check_times(arguments.build / "results")
    call("start.py", arguments.build, arguments.kiln)
    check_start(arguments.build / "results")
    print("ok")


if __name__ == "__main__":
    main()
