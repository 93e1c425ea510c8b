#!/usr/bin/env python3
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs each example of docs/dialect.md through kiln-opt, twice.

An example is a fragment: one operation, or a region. It is put into a function
whose arguments are the values that it uses but does not make; their types are
read off the signatures behind the operations.

usage: check_examples.py KILN_OPT PAGE
"""
import re
import subprocess
import sys

VALUE = re.compile(r"%[A-Za-z_0-9]+")
OPERATION = re.compile(r"(?:((?:%\w+(?:,\s*)?)+)\s*=\s*)?(?<!#)nn\.(\w+)")


def examples(text):
    """(operation, fragment) of each fenced block below a `nn.op` heading."""
    heading = None
    for match in re.finditer(
        r"^#+ `nn\.(\w+)`|^```mlir\n(.*?)^```", text, re.MULTILINE | re.DOTALL
    ):
        if match.group(1):
            heading = match.group(1)
        else:
            yield heading, match.group(2)


def split_types(text):
    """Splits `a<b, c>, d` at the commas outside angle brackets."""
    parts, depth, start = [], 0, 0
    for i, char in enumerate(text):
        depth += (char == "<") - (char == ">")
        if char == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [part.strip() for part in parts + [text[start:]] if part.strip()]


def signature(statement):
    """What stands before the types of an operation's operands, and these."""
    operands, arrow, _ = statement.partition("->")
    head, _, types = operands.rpartition(" : ")
    return head, split_types(types.strip().strip("()") if arrow else types)


def arguments(fragment):
    """Name and type of each value that the fragment uses and does not make."""
    starts = list(OPERATION.finditer(fragment))
    made, used = set(), {}
    for i, start in enumerate(starts):
        made.update(VALUE.findall(start.group(1) or ""))
        end = starts[i + 1].start() if i + 1 < len(starts) else len(fragment)
        statement = re.sub(r"\s+", " ", fragment[start.end() : end].split("\n}")[0])
        if start.group(2) == "fused":
            continue
        head, types = signature(" " + statement.strip() + " ")
        for value, kind in zip(VALUE.findall(head), types, strict=True):
            used.setdefault(value, kind)
    return {value: kind for value, kind in used.items() if value not in made}


def wrap(fragment):
    listed = ", ".join(f"{value}: {kind}" for value, kind in arguments(fragment).items())
    return f"func.func @example({listed}) {{\n{fragment}  return\n}}\n"


def main():
    kiln_opt, page = sys.argv[1:]
    with open(page) as file:
        text = file.read()
    shown, failures = set(), 0
    for operation, fragment in examples(text):
        shown.add(operation)
        module = wrap(fragment)
        for _ in range(2):  # what is printed is read again
            run = subprocess.run(
                [kiln_opt, "-"], input=module, capture_output=True, text=True
            )
            if run.returncode != 0 or f"nn.{operation}" not in run.stdout:
                print(f"the example of nn.{operation} fails:\n{module}{run.stderr}")
                failures += 1
                break
            module = run.stdout
    documented = set(re.findall(r"^#+ `nn\.(\w+)`", text, re.MULTILINE))
    for operation in sorted(documented - shown):
        print(f"nn.{operation} has no example")
        failures += 1
    print(f"{len(shown)} of {len(documented)} operations have examples, {failures} failures")
    sys.exit(1 if failures or not documented else 0)


if __name__ == "__main__":
    main()
