"""Writes jobs (runners/job.h) and runs plans of them, under a command if given.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from .nets import Missing
from .paths import BUILD, HERE


def cpus_for(threads):
    """The last cores that this process may use: the first serve interrupts more."""
    allowed = sorted(os.sched_getaffinity(0))
    if threads > len(allowed):
        raise Missing(f"{len(allowed)} cores")
    return allowed[-threads:]


class Job:
    """One contender on one net: where its job files and outputs lie."""

    def __init__(self, contender, net):
        self.contender, self.net = contender, net
        self.folder = BUILD / "jobs" / net.name / contender.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lines = contender.prepare(net)
        self.command = [str(word) for word in contender.command()]

    def write(self, mode, threads, flush=1, seconds=0.0, extra=(), tag=""):
        """The path of the job; `extra` lines come last and so win."""
        path = self.folder / f"{mode}{tag}-{threads}-{flush}.job"
        lines = [f"mode {mode}", f"threads {threads}", f"flush {flush}", f"seconds {seconds}",
                 *(line.replace("{threads}", str(threads)) for line in self.lines), *extra]
        lines += [tensor.line("input") for tensor in self.net.inputs]
        lines += [tensor.line("output", self.folder / f"output{i}.raw")
                  for i, tensor in enumerate(self.net.outputs)]
        path.write_text("\n".join(lines) + "\n")
        return str(path)

    def launch(self, mode, threads, **more):
        """An entry of a plan (launch.py)."""
        return {"command": self.command, "job": self.write(mode, threads, **more),
                "cpus": cpus_for(threads),
                "key": self.contender.name + more.get("tag", "")}


def run_plan(plan, prefix=""):
    """What launch.py makes of a plan, the whole under the command `prefix`; no
    rounds where that command ends it: the caller counts these."""
    with tempfile.TemporaryDirectory(prefix="kiln-benchmark-") as folder:
        source, result = Path(folder) / "plan.json", Path(folder) / "result.json"
        source.write_text(json.dumps(plan))
        command = [*shlex.split(prefix), sys.executable, "-m", "suite.launch", source, result]
        subprocess.run(list(map(str, command)), cwd=HERE, stderr=subprocess.PIPE)
        if not result.exists():
            return {"rounds": [], "best_probe": {}}
        return json.loads(result.read_text())
