#!/usr/bin/env python3
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the lists of conformance cases that lie beside this script.

  must_pass.txt  cases of Debian's libonnx-testdata that every CNN compiler takes
  optional.txt   further cases of it, with the error of those that are refused
  newer.txt      cases of PyPI's onnx package for operators that opsets 14 and
                 later brought or changed, likewise

What is in which list is stated in selection.py. The errors of refused cases come
from a run of kiln-conformance (--tool=build/release/bin/kiln-conformance); without
the tool those of the present lists are kept. A case that fails is not listed as
refused, unless its own numbers are wrong. With --check nothing is written, and a list that differs is an error.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import onnx

import make_cases
import selection

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER = """\
# {title}
# Made by make_lists.py, which gives the form and the meaning.
"""
TITLES = {
    "must_pass.txt": "Cases of libonnx-testdata that must pass",
    "optional.txt": "Further cases of libonnx-testdata",
    "newer.txt": "Cases of PyPI's onnx for operators new or changed since opset 14",
}


def primary_operator(folder, nodes):
    """The operator that a case is about; an expanded one is named by its twin."""
    return next((op for op in nodes if op not in selection.HELPERS), nodes[0])


def bound_inputs(graph):
    """{index: name} of the graph inputs that a static compiler binds."""
    stored = {tensor.name for tensor in graph.initializer}
    inputs = [value.name for value in graph.input if value.name not in stored]
    wanted = set()
    for node in graph.node:
        for i in selection.BOUND_INPUTS.get(node.op_type, ()):
            if i < len(node.input) and node.input[i] in inputs:
                wanted.add(node.input[i])
    return {i: name for i, name in enumerate(inputs) if name in wanted}


def opset_of(model):
    """Of the default domain; 0 where a model has none of its operators."""
    return max((e.version for e in model.opset_import if not e.domain), default=0)


class Cases:
    """The cases of a data folder: operator and bound inputs of each."""

    def __init__(self, data, groups):
        self.data = data
        self.found = {}
        for group in groups:
            for name in sorted(os.listdir(os.path.join(data, group))):
                path = os.path.join(data, group, name, "model.onnx")
                if os.path.exists(path):
                    self.read(f"{group}/{name}", path)

    def read(self, folder, path):
        model = onnx.load(path, load_external_data=False)
        if opset_of(model) > selection.NEWEST_OPSET:
            return
        nodes = [node.op_type for node in model.graph.node]
        self.found[folder] = self.twin(folder) or (primary_operator(folder, nodes),
                                                   bound_inputs(model.graph))

    def twin(self, folder):
        """A case test_x_expanded (_ver18) comes after test_x, its twin: it has the
        same inputs, but its nodes do not say which of them are constants."""
        twin = folder.split("_expanded")[0]
        return self.found.get(twin) if twin != folder else None


def read_refusals(name):
    """{case: error} of the present list."""
    refusals = {}
    path = os.path.join(HERE, name)
    if os.path.exists(path):
        with open(path) as file:
            for line in file:
                fields = [field.strip() for field in line.split("|", 3)]
                if len(fields) == 4 and not line.startswith("#") and fields[3]:
                    refusals[fields[0]] = fields[3]
    return refusals


def line_of(case, operator, bound, refusal):
    pairs = " ".join(f"{i}={name}" for i, name in bound.items())
    return f"{case} | {operator} | {pairs} | {refusal}".rstrip() + "\n"


def run_tool(tool, data, text):
    """{case: error} of the cases that the compiler refuses now."""
    with tempfile.TemporaryDirectory() as folder:
        listed, results = (os.path.join(folder, n) for n in ("list.txt", "out.tsv"))
        with open(listed, "w") as file:
            file.write(text)
        command = [tool, f"--data={data}", f"--list={listed}", f"--results={results}"]
        ended = subprocess.run(command, stdout=subprocess.DEVNULL)
        if ended.returncode not in (0, 1):
            sys.exit(f"make_lists.py: error: {tool} ended with {ended.returncode}")
        with open(results) as file:
            rows = [line.rstrip("\n").split("\t") for line in file]
    refusals = {}
    for case, outcome, error in rows:
        if outcome == "refused":
            refusals[case] = error
        elif outcome == "failed" and case in selection.WRONG_NUMBERS:
            refusals[case] = "K0601: " + selection.WRONG_NUMBERS[case]
        elif outcome == "failed":
            print(f"fails: {case}: {error}")
    return refusals


def make_list(name, cases, chosen, tool):
    """The text of one list; what must pass has no refusals."""

    def text_with(refusals):
        lines = [line_of(c, *cases.found[c], refusals.get(c, "")) for c in chosen]
        return HEADER.format(title=TITLES[name]) + "".join(lines)

    if name == "must_pass.txt":
        return text_with({})
    if tool:
        return text_with(run_tool(tool, cases.data, text_with({})))
    return text_with(read_refusals(name))


def all_lists(arguments):
    debian = Cases(arguments.data, ["node", "simple", "pytorch-converted", "pytorch-operator"])
    folder = tempfile.TemporaryDirectory()
    make_cases.write_all(folder.name)
    newer = Cases(folder.name, ["node"])
    chosen = {
        "must_pass.txt": (debian, [c for c, (op, _) in debian.found.items() if selection.must_pass(c, op)]),
        "optional.txt": (debian, [c for c, (op, _) in debian.found.items() if selection.is_optional(c, op)]),
        "newer.txt": (newer, [c for c, (op, _) in newer.found.items() if selection.is_newer(c, op)]),
    }
    for name, (cases, picked) in chosen.items():
        if not arguments.only or name == arguments.only:
            yield name, make_list(name, cases, picked, arguments.tool)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", default="/usr/share/libonnx-testdata/data")
    parser.add_argument("--tool", help="path of kiln-conformance")
    parser.add_argument("--only", choices=list(TITLES), help="one list")
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    stale = False
    for name, text in all_lists(arguments):
        path = os.path.join(HERE, name)
        old = open(path).read() if os.path.exists(path) else ""
        if old == text:
            continue
        if arguments.check:
            print(f"test/Conformance/{name} is stale: run make_lists.py")
            stale = True
        else:
            with open(path, "w") as file:
                file.write(text)
            print(f"wrote test/Conformance/{name}")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
