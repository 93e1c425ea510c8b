"""Runs launches one after another, each a process of its own, and prints their
results: what an exclusive command (run.py --exclusive-command) is put before.

    python -m suite.launch PLAN.json RESULT.json

PLAN: {"rounds": [[{"command", "job", "cpus", "key"}, ...], ...]} and, for what is
timed, "seconds": rounds that would begin later are left for another call;
"tolerance" and "probe": [PROGRAM, {threads: best so far}, [threads, ...]]: a round is
given up at its first bad probe, which stays in its results as the reason.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import os
import subprocess
import sys
import time

LAUNCH_SECONDS = 120


def summary(result):
    """A launch's times as best, median and count: single runs are not kept."""
    times = sorted(result.pop("times", []))
    if times:
        half = len(times) // 2
        middle = times[half] if len(times) % 2 else (times[half - 1] + times[half]) / 2
        result |= {"best": times[0], "median": middle, "runs": len(times)}
    return result


def launch(one, wanted_probe=0.0):
    os.sched_setaffinity(0, one["cpus"])
    begin = time.clock_gettime(time.CLOCK_MONOTONIC)
    try:
        done = subprocess.run([*one["command"], one["job"]], capture_output=True, text=True,
                              timeout=LAUNCH_SECONDS,
                              env=os.environ | {"KILN_BENCHMARKS_PROBE": str(wanted_probe)})
    except subprocess.TimeoutExpired:
        return {"error": f"no result after {LAUNCH_SECONDS} s"}
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        errors = done.stderr.strip().splitlines() or ["no message"]
        return {"error": f"exit code {done.returncode}: {errors[-1][:300]}"}
    result = summary(json.loads(lines[-1]))
    result["start_s"] = result["first_output_at"] - begin
    return result


def calibrate(plan):
    """The best probe by number of threads, with fresh ones, by the program."""
    if "probe" not in plan:
        return {}
    program, best, wanted = plan["probe"]
    best = {int(threads): speed for threads, speed in best.items()}
    for threads in wanted:
        cpus = [one["cpus"] for r in plan["rounds"] for one in r if len(one["cpus"]) == threads]
        os.sched_setaffinity(0, cpus[0])
        done = subprocess.run([program, str(threads)], capture_output=True, text=True, check=True)
        best[threads] = max(best.get(threads, 0), float(done.stdout))
    return best


def run_round(launches, best, tolerance):
    """Stops at the first bad probe."""
    round_ = {}
    for one in launches:
        threads = len(one["cpus"])
        result = round_[one["key"]] = launch(one, tolerance * best.get(threads, 0))
        if best and "probe" in result:
            if min(result["probe"]) < tolerance * best[threads]:
                break
            best[threads] = max(best[threads], *result["probe"])
    return round_


def main():
    with open(sys.argv[1]) as file:
        plan = json.load(file)
    end = time.monotonic() + plan.get("seconds", 1e9)
    best = calibrate(plan)
    results = []
    for launches in plan["rounds"]:
        if time.monotonic() > end and results:
            break
        results.append(run_round(launches, best, plan.get("tolerance", 0)))
        with open(sys.argv[2] + ".part", "w") as file:
            json.dump({"rounds": results, "best_probe": best}, file)
        os.replace(sys.argv[2] + ".part", sys.argv[2])  # kept, should we be ended


if __name__ == "__main__":
    main()
