"""Who takes part: how each is prepared for a net, and how it is launched.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import glob
import json
import os
import pathlib
import re
import subprocess
import sys
from importlib import metadata

from . import runners
from .nets import Missing
from .paths import BUILD, HERE, ROOT, RUNNERS

PREPARE_SECONDS = 600


class Contender:
    """name: in options and files; title: in tables; package: whose version."""

    def __init__(self, name, title, package=None):
        self.name, self.title, self.package = name, title, package
        self.notes = {}
        self.prefix = []  # what preparation is run under
        self.threads = [1]  # the numbers of threads that are measured
        self.timed = True  # False: its errors alone are wanted

    def version(self):
        try:
            return metadata.version(self.package)
        except metadata.PackageNotFoundError:
            log = BUILD / "venv/failed" / self.package
            why = f": {log.read_text().strip().splitlines()[-1]}" if log.exists() else ""
            raise Missing(f"pip did not install {self.package}{why}") from None

    def command(self):
        """The runner; built where it is not yet."""
        raise NotImplementedError

    def prepare(self, net):
        """The lines of a job that only this contender has."""
        raise NotImplementedError

    def one_thread_only(self, net):
        return False


class Onnxruntime(Contender):
    def command(self):
        return [runners.program("onnxruntime_runner")]

    def library(self):
        return glob.glob(f"{runners.site_packages()}/onnxruntime/capi/libonnxruntime.so.*")[0]

    def prepare(self, net):
        return [f"model {net.file}", f"option library {self.library()}"]


class Openvino(Contender):
    def command(self):
        folder = f"{runners.site_packages()}/openvino"
        return [runners.program("openvino_runner", f"-I{folder}/include",
                                *glob.glob(f"{folder}/libs/libopenvino_c.so.*"),
                                f"-Wl,-rpath,{folder}/libs")]

    def prepare(self, net):
        return [f"model {net.file}"]


def without_paths(text):
    """Names of files alone, so that a table speaks of no machine's folders."""
    return re.sub(r"(?<![\w.])/(?:[^\s:'\"()]*/)+", "", text)


class Prepared(Contender):
    """A peer whose file a script of suite/prepare writes, in a process of its own. A
    suffix with {threads} asks for a file a number of threads."""

    def __init__(self, name, title, package, script, suffix, options=()):
        super().__init__(name, title, package)
        self.script, self.suffix, self.options = script, suffix, options

    def prepare(self, net):
        target = net.folder / f"{self.name}{self.suffix}"
        stamp = net.folder / f"{self.name}.json"
        wanted = {"version": self.version(), "net": net.digest,
                  "script": (HERE / f"suite/prepare/{self.script}.py").read_text()}
        if "{threads}" in self.suffix:
            wanted["threads"] = self.threads
        if stamp.exists():
            made = json.loads(stamp.read_text())
            note, reason = made.pop("note", None), made.pop("reason", None)
            if made == wanted:
                return self.lines(net, target, note, reason)
        note, reason = self.make(net, target)
        stamp.write_text(json.dumps(wanted | {"note": note, "reason": reason}))
        return self.lines(net, target, note, reason)

    def make(self, net, target):
        """What the script says of what it wrote, and None; or None and why not."""
        command = [*self.prefix, sys.executable, "-m", f"suite.prepare.{self.script}", net.simple,
                   net.inputs[0].path, target]
        if "{threads}" in self.suffix:
            command += self.threads
        try:
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True,
                                  cwd=HERE, timeout=PREPARE_SECONDS)
        except subprocess.TimeoutExpired:
            return None, f"no result after {PREPARE_SECONDS} s"
        lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
        last = lines[-1] if lines else ""
        return (last, None) if done.returncode == 0 else (None, without_paths(last)[:300])

    def lines(self, net, target, note, reason):
        if reason:
            raise Missing(reason)
        self.notes[net.name] = note
        return [f"model {target}", *self.options]


class Torch(Prepared):
    def command(self):
        folder = f"{runners.site_packages()}/torch"
        return [runners.program(
            "torch_runner", f"-I{folder}/include",
            f"-I{folder}/include/torch/csrc/api/include", f"-L{folder}/lib", "-ltorch",
            "-ltorch_cpu", "-lc10", f"-Wl,-rpath,{folder}/lib", cxx=True)]


class FromPython(Prepared):
    def command(self):
        return [sys.executable, RUNNERS / "python_runner.py", runners.shared_harness(),
                self.name]


class Kiln(Contender):
    """A library of kiln compile; `flags` choose the accuracy where kiln knows them."""

    def __init__(self, name, title, flags=(), timed=True):
        super().__init__(name, title)
        self.flags, self.timed = flags, timed
        self.kiln = os.environ.get("KILN", str(ROOT / "build/release/bin/kiln"))

    def command(self):
        return [runners.program("kiln_runner")]

    def help(self):
        if not os.access(self.kiln, os.X_OK):
            raise Missing(f"no {self.kiln} (KILN names another)")
        return subprocess.run([self.kiln, "compile", "--help"], capture_output=True,
                              text=True).stdout

    def version(self):
        known = self.help()
        for flag in self.flags:
            if flag.split("=")[0] not in known:
                raise Missing(f"this kiln has no {flag.split('=')[0]}")
        done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"],
                              capture_output=True, text=True)
        return done.stdout.strip() or "unknown"

    def prepare(self, net):
        target = net.folder / f"{self.name}.so"
        if not runners.newer(target, [net.file, pathlib.Path(self.kiln)]):
            done = subprocess.run(
                [*self.prefix, self.kiln, "compile", str(net.file), "-o", str(target), "--net-name=net",
                 "--mode=eval", *self.flags], capture_output=True, text=True)
            if done.returncode:
                errors = [l for l in done.stderr.splitlines() if "error" in l]
                raise Missing((errors or [f"exit code {done.returncode}"])[0][:300])
        return [f"model {target}"]

    def one_thread_only(self, net):
        header = net.folder / f"{self.name}.h"
        return "net_pool_create" not in header.read_text()


def every():
    return [
        Kiln("kiln", "Kiln, fast", ["--conv-accuracy=fast"]),
        Kiln("kiln-strict", "Kiln, strict", ["--conv-accuracy=strict"]),
        Kiln("kiln-direct", "Kiln, direct", ["--conv-accuracy=direct"], timed=False),
        Onnxruntime("onnxruntime", "ONNX Runtime", "onnxruntime"),
        Openvino("openvino", "OpenVINO", "openvino"),
        Torch("torch", "PyTorch, frozen", "torch", "torch_frozen", ".pt",
              ["option kind frozen"]),
        Torch("torch-compile", "PyTorch, torch.compile", "torch", "torch_compiled",
              "-{threads}.pt2",
              ["option kind compiled"]),
        FromPython("iree", "IREE", "iree-base-compiler", "iree", ".vmfb"),
        FromPython("tvm", "TVM, untuned", "apache-tvm", "tvm", ".so"),
    ]
