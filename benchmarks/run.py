#!/usr/bin/env python3
"""Measures Kiln and its peers: see README.md. run.sh calls this with the Python
that has the peers.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import os
import sys

from suite import contenders, nets
from suite.measure import Measurement


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nets", nargs="+", metavar="NET", help="default: all of nets.json")
    parser.add_argument("--contenders", nargs="+", metavar="NAME",
                        help="default: all that can be had")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--launches", type=int, default=5,
                        help="good rounds wanted of each net and number of threads")
    parser.add_argument("--seconds", type=float, default=0.3,
                        help="the timed part of a launch")
    parser.add_argument("--subnormal-launches", type=int, default=2,
                        help="rounds on one thread without flush-to-zero")
    parser.add_argument("--tolerance", type=float, default=0.9,
                        help="a probe below this part of the best discards its round")
    parser.add_argument("--most-discards", type=int, default=4, metavar="TIMES",
                        help="give up after TIMES as many rounds as wanted")
    parser.add_argument("--too-slow", type=float, default=12, metavar="TIMES",
                        help="leave out of the rounds who takes TIMES as long as the fastest")
    parser.add_argument("--exclusive-command", default=os.environ.get("KILN_EXCLUSIVE", ""),
                        metavar="PREFIX", help="put before what is timed")
    parser.add_argument("--exclusive-seconds", type=float, default=45,
                        help="how long one call of it may go on beginning rounds")
    parser.add_argument("--shared-command", default=os.environ.get("KILN_SHARED", ""),
                        metavar="PREFIX", help="put before what prepares and checks")
    parser.add_argument("--keep", action="store_true",
                        help="keep what the output folder says of other nets")
    parser.add_argument("--only-prepare", action="store_true")
    parser.add_argument("--output", default="results", help="folder of the results")
    return parser.parse_args()


def chosen(names):
    every = contenders.every()
    unknown = set(names or ()) - {c.name for c in every}
    if unknown:
        sys.exit(f"no contender {', '.join(sorted(unknown))}; "
                 f"there are {', '.join(c.name for c in every)}")
    return [c for c in every if not names or c.name in names]


def main():
    options = parse()
    measurement = Measurement(options, chosen(options.contenders))
    measurement.prepare(nets.entries(options.nets))
    if options.only_prepare:
        return
    measurement.check()
    measurement.rounds()
    measurement.time_slow()
    measurement.write()


if __name__ == "__main__":
    main()
