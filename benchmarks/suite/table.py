"""The results as a Markdown page.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

from . import statistics

BASELINE = "onnxruntime"


class Results:
    """results.json with look-ups."""

    def __init__(self, results):
        self.all = results
        self.nets = results["nets"]
        self.everyone = results["contenders"]
        self.contenders = [c for c in self.everyone if c["timed"]]

    def rounds(self, net, threads, flush=1):
        for series in self.all["series"]:
            if (series["net"], series["threads"], series["flush"]) == (net, threads, flush):
                return series["rounds"]
        return []

    def threads(self):
        return sorted({s["threads"] for s in self.all["series"] if s["flush"]})

    def subjects(self):
        """Whose ratios are given against all: Kiln's builds; without any, the
        baseline's are."""
        return [c for c in self.contenders if c["name"].startswith("kiln")]


def times(rounds, name):
    """Best and median milliseconds, over the kept rounds; None without any."""
    mine = [r[name] for r in rounds if name in r]
    if not mine:
        return None
    return (1e3 * min(r["best"] for r in mine),
            1e3 * statistics.median([r["median"] for r in mine]))


def milliseconds(value):
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def rows(header, lines):
    yield "| " + " | ".join(header) + " |"
    yield "|" + "|".join(["---"] + ["---:"] * (len(header) - 1)) + "|"
    for line in lines:
        yield "| " + " | ".join(line) + " |"
    yield ""


def time_cell(results, net, threads, name, flush=1):
    found = times(results.rounds(net["name"], threads, flush), name)
    if found:
        return " / ".join(map(milliseconds, found))
    slow = results.all["check_seconds"].get(net["name"], {}).get(name)
    left_out = results.all["left_out"].get(net["name"], {}).get(name, "")
    if slow and "too slow" in left_out:
        return f"({slow * 1e3:.0f})" if threads == 1 and flush else "-"
    return "-"


def time_table(results, threads, flush=1):
    lines = [[net["title"]] + [time_cell(results, net, threads, c["name"], flush)
                               for c in results.contenders] for net in results.nets]
    return rows(["net"] + [c["title"] for c in results.contenders], lines)


def ratio_cell(rounds, numerator, denominator):
    found = statistics.ratio(rounds, numerator, denominator)
    if not found:
        return "-"
    return (f"{found['ratio']:.2f} ({found['low']:.2f}-{found['high']:.2f}; "
            f"{found['best_of']:.2f})")


def speed_table(results, threads):
    """How many times faster than the baseline everyone is."""
    others = [c for c in results.contenders if c["name"] != BASELINE]
    lines = [[net["title"]] + [ratio_cell(results.rounds(net["name"], threads), BASELINE,
                                          c["name"]) for c in others] for net in results.nets]
    return rows(["net"] + [c["title"] for c in others], lines)


def subject_table(results, subject, threads):
    """How many times faster than each peer one of Kiln's builds is."""
    peers = [c for c in results.contenders if not c["name"].startswith("kiln")]
    lines = [[net["title"]] + [ratio_cell(results.rounds(net["name"], threads), c["name"],
                                          subject["name"]) for c in peers]
             for net in results.nets]
    return rows(["net"] + [c["title"] for c in peers], lines)


def error_table(results):
    lines = [[net["title"]] + [f"{error:.1e}" if error is not None else "-" for error in (
        results.all["errors"].get(net["name"], {}).get(c["name"]) for c in results.everyone)]
        for net in results.nets]
    return rows(["net"] + [c["title"] for c in results.everyone], lines)


def flushing_line(results):
    """Whether every thread of every launch flushed where it should."""
    odd = {}
    for series in results.all["series"]:
        for round_ in series["rounds"]:
            for name, launch in round_.items():
                wanted = launch["threads"] if series["flush"] else 0
                if launch["flushing"] not in (-1, wanted):
                    found = f"{launch['flushing']} of {launch['threads']} threads"
                    odd.setdefault((name, series["flush"]), set()).add(found)
    if not odd:
        return "Every thread of every launch was seen in the state asked for."
    return "Not in the state asked for: " + "; ".join(
        f"{name} {'with' if flush else 'without'} flush-to-zero: {', '.join(sorted(found))}"
        for (name, flush), found in sorted(odd.items())) + "."


def preamble(results):
    machine, options = results.all["machine"], results.all["options"]
    caches = ", ".join(f"{k} {v}" for k, v in machine["caches"].items())
    probes = ", ".join(f"{speed:.0f} on {threads} thread{'s' * (int(threads) > 1)}"
                       for threads, speed in results.all["best_probe_gflops"].items())
    kept = sum(len(s["rounds"]) for s in results.all["series"])
    discarded = sum(s["discarded"] for s in results.all["series"])
    yield f"Machine: {machine['cpu']}, {machine['cores']} cores, {caches}; " \
          f"{', '.join(machine['vectors'])}; {machine['system']}."
    yield f"Best probe (f32 FMA, GFLOP/s a core): {probes}."
    yield f"Rounds: {kept} counted, {discarded} discarded for a probe below " \
          f"{100 * options['tolerance']:.0f} % of the best; {options['launches']} wanted a net " \
          f"and number of threads, each launch a process timed for {options['seconds']} s " \
          f"after a third of that as warm-up."
    yield flushing_line(results)
    yield ""
    yield "Versions: " + ", ".join(f"{c['title']} {c['version']}"
                                   for c in results.contenders) + "."
    yield ""


def missing(results):
    for title, reason in results.all["absent"].items():
        yield f"- {title} takes no part: {reason}."
    for title, reason in results.all["missing_nets"].items():
        yield f"- {title} is not measured: {reason}."
    titles = {c["name"]: c["title"] for c in results.everyone}
    for net in results.nets:
        for name, reason in results.all["left_out"].get(net["name"], {}).items():
            yield f"- {net['title']} without {titles.get(name, name)}: {reason}."
    short = [f"{s['net']} on {s['threads']} ({len(s['rounds'])})" for s in
             results.all["series"] if s["flush"] and
             len(s["rounds"]) < results.all["options"]["launches"]]
    if short:
        yield "- Fewer good rounds than wanted: " + ", ".join(short) + "."


def markdown(everything):
    results = Results(everything)
    lines = ["# Results", "", *preamble(results)]
    for threads in results.threads():
        title = f"{threads} thread{'s' * (threads > 1)}"
        lines += [f"## Milliseconds, {title}", "",
                  "Best of all runs / median over the rounds of each round's median. In "
                  "brackets: the best of a few runs of who is too slow for the rounds.", "",
                  *time_table(results, threads)]
        for subject in results.subjects():
            lines += [f"## {subject['title']} against each, {title}", "",
                      "How many times faster: the median over paired rounds (its 95 % "
                      "interval; the ratio of the best runs).", "",
                      *subject_table(results, subject, threads)]
        lines += [f"## Each against ONNX Runtime, {title}", "",
                  "How many times faster, as above.", "", *speed_table(results, threads)]
    lines += ["## Milliseconds without flush-to-zero, 1 thread", "",
              *time_table(results, 1, 0), "## Errors", "",
              "Greatest difference from f64 over the greatest output, one thread.", "",
              *error_table(results)]
    out = list(missing(results))
    if out:
        lines += ["## What is missing, and why", "", *out]
    return "\n".join(lines).rstrip() + "\n"
