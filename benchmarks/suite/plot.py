"""The ratios as a picture.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

from . import statistics
from .table import BASELINE, Results


def bars(axes, results, threads):
    """Speed relative to the baseline, a group of bars a net."""
    others = [c for c in results.contenders if c["name"] != BASELINE]
    width = 0.8 / max(1, len(others))
    for i, contender in enumerate(others):
        for at, net in enumerate(results.nets):
            found = statistics.ratio(results.rounds(net["name"], threads), BASELINE,
                                     contender["name"])
            if not found:
                continue
            x = at + (i - (len(others) - 1) / 2) * width
            spread = [[found["ratio"] - found["low"]], [found["high"] - found["ratio"]]]
            axes.bar(x, found["ratio"], width * 0.95, color=f"C{i}",
                     label=contender["title"])
            axes.errorbar(x, found["ratio"], spread, color="black", linewidth=0.8, capsize=1.5)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_yscale("log")
    ticks = [0.1, 0.2, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xticks(range(len(results.nets)), [net["title"].split(",")[0]
                                               for net in results.nets], rotation=20,
                    ha="right")
    axes.set_ylabel("times as fast as ONNX Runtime")
    axes.set_title(f"{threads} thread{'s' * (threads > 1)}", loc="left")
    labels = dict(zip(*reversed(axes.get_legend_handles_labels())))
    axes.legend(labels.values(), labels.keys(), ncols=4, fontsize="small", frameon=False)


def draw(everything, path):
    """Writes the picture; False where matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    results = Results(everything)
    threads = results.threads()
    if not threads:
        return False
    figure, all_axes = plt.subplots(len(threads), 1, figsize=(12, 4.5 * len(threads)),
                                    squeeze=False)
    for axes, count in zip(all_axes[:, 0], threads):
        bars(axes, results, count)
    figure.suptitle(f"f32, batch 1, flush-to-zero; {results.all['machine']['cpu']}",
                    fontsize="medium")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)
    return True
