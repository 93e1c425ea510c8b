"""The nets of nets.json: made or found, cleaned, with their inputs beside them.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import hashlib
import json
import subprocess

import numpy as np
import onnx

from . import clean
from .paths import BUILD, HERE, MODELS, ROOT

EXPORT = ROOT / "test/Zoo/export_nets.py"


class Missing(Exception):
    """Why a net or a contender cannot take part."""


class Tensor:
    """A graph input or output: name, shape, and its f32 values in a raw file."""

    def __init__(self, name, shape, path):
        self.name, self.shape, self.path = name, list(shape), path

    def read(self):
        return np.fromfile(self.path, np.float32).reshape(self.shape)

    def line(self, word, path=None):
        """The line of a job (runners/job.h)."""
        return " ".join(map(str, (word, self.name, path or self.path, *self.shape)))


class Net:
    """Files of one net in a folder of its own:
    net.onnx      cleaned: one static shape, no weights among the inputs
    simple.onnx   constants and shape arithmetic computed, for importers that want it"""

    def __init__(self, entry, folder):
        self.name, self.title, self.folder = entry["name"], entry["title"], folder
        self.file, self.simple = folder / "net.onnx", folder / "simple.onnx"
        self.inputs = self.outputs = ()
        self.parameter_bytes = 0
        self.digest = ""  # changes when the files do


def export(entry, folder):
    """Runs the zoo's export script with the Python that has torchvision."""
    name = entry["export"]
    done = subprocess.run(["/usr/bin/python3", str(EXPORT), str(folder), name],
                          capture_output=True, text=True)
    if done.returncode:
        raise Missing((done.stdout + done.stderr).strip().splitlines()[-1])
    return folder / f"{name}.onnx", folder / f"{name}.npy"


def locate(entry):
    """The net's file and its input's, before cleaning."""
    if "export" in entry:
        return export(entry, BUILD / "exported")
    if "file" in entry:
        return ROOT / entry["file"], ROOT / entry["input"]
    folder = MODELS / entry["model"]
    if not folder.is_dir():
        raise Missing(f"no {entry['model']} in {MODELS} (KILN_SHARED_DIR names another place)")
    return folder / "model.onnx", folder / "reference/input_0.npy"


def shapes(values):
    return [(value.name, [dim.dim_value for dim in value.type.tensor_type.shape.dim])
            for value in values]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]


def make(entry):
    """A Net with all its files; Missing where it cannot be had."""
    source, picture = locate(entry)
    folder = BUILD / "nets" / entry["name"]
    folder.mkdir(parents=True, exist_ok=True)
    net = Net(entry, folder)
    stamp = folder / "stamp.json"
    wanted = {"entry": entry, "source": digest(source),
              "cleaned_by": (HERE / "suite/clean.py").read_text()}
    if not stamp.exists() or json.loads(stamp.read_text()) != wanted:
        clean.clean(source, net.file, entry.get("shape"))
        clean.simplify(net.file, net.simple)
        stamp.write_text(json.dumps(wanted))
    net.digest = digest(stamp)
    simple = onnx.load(str(net.simple))
    net.parameter_bytes = sum(int(np.prod(w.dims)) * 4 for w in simple.graph.initializer
                              if w.data_type == onnx.TensorProto.FLOAT)
    net.inputs = [Tensor(name, shape, folder / f"input{i}.raw")
                  for i, (name, shape) in enumerate(shapes(simple.graph.input))]
    net.outputs = [Tensor(name, shape, folder / f"output{i}.raw")
                   for i, (name, shape) in enumerate(shapes(simple.graph.output))]
    if len(net.inputs) != 1:
        raise Missing(f"{len(net.inputs)} inputs; these benchmarks give one picture")
    values = fit(np.load(picture), net.inputs[0].shape)
    np.ascontiguousarray(values, np.float32).tofile(net.inputs[0].path)
    return net


def fit(picture, shape):
    """The picture, repeated and cut to the shape where it has another."""
    if list(picture.shape) == list(shape):
        return picture
    if picture.ndim != len(shape):
        raise Missing(f"an input of shape {picture.shape} for {shape}")
    for axis, size in enumerate(shape):
        times = -(-size // picture.shape[axis])
        picture = np.concatenate([picture] * times, axis).take(range(size), axis)
    return picture


def entries(names=None):
    """The entries of nets.json, or those of the given names in that order."""
    every = json.loads((HERE / "nets.json").read_text())["nets"]
    if not names:
        return every
    by_name = {entry["name"]: entry for entry in every}
    unknown = set(names) - set(by_name)
    if unknown:
        raise SystemExit(f"no net {', '.join(sorted(unknown))}; there are {', '.join(by_name)}")
    return [by_name[name] for name in names]
