#!/usr/bin/env python3
"""The zoo, compiled and held against onnxruntime, and what compiling it costs.

    run_zoo.py --net=NAME      checks one net and leaves its row in the folder
    run_zoo.py --table         prints the rows of all that were exported
    run_zoo.py --all           each net in turn, two at a time, then the table

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Integration"))
import support
from support import np, onnx
import foldable
from c_library import Library
from memory_passes import extra_passes

TOLERANCE = 1e-4  # of the output's largest magnitude
SECONDS = 60
# What must become of a net's batch normalisations, apart from any counting.
KNOWN = {"densenet121": {"BN": 121, "folded": 59, "fused": 62, "left": 0}}
MEMORY_TIMES_WEIGHTS, MEMORY_BYTES = 4, 300e6
COLUMNS = ("net", "ops", "BN", "folded", "fused", "left", "error", "seconds", "peak MB",
           "weights MB", "artifact MB")


def compile_measured(kiln, model, library, report):
    """Compiles; returns CPU seconds and the peak of resident memory in bytes.
    Called while this process is small: a child counts its parent's pages."""
    command = [str(kiln), "compile", str(model), "-o", str(library), "--mode=eval",
               f"--fold-report={report}"]
    log = library.with_suffix(".log")
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        print(log.read_text(errors="replace")[-4000:])
        sys.exit(f"FAIL kiln compile: exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def initializer_bytes(model):
    """Bytes of the weights that the file holds."""
    def size(tensor):
        width = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        return width * int(np.prod(tensor.dims, dtype=np.int64))
    return sum(map(size, model.graph.initializer))


def greatest_error(checks, actual, expected):
    """Over all outputs, as part of each one's largest magnitude."""
    checks.that(actual.keys() == expected.keys(), f"outputs {sorted(actual)}")
    worst = 0.0
    for name, theirs in expected.items():
        magnitude = float(np.abs(theirs).max())
        checks.that(1e-3 < magnitude < 1e6 and float(theirs.std()) > 1e-4 * magnitude,
                    f"output {name} {theirs.shape} has a magnitude to compare: {magnitude:.3g}")
        error = support.max_error(actual[name], theirs) / magnitude
        checks.at_most(error, TOLERANCE, f"output {name}: error over the largest magnitude")
        worst = max(worst, error)
    return worst


def check_batch_norms(checks, path, entries):
    """The ledger, held against what must become of each by the file alone."""
    counts = foldable.count(path)
    for line in foldable.compare(counts, entries):
        checks.that(False, f"BN {line}")
    actions = collections.Counter(entry["action"] for entry in entries)
    found = {"folded": actions["folded"], "fused": actions["fused"], "left": actions["kept"]}
    expected = {"folded": counts["fold"], "fused": counts["fuse"], "left": counts["keep"]}
    checks.that(found == expected, f"BN {found}, by the file {expected}")
    return {"BN": counts["total"], **found}


def check_net(kiln, folder, name):
    checks = support.Checks()
    path = folder / f"{name}.onnx"
    library = folder / f"{name}.so"
    report = folder / f"{name}.folds.json"
    seconds, memory = compile_measured(kiln, path, library, report)
    model = onnx.load(path)
    weights = initializer_bytes(model)
    checks.at_most(seconds, SECONDS, "CPU seconds to compile")
    checks.at_most(memory / 1e6, (MEMORY_TIMES_WEIGHTS * weights + MEMORY_BYTES) / 1e6,
                   "peak MB while compiling")
    kernels, written, removed = extra_passes(kiln, path)
    found = check_batch_norms(checks, path, json.loads(report.read_text())["entries"])
    if name in KNOWN:
        checks.that(found == KNOWN[name], f"BN {found}, known to be {KNOWN[name]}")
    checks.that(kernels <= 0 and written <= 0 and removed >= found["fused"],
                f"{removed} fused BN and activations make {kernels:+} kernels and "
                f"{written:+} elements written")
    operators = [node.op_type for node in model.graph.node]
    del model
    x = np.load(folder / f"{name}.npy")
    actual = Library(library, name).run_floats({"x": x})
    error = greatest_error(checks, actual, support.onnxruntime_outputs(path, {"x": x}))
    row = {"net": name, "ops": sum(op != "Constant" for op in operators),
           **found, "error": f"{error:.1e}",
           "seconds": f"{seconds:.1f}", "peak MB": f"{memory / 1e6:.0f}",
           "weights MB": f"{weights / 1e6:.1f}",
           "artifact MB": f"{library.stat().st_size / 1e6:.1f}"}
    library.unlink()
    if not checks.failed:
        (folder / f"{name}.row.json").write_text(json.dumps(row))
    checks.finish()


def print_table(folder, expected=()):
    """All rows, as Markdown; fails where an exported or expected net has none."""
    stamps = {path.stem for path in folder.glob("*.json") if path.name.count(".") == 1}
    rows, missing = [], []
    for name in sorted(stamps | set(expected)):
        row = folder / f"{name}.row.json"
        rows.append(json.loads(row.read_text())) if row.exists() else missing.append(name)
    print(f"onnx {onnx.__version__}, onnxruntime {support.onnxruntime.__version__}, "
          f"numpy {np.__version__}")
    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS))
    for row in rows:
        print("| " + " | ".join(str(row[column]) for column in COLUMNS) + " |")
    if missing or not rows:
        sys.exit(f"FAIL no row of {missing or 'any net'}: not run, or it failed")


def run_all(kiln, folder):
    def run(name):
        command = [sys.executable, "-B", __file__, f"--kiln={kiln}", f"--folder={folder}",
                   f"--net={name}"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        print(f"== {name}: {'ok' if done.returncode == 0 else done.stdout}", flush=True)

    names = sorted(path.stem for path in folder.glob("*.onnx"))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(run, names))
    print_table(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kiln", type=pathlib.Path, metavar="PATH",
                        default=support.ROOT / "build/release/bin/kiln")
    parser.add_argument("--folder", type=pathlib.Path, default=support.ROOT / "build/release/zoo")
    parser.add_argument("--expect", type=lambda text: text.split(","), default=[],
                        metavar="NET,...", help="nets that the table must hold")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--net")
    what.add_argument("--table", action="store_true")
    what.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.folder
    if not any(folder.glob("*.onnx")):
        support.skip(f"no nets in {folder}: test/Zoo/export_nets.py exports them")
    if arguments.table:
        print_table(folder, arguments.expect)
    elif arguments.all:
        run_all(arguments.kiln, folder)
    else:
        (folder / f"{arguments.net}.row.json").unlink(missing_ok=True)
        check_net(arguments.kiln, folder, arguments.net)


if __name__ == "__main__":
    main()
