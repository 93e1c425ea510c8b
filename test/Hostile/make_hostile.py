#!/usr/bin/env python3
"""Writes the hostile folder: a numbered folder a case, and manifest.json, which
says for each how kiln is called, which exit codes are right and what the error
must say. Writes nothing but the folder given; what was in it is lost.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import json
import pathlib
import shutil

import cases
import hostile_attributes  # noqa: F401  (each registers its cases)
import hostile_bytes  # noqa: F401
import hostile_calls  # noqa: F401
import hostile_data  # noqa: F401
import hostile_names  # noqa: F401
import hostile_structure  # noqa: F401


def write(case, folder):
    folder.mkdir()
    model = cases.sound_net()
    made = case.make(model, folder)
    if made is False:  # the case is made of something else
        return
    content = made if isinstance(made, bytes) else model.SerializeToString()
    (folder / "model.onnx").write_bytes(content)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    root = parser.parse_args().folder
    if root.exists():
        if not (root / "manifest.json").is_file():
            parser.error(f"{root} is there and is no hostile folder")
        shutil.rmtree(root)
    root.mkdir(parents=True)
    manifest = []
    for number, case in enumerate(cases.REGISTER):
        folder = f"{number:03}"
        write(case, root / folder)
        manifest.append({"name": case.name, "folder": folder, "arguments": case.arguments,
                         "exits": case.exits, "error": case.error})
    names = [entry["name"] for entry in manifest]
    assert len(set(names)) == len(names), "two cases of one name"
    (root / "manifest.json").write_text(json.dumps(manifest, indent=1))
    bad = sum(0 not in entry["exits"] for entry in manifest)
    print(f"{len(manifest)} cases, {bad} of them bad, in {root}")
    assert bad >= 60


if __name__ == "__main__":
    main()
