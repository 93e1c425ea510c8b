"""The statistics of benchmarks/ on numbers whose answer is known.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))
from suite import statistics  # noqa: E402


def launch(median, best=None, probe=(100.0, 100.0)):
    return {"median": median, "best": best or median, "probe": list(probe)}


class Median(unittest.TestCase):
    def test_odd_and_even(self):
        self.assertEqual(statistics.median([7, 1, 3]), 3)
        self.assertEqual(statistics.median([7, 1, 3, 4]), 3.5)


class Bootstrap(unittest.TestCase):
    def test_no_spread_gives_no_width(self):
        self.assertEqual(statistics.bootstrap([1.5] * 5), (1.5, 1.5))

    def test_is_repeatable_and_holds_the_median(self):
        values = [1.0, 1.1, 1.3, 1.2, 2.0]
        low, high = statistics.bootstrap(values)
        self.assertEqual((low, high), statistics.bootstrap(values))
        self.assertLessEqual(low, 1.2)
        self.assertGreaterEqual(high, 1.2)
        self.assertGreaterEqual(low, min(values))
        self.assertLessEqual(high, max(values))

    def test_holds_the_true_median_nineteen_times_in_twenty(self):
        source, held = random.Random(5), 0
        for trial in range(200):
            values = [source.gauss(3, 1) for _ in range(25)]
            low, high = statistics.bootstrap(values, draws=400, seed=trial)
            held += low <= 3 <= high
        self.assertGreaterEqual(held, 180)
        self.assertLess(held, 200)


class Ratio(unittest.TestCase):
    def test_pairs_within_a_round(self):
        # Both slow down together: only pairing sees that the ratio is 2 each time.
        rounds = [{"a": launch(2 * slow), "b": launch(slow)} for slow in (1, 1.4, 3, 1.1, 5)]
        found = statistics.ratio(rounds, "a", "b")
        self.assertEqual((found["ratio"], found["low"], found["high"]), (2, 2, 2))
        self.assertEqual(found["rounds"], 5)

    def test_leaves_out_rounds_without_either(self):
        rounds = [{"a": launch(6), "b": launch(2)}, {"a": launch(100)}, {"b": launch(0.1)}]
        found = statistics.ratio(rounds, "a", "b")
        self.assertEqual((found["ratio"], found["rounds"]), (3, 1))

    def test_best_of_is_over_all_rounds(self):
        rounds = [{"a": launch(4, 3), "b": launch(2, 1.5)}, {"a": launch(4, 2.4), "b": launch(2)}]
        self.assertAlmostEqual(statistics.ratio(rounds, "a", "b")["best_of"], 2.4 / 1.5)

    def test_none_without_a_pair(self):
        self.assertIsNone(statistics.ratio([{"a": launch(1)}, {"b": launch(1)}], "a", "b"))


class Discards(unittest.TestCase):
    def test_one_bad_probe_discards_the_round_for_all(self):
        good = {"a": launch(1), "b": launch(1)}
        late = {"a": launch(1), "b": launch(1, probe=(100.0, 80.0))}
        early = {"a": launch(1, probe=(89.9, 100.0)), "b": launch(1)}
        kept, discarded = statistics.split([good, late, good, early], 100.0, 0.9)
        self.assertEqual((kept, discarded), ([good, good], 2))

    def test_says_what_was_bad(self):
        late = {"a": launch(1, probe=(95.0, 99.0)), "b": launch(1, probe=(100.0, 80.04))}
        self.assertEqual(statistics.bad_probes([late, {"a": launch(1)}], 100.0, 0.9), [80.0])

    def test_the_limit_itself_is_good(self):
        edge = {"a": launch(1, probe=(90.0, 90.0))}
        self.assertEqual(statistics.split([edge], 100.0, 0.9), ([edge], 0))


if __name__ == "__main__":
    unittest.main()
