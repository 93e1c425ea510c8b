"""A whole measurement: prepare, check, rounds, results.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import json
import shlex
import sys

from . import agree, machine, nets, plot, runners, statistics, table
from .jobs import Job, cpus_for, run_plan
from .nets import Missing
from .paths import BUILD, HERE


def say(text):
    print(text, file=sys.stderr, flush=True)


def merged(results, earlier):
    """`results`, and what `earlier` ones of the same machine and contenders say of
    other nets, in the order of nets.json."""
    if not earlier:
        return results
    for what in ("machine", "cpus"):
        if earlier[what] != results[what]:
            raise SystemExit(f"--keep: the earlier results are of another machine ({what})")
    ours = {(c["name"], c["version"]) for c in results["contenders"]}
    if ours != {(c["name"], c["version"]) for c in earlier["contenders"]}:
        raise SystemExit("--keep: the earlier results are of other contenders or versions")
    measured = {net["name"] for net in results["nets"]}
    kept = [net for net in earlier["nets"] if net["name"] not in measured]
    order = [entry["name"] for entry in nets.entries()]
    results["nets"] = sorted(results["nets"] + kept, key=lambda net: order.index(net["name"]))
    for what in ("left_out", "errors", "check_seconds"):
        for net in kept:
            if net["name"] in earlier[what]:
                results[what][net["name"]] = earlier[what][net["name"]]
    results["series"] += [s for s in earlier["series"] if s["net"] not in measured]
    for theirs in earlier["contenders"]:
        ours = next(c for c in results["contenders"] if c["name"] == theirs["name"])
        ours["notes"] = theirs["notes"] | ours["notes"]
    for threads, speed in earlier["best_probe_gflops"].items():
        best = results["best_probe_gflops"]
        best[threads] = max(speed, best.get(threads, 0))
    return results


class Measurement:
    def __init__(self, options, contenders):
        self.options, self.contenders = options, contenders
        self.nets = []
        self.jobs = {}  # net's name -> contender's name -> Job
        self.versions = {}
        # What the results hold beside times: why something is missing, errors.
        self.missing_nets, self.absent, self.left_out = {}, {}, {}
        self.errors, self.check_seconds = {}, {}
        self.kept, self.discarded, self.best_probe = {}, {}, {}
        self.bad_probes = {}
        self.slow = []  # (net, job) of who is too slow for the rounds
        self.earlier = None  # results of other nets to keep, once read

    # -- Preparing ----------------------------------------------------------------

    def prepare(self, entries):
        runners.PREFIX[:] = shlex.split(self.options.shared_command)
        for entry in entries:
            try:
                self.nets.append(nets.make(entry))
                say(f"net {entry['name']}")
            except (Missing, ValueError) as reason:
                self.missing_nets[entry["title"]] = str(reason)
                say(f"net {entry['name']} is left out: {reason}")
        for contender in list(self.contenders):
            contender.prefix = shlex.split(self.options.shared_command)
            contender.threads = self.options.threads
            try:
                self.versions[contender.name] = contender.version()
                contender.command()
            except Missing as reason:
                self.contenders.remove(contender)
                self.absent[contender.title] = str(reason)
                say(f"{contender.title} is left out: {reason}")
        for net in self.nets:
            self.jobs[net.name] = {}
            for contender in self.contenders:
                self.prepare_one(net, contender)

    def prepare_one(self, net, contender):
        try:
            self.jobs[net.name][contender.name] = Job(contender, net)
            say(f"prepared {net.name} for {contender.title}")
        except Missing as reason:
            self.leave_out(net, contender.name, str(reason))

    def leave_out(self, net, name, reason):
        self.left_out.setdefault(net.name, {})[name] = reason
        self.jobs[net.name].pop(name, None)
        say(f"{net.name}: {name} is left out: {reason}")

    # -- Checking -----------------------------------------------------------------

    def check(self):
        """Everyone once: outputs against f64, and who is too slow for the rounds."""
        for net in self.nets:
            agree.reference(net, shlex.split(self.options.shared_command))
            results = run_plan({"rounds": [[job.launch("check", 1)] for job in
                                           self.jobs[net.name].values()]},
                               self.options.shared_command)["rounds"]
            seconds = {}
            for (name, result), in (r.items() for r in results):
                try:
                    if "error" in result:
                        raise Missing(result["error"])
                    error = agree.errors(net, self.jobs[net.name][name].folder)
                    self.errors.setdefault(net.name, {})[name] = error
                    seconds[name] = result["best_s"]
                    say(f"{net.name}: {name} is off by {error:.1e}")
                except Missing as reason:
                    self.leave_out(net, name, str(reason))
            self.check_seconds[net.name] = seconds
            self.drop_slow(net, seconds)

    def drop_slow(self, net, seconds):
        fastest = min(seconds.values(), default=0)
        for name, time in list(seconds.items()):
            if not self.jobs[net.name][name].contender.timed:
                continue
            if time > self.options.too_slow * fastest and time > 0.02:
                self.slow.append((net, self.jobs[net.name][name]))
                self.leave_out(net, name, "too slow for the rounds")

    def time_slow(self):
        """A few runs of each who takes no part in the rounds, with nobody beside it."""
        left = list(self.slow)
        while left:
            done = run_plan({"rounds": [[job.launch("check", 1)] for _, job in left],
                             "seconds": self.options.exclusive_seconds / 2},
                            self.options.exclusive_command)["rounds"]
            if not done:
                left.pop(0)  # longer than the exclusive command allows: stays as checked
            for round_ in done:
                net, job = left.pop(0)
                result = round_[job.contender.name]
                if "best_s" in result:
                    self.check_seconds[net.name][job.contender.name] = result["best_s"]
            say(f"{len(left)} slow ones left")

    # -- Rounds -------------------------------------------------------------------

    def series(self):
        """(net, threads, flush, rounds wanted) of all that is measured."""
        for threads in self.options.threads:
            for net in self.nets:
                yield net, threads, 1, self.options.launches
        for net in self.nets if self.options.subnormal_launches else ():
            yield net, 1, 0, self.options.subnormal_launches

    def launches(self, net, threads, flush):
        """One round: everyone once."""
        return [job.launch("slice", threads, flush=flush, seconds=self.options.seconds)
                for job in self.jobs[net.name].values() if job.contender.timed
                and (threads == 1 or not job.contender.one_thread_only(net))]

    def rounds(self):
        """Calls of the exclusive command until each series has its good rounds or
        has had its chances."""
        every = {(net.name, threads, flush): [] for net, threads, flush, _ in self.series()}
        lost = 0
        while True:
            plan = self.plan(every)
            if not plan:
                break
            done = run_plan({"rounds": [launches for _, launches in plan],
                             "seconds": self.options.exclusive_seconds,
                             "tolerance": self.options.tolerance,
                             "probe": [str(runners.program("fma_probe")), self.best_probe,
                                       sorted({key[1] for key, _ in plan})]},
                            self.options.exclusive_command)
            results = done["rounds"]
            lost = 0 if results else lost + 1
            if lost == 3:
                say("the exclusive command gives no results three times: giving up")
                break
            self.best_probe = {int(k): v for k, v in done["best_probe"].items()}
            for (key, _), round_ in zip(plan, results):
                every[key].append(self.without_failures(key, round_))
            say(f"{len(results)} rounds more; {sum(map(len, every.values()))} so far")
            self.judge(every)
            self.save()

    def plan(self, every):
        """The next rounds, the series in turn: [(key, launches)]."""
        wanting = []
        for net, threads, flush, wanted in self.series():
            key = (net.name, threads, flush)
            tried, lacking = len(every[key]), wanted - len(self.kept.get(key, ()))
            chances = wanted * self.options.most_discards - tried
            launches = self.launches(net, threads, flush)
            if launches:
                wanting.append((key, launches, min(lacking, chances)))
        most = max((count for *_, count in wanting), default=0)
        return [(key, launches) for turn in range(most)
                for key, launches, count in wanting if turn < count]

    def without_failures(self, key, round_):
        for name in [name for name, result in round_.items() if "error" in result]:
            net = next(net for net in self.nets if net.name == key[0])
            self.leave_out(net, name, round_.pop(name)["error"])
        return round_

    def judge(self, every):
        """Sorts all rounds so far by the best probe so far; more rounds may show
        that earlier ones were slow."""
        for key, rounds in every.items():
            if rounds:
                self.kept[key], self.discarded[key] = statistics.split(
                    rounds, self.best_probe[key[1]], self.options.tolerance)
                self.bad_probes[key] = statistics.bad_probes(
                    rounds, self.best_probe[key[1]], self.options.tolerance)

    # -- Results ------------------------------------------------------------------

    def results(self):
        series = [{"net": net, "threads": threads, "flush": flush,
                   "discarded": self.discarded.get((net, threads, flush), 0),
                   "bad_probes": self.bad_probes.get((net, threads, flush), []),
                   "rounds": self.kept.get((net, threads, flush), [])}
                  for net, threads, flush in self.kept]
        return {
            "machine": machine.describe(), "best_probe_gflops": self.best_probe,
            "options": {k: v for k, v in vars(self.options).items() if "command" not in k},
            "cpus": {threads: cpus_for(threads) for threads in self.options.threads},
            "contenders": [{"name": c.name, "title": c.title, "version": self.versions[c.name],
                            "notes": c.notes, "timed": c.timed} for c in self.contenders],
            "nets": [{"name": n.name, "title": n.title, "parameter_bytes": n.parameter_bytes}
                     for n in self.nets],
            "missing_nets": self.missing_nets, "absent": self.absent,
            "left_out": self.left_out, "errors": self.errors,
            "check_seconds": self.check_seconds, "series": series}

    def save(self):
        folder = HERE / self.options.output
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "peers.json"
        if self.earlier is None:
            keep = self.options.keep and file.exists()
            self.earlier = json.loads(file.read_text()) if keep else {}
        results = merged(json.loads(json.dumps(self.results())), self.earlier)
        file.write_text(json.dumps(results, indent=1) + "\n")
        return folder, results

    def write(self):
        folder, results = self.save()
        (folder / "peers.md").write_text(table.markdown(results))
        drawn = plot.draw(results, folder / "peers.png")
        say(f"wrote {folder}/peers.json, peers.md" + (" and peers.png" if drawn else ""))
