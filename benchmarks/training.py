#!/usr/bin/env python3
"""Batch normalisation in training with what follows it, beside PyTorch: eager,
eager channels-last and torch.compile, in one interleaved run. Every contender is
a process of its own that is started once, prepares, and then waits for its slices;
outputs lie in memory allocated before, running statistics are updated, subnormals
flushed; a convolution's result is PyTorch's to allocate. There is no probe: a round
in which others had the cores counts. Needs requirements.txt (setup.sh).

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import time

from suite import machine, statistics
from training_cases import CASES

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PEERS = ("eager", "channels_last", "compile")
TOLERANCE = 2e-5  # of the greatest element, against f64


class Worker:
    """A contender's process: prepares, then runs a slice for each line it reads."""

    def __init__(self, name, case, threads, arguments):
        self.name = name
        command = [sys.executable, str(HERE / "training_worker.py"), name, case, str(threads)]
        if name == "kiln":
            command += [str(arguments.kiln), str(arguments.build)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, range(threads)),
            env=os.environ | {"OMP_NUM_THREADS": str(threads)})
        self.ready = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name}: the worker ended with {self.process.wait()}")
        return json.loads(line)

    def slice(self, seconds):
        print(seconds, file=self.process.stdin, flush=True)
        times = sorted(self.read())
        return {"best": times[0], "median": times[len(times) // 2], "runs": len(times)}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Series:
    """One case on so many threads: its contenders, and what their slices took."""

    def __init__(self, case, threads, arguments):
        self.case, self.threads, self.rounds = case, threads, []
        self.workers = [Worker(name, case, threads, arguments) for name in ("kiln", *PEERS)]
        for worker in self.workers:
            if worker.ready["error"] > TOLERANCE:
                raise SystemExit(f"{case}: {worker.name} is off by {worker.ready['error']:.1e}")

    def run_round(self, arguments):
        # Who follows whom changes from round to round.
        turn = len(self.rounds) % len(self.workers)
        self.rounds.append({})
        for worker in self.workers[turn:] + self.workers[:turn]:
            time.sleep(arguments.pause)  # threads of the one before stop spinning
            self.rounds[-1][worker.name] = worker.slice(arguments.seconds)

    def result(self):
        for worker in self.workers:
            worker.close()
        return {"case": self.case, "threads": self.threads, "rounds": self.rounds,
                "errors": {worker.name: worker.ready["error"] for worker in self.workers}}


def row(result):
    best = {name: min(r[name]["best"] for r in result["rounds"])
            for name in ("kiln", *PEERS)}
    fastest = min(PEERS, key=best.get)
    ratio = statistics.ratio(result["rounds"], fastest, "kiln")
    cells = [result["case"], str(result["threads"])]
    cells += [f"{best[name] * 1e3:.3f}" for name in ("kiln", *PEERS)]
    cells += [fastest, f"{ratio['ratio']:.2f} ({ratio['low']:.2f} to {ratio['high']:.2f})",
              f"{ratio['best_of']:.2f}"]
    return "| " + " | ".join(cells) + " |"


def table(results):
    return ["| case | threads | Kiln ms | eager | channels-last | compile | fastest peer "
            "| its time over Kiln's, median of rounds (95 %) | best over best |",
            "|---|---|---|---|---|---|---|---|---|", *map(row, results)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kiln", type=pathlib.Path,
                        default=os.environ.get("KILN", ROOT / "build/release/bin/kiln"))
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/benchmarks/training")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.3, help="of a slice")
    parser.add_argument("--pause", type=float, default=0.05, help="before a slice")
    parser.add_argument("--gate", type=pathlib.Path,
                        help="wait for this file before the rounds begin")
    arguments = parser.parse_args()
    arguments.build.mkdir(parents=True, exist_ok=True)
    series = [Series(case, threads, arguments)
              for case in arguments.cases for threads in arguments.threads]
    print("prepared", file=sys.stderr, flush=True)
    while arguments.gate and not arguments.gate.exists():
        time.sleep(0.1)
    for _ in range(arguments.rounds):
        for one in series:
            one.run_round(arguments)
    results = [one.result() for one in series]
    text = "\n".join(table(results)) + "\n"
    (arguments.build / "training.md").write_text(text)
    (arguments.build / "training.json").write_text(
        json.dumps({"machine": machine.describe(), "results": results}, indent=1) + "\n")
    print(text, end="")


if __name__ == "__main__":
    main()
