"""What the rounds amount to.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import random

DRAWS = 2000


def median(values):
    ordered = sorted(values)
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


def bootstrap(values, statistic=median, confidence=0.95, draws=DRAWS, seed=1):
    """The interval between which `statistic` lies with that confidence, by
    drawing as many values as there are, with replacement, again and again."""
    source = random.Random(seed)
    found = sorted(statistic(source.choices(values, k=len(values))) for _ in range(draws))
    tail = (1 - confidence) / 2
    last = draws - 1
    return found[round(tail * last)], found[round((1 - tail) * last)]


def paired(rounds, numerator, denominator, key="median"):
    """The ratio of two contenders' times in each round that has both."""
    return [r[numerator][key] / r[denominator][key] for r in rounds
            if numerator in r and denominator in r]


def ratio(rounds, numerator, denominator):
    """How many times faster `denominator` is: the median over paired rounds of the
    ratio of medians, its interval, and the ratio of the best runs. None where no
    round has both."""
    pairs = paired(rounds, numerator, denominator)
    if not pairs:
        return None
    best = {who: min(r[who]["best"] for r in rounds if who in r)
            for who in (numerator, denominator)}
    low, high = bootstrap(pairs)
    return {"ratio": median(pairs), "low": low, "high": high,
            "best_of": best[numerator] / best[denominator], "rounds": len(pairs)}


def good(round_, reference, tolerance):
    """True where each probe of each launch reached `tolerance` of `reference`."""
    return all(speed >= tolerance * reference
               for launch in round_.values() for speed in launch["probe"])


def split(rounds, reference, tolerance):
    """The rounds to count, and how many are discarded."""
    kept = [r for r in rounds if good(r, reference, tolerance)]
    return kept, len(rounds) - len(kept)


def bad_probes(rounds, reference, tolerance):
    """The slowest probe of each round that is discarded."""
    worst = [min(speed for launch in r.values() for speed in launch["probe"])
             for r in rounds if not good(r, reference, tolerance)]
    return [round(speed, 1) for speed in worst]
