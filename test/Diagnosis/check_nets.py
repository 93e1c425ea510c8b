#!/usr/bin/env python3
"""`kiln diagnose` on the nets of train_nets.py: of the healthy ones at most one
alarms; of each broken one the cause is named first.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import json
import pathlib
import subprocess
import sys

SKIP = 77  # ctest's SKIP_RETURN_CODE
HEALTHY_ALARMS = 1
HEALTHY_NETS = 20


def diagnose(kiln, folder, net):
    done = subprocess.run([kiln, "diagnose", folder / f"{net['name']}.onnx",
                           f"--data={folder / net['data']}", "--json=-", *net["flags"]],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{net['name']}: exit code {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kiln", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    index = arguments.folder / "nets.json"
    if not index.exists():
        print(f"skipped: no {index}; train_nets.py needs Debian's python3-torch "
              "(scripts/install-deps.sh --zoo)")
        sys.exit(SKIP)
    nets = json.loads(index.read_text())["nets"]
    alarms, wrong, healthy, broken = [], [], 0, 0
    for net in nets:
        report = diagnose(arguments.kiln, arguments.folder, net)
        named = [cause["id"] for cause in report["causes"]]
        print(f"{net['name']}: accuracy {net['accuracy']:.3f}, train and eval differ by "
              f"{100 * report['difference']:.1f} %: {', '.join(named) or 'healthy'}",
              flush=True)
        if net["cause"] is None:
            healthy += 1
            if report["alarm"]:
                alarms.append(net["name"])
        else:
            broken += 1
            if named[:1] != [net["cause"]]:
                wrong.append(f"{net['name']}: {net['cause']} expected")
    print(f"{len(alarms)} of {healthy} healthy nets alarm; {broken - len(wrong)} of "
          f"{broken} broken ones are named first")
    if healthy < HEALTHY_NETS or broken < 9:
        sys.exit("nets are missing")
    if len(alarms) > HEALTHY_ALARMS or wrong:
        sys.exit("\n".join(wrong + [f"alarm: {name}" for name in alarms]))


if __name__ == "__main__":
    main()
