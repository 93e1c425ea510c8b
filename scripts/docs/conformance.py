# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""docs/conformance.md: what of ONNX's backend cases passes, and what is refused."""
import collections
import os
import re

FOLDER = os.path.normpath(os.path.join(os.path.dirname(__file__), "../../test/Conformance"))
LISTS = [
    ("must_pass.txt", "What every compiler for convolutional nets takes (libonnx-testdata)"),
    ("optional.txt", "What stands around convolutional nets (libonnx-testdata)"),
    ("newer.txt", "Operators new or changed in opsets 14 to 25 (PyPI's onnx)"),
]
HEAD = """\
<!-- Made from test/Conformance/*.txt by scripts/docs/generate.py: run make_lists.py there, then `ninja kiln-docs`. -->

# Conformance

ONNX's own backend test cases, compiled to native code and run by `kiln-conformance`.
Each output agrees with the case's own at the tolerance of ONNX's backend test (rtol
1e-3, atol 1e-7) and, more tightly, with the reference interpreter; integers and bools
agree exactly. Inputs that say how a node works (shapes, axes, sizes) are bound as
constants; all else stays an input. Debian's libonnx-testdata holds the cases of opsets
up to 17, PyPI's onnx newer ones. `test/Conformance/selection.py` states which of them
are run, and ctest runs them as `conformance` and `conformance-newer`.

"""
# "ArgMax 'ArgMax_0' (opset 13): ": what differs from case to case.
HEADING = re.compile(r"\b(\w+) '[^']*' \(opset \d+\): ")


def read(name):
    """[(case, operator, error)] of a list."""
    rows = []
    with open(os.path.join(FOLDER, name)) as file:
        for line in file:
            if not line.startswith("#") and line.strip():
                fields = [field.strip() for field in line.split("|", 3)]
                rows.append((fields[0], fields[1], fields[3]))
    return rows


def reason_of(error):
    """The error with the names of nodes and inputs left out, nothing said twice."""
    code, text = error.split(": ", 1)
    parts = []
    for part in text.split("; "):
        part = re.sub(r"^\d+ operators are not supported: ", "", part)
        part = HEADING.sub(r"\1: ", part)
        part = re.sub(r"input '[^']*' has", "an input has", part)
        if part not in parts:
            parts.append(part)
    return f"{code}: {'; '.join(parts)}"


def section(name, title):
    rows = read(name)
    refused = [row for row in rows if row[2]]
    text = f"## {title}\n\n`{name}`: {len(rows)} cases, {len(rows) - len(refused)} pass"
    if not refused:
        return text + ".\n"
    text += f", {len(refused)} are refused:\n\n| Operator | Cases | Refused with |\n|---|---|---|\n"
    groups = collections.Counter((op, reason_of(error)) for _, op, error in refused)
    for (op, reason), count in sorted(groups.items()):
        text += f"| {op} | {count} | {reason.replace('|', '&#124;')} |\n"
    return text


def page():
    return HEAD + "\n".join(section(name, title) for name, title in LISTS)
