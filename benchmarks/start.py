#!/usr/bin/env python3
"""Measures the time from a process's start to its first output, the page cache
warm, and its peak memory. start.sh calls this with the Python that has the peers.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import json
import os
import shlex
import sys

from run import chosen
from suite import machine, nets, runners, statistics
from suite.jobs import Job, run_plan
from suite.nets import Missing
from suite.paths import HERE
from suite.table import rows

# What a runtime keeps between processes counts too, as a contender of its own.
CACHED = {"onnxruntime": [("-cached-onnx", "cached .onnx", "optimised {folder}/cached.onnx"),
                          ("-cached-ort", "cached .ort", "optimised {folder}/cached.ort")],
          "openvino": [("-cached", "cached", "cache {folder}/cache")]}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nets", nargs="+", metavar="NET", default=["resnet50"])
    parser.add_argument("--contenders", nargs="+", metavar="NAME",
                        default=["kiln", "kiln-strict", "onnxruntime", "openvino",
                                 "torch", "torch-compile"])
    parser.add_argument("--launches", type=int, default=10)
    parser.add_argument("--exclusive-command", default=os.environ.get("KILN_EXCLUSIVE", ""),
                        metavar="PREFIX", help="put before what is timed")
    parser.add_argument("--exclusive-seconds", type=float, default=45)
    parser.add_argument("--shared-command", default=os.environ.get("KILN_SHARED", ""),
                        metavar="PREFIX", help="put before what prepares")
    parser.add_argument("--output", default="results", help="folder of the results")
    return parser.parse_args()


def cached(job, tag, option, prefix):
    """A launch from what an earlier launch, made here, has kept."""
    folder = job.folder
    lines = [f"option {option.format(folder=folder)}"]
    made = run_plan({"rounds": [[job.launch("start", 1, extra=lines, tag=tag + "-make")]]},
                    prefix)["rounds"]
    if not made or "error" in next(iter(made[0].values())):
        raise Missing(f"nothing was kept: {made}")
    if option.startswith("optimised"):
        kept = lines[0].split()[-1]
        lines = [f"model {kept}", "option cached 1"]
    return job.launch("start", 1, extra=lines, tag=tag)


def prepare(options, net):
    """The launches of one round, titles by key, artifact bytes by key."""
    launches, titles, sizes, out = [], {}, {}, {}
    for contender in chosen(options.contenders):
        contender.prefix = shlex.split(options.shared_command)
        try:
            contender.version()
            job = Job(contender, net)
        except Missing as reason:
            out[contender.title] = str(reason)
            continue
        launches.append(job.launch("start", 1))
        titles[contender.name] = contender.title
        if contender.name.startswith("kiln"):
            library = job.lines[0].split()[1]
            sizes[contender.name] = os.path.getsize(library)
        for tag, title, option in CACHED.get(contender.name, ()):
            try:
                launches.append(cached(job, tag, option, options.shared_command))
                titles[contender.name + tag] = f"{contender.title}, {title}"
            except Missing as reason:
                out[f"{contender.title}, {title}"] = str(reason)
    return launches, titles, sizes, out


def measure(options, launches):
    """The launches' results, the first round (which warms the page cache) left out."""
    wanted, rounds = options.launches + 1, []
    while len(rounds) < wanted:
        more = run_plan({"rounds": [launches] * (wanted - len(rounds)),
                         "seconds": options.exclusive_seconds},
                        options.exclusive_command)["rounds"]
        if not more:
            raise SystemExit("the exclusive command gives no results")
        rounds += more
    return rounds[1:]


def summary(rounds, titles):
    found = {}
    for key, title in titles.items():
        mine = [r[key] for r in rounds]
        errors = [launch["error"] for launch in mine if "error" in launch]
        found[key] = {"title": title, "error": errors[0]} if errors else {
            "title": title, "start_ms": 1e3 * statistics.median([m["start_s"] for m in mine]),
            "best_ms": 1e3 * min(m["start_s"] for m in mine),
            "create_ms": 1e3 * statistics.median([m["create_s"] for m in mine]),
            "rss_mb": statistics.median([m["peak_rss_kb"] for m in mine]) / 1024}
    return found


def markdown(results):
    lines = ["# Start", "", f"Machine: {results['machine']['cpu']}; "
             f"{results['machine']['system']}. From the start of the process to its first "
             f"output, one thread, page cache warm, {results['launches']} launches each, in "
             "turn. Peak resident memory, pages of files included.", ""]
    for net in results["nets"]:
        lines += [f"## {net['title']}", "",
                  f"Parameters: {net['parameter_bytes'] / 1e6:.1f} MB.", ""]
        table = [[c["title"], f"{c['start_ms']:.1f}", f"{c['best_ms']:.1f}",
                  f"{c['create_ms']:.1f}", f"{c['rss_mb']:.0f}",
                  f"{net['artifact_bytes'][key] / 1e6:.1f}" if key in net["artifact_bytes"]
                  else "-"] for key, c in net["contenders"].items() if "error" not in c]
        lines += rows(["contender", "median ms", "best ms", "of it loading, ms", "peak MB",
                       "artifact MB"], table)
        lines += [f"- {title}: {reason}." for title, reason in net["missing"].items()]
        lines += [f"- {c['title']}: {c['error']}." for c in net["contenders"].values()
                  if "error" in c]
        lines += [""]
    return "\n".join(lines).rstrip() + "\n"


def main():
    options = parse()
    runners.PREFIX[:] = shlex.split(options.shared_command)
    results = {"machine": machine.describe(), "launches": options.launches, "nets": []}
    for entry in nets.entries(options.nets):
        try:
            net = nets.make(entry)
        except Missing as reason:
            print(f"net {entry['name']} is left out: {reason}", file=sys.stderr)
            continue
        launches, titles, sizes, out = prepare(options, net)
        found = summary(measure(options, launches), titles)
        results["nets"].append({"name": net.name, "title": net.title, "missing": out,
                                "parameter_bytes": net.parameter_bytes,
                                "artifact_bytes": sizes, "contenders": found})
    folder = HERE / options.output
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "start.json").write_text(json.dumps(results, indent=1) + "\n")
    (folder / "start.md").write_text(markdown(results))
    print(f"wrote {folder}/start.json and start.md", file=sys.stderr)


if __name__ == "__main__":
    main()
