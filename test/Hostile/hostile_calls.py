"""Command lines and tensor files that are wrong, over a sound net.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import io
import os
import struct
import zipfile

from cases import COMPILE, RUN, X_SHAPE, case, np, value, variants

USAGE = 2


def call(name, arguments, **options):
    """A case of the command line alone: the net is sound."""
    make = lambda m, folder: None
    make.__name__ = name
    case(arguments=arguments, **options)(make)


for name, arguments in {
    "nothing": (), "unknown_command": ("frobnicate", "{model}"), "no_model": ("compile",),
    "unknown_flag": (*COMPILE, "--frobnicate"), "unknown_mode": (*COMPILE, "--mode=test"),
    "unknown_emit": (*COMPILE, "--emit=elf"), "unknown_phase": (*COMPILE, "--to=roof"),
    "optimisation_level": (*COMPILE, "-O9"), "shapes_without_dims": (*COMPILE, "--shapes=x"),
    "shapes_of_letters": (*COMPILE, "--shapes=x:1xthreex5x7"),
    "shapes_negative": (*COMPILE, "--shapes=x:1x3x-5x7"),
    "shapes_overflow": (*COMPILE, "--shapes=x:1x3x99999999999999999999x7"),
    "shapes_empty": (*COMPILE, "--shapes="), "shapes_open_bracket": (*COMPILE, "--shapes=x[1,3"),
    "output_named_like_the_header": ("compile", "{model}", "-o", "{out}/net.h"),
    "library_to_standard_output": ("compile", "{model}", "-o", "-"),
    "phase_and_format": (*COMPILE, "--to=import", "--emit=obj"),
    "tolerance_word": (*RUN, "--expected-output=@{dir}/x.npy", "--rtol=small"),
    "input_without_file": ("run", "{model}", "--input=x"),
}.items():
    call(f"usage_{name}", arguments, exits=USAGE)

for name, flag in {
    "unknown_input": "--shapes=nothere:1x3x5x7", "rank": "--shapes=x:1x3x5",
    "contradiction": "--shapes=x:1x3x5x8", "twice": "--shapes=x:1x3x5x7,x:2x3x5x7",
}.items():
    call(f"shapes_{name}", (*COMPILE, flag), exits=(1, USAGE), error=r"\bx\b|nothere")

for name, place in {
    "missing_folder": "{out}/nowhere/net.so", "folder": "{out}",
}.items():
    call(f"output_is_{name}", ("compile", "{model}", "-o", place), exits=(1, USAGE),
         error="nowhere|(?i:director|folder|not a regular file)")
for name, flags in {
    "cpu_unknown": ("--mcpu=z80",), "cpu_of_32_bits": ("--mcpu=i386",),
    "feature_without_sign": ("--mattr=avx2",), "feature_unknown": ("--mattr=+bogus",),
    "triple_unknown": ("--mtriple=marsian-unknown-none",),
}.items():
    call(f"target_{name}", (*COMPILE, *flags), exits=(USAGE, 4))
call("report_into_missing_folder", (*COMPILE, "--fold-report={out}/nowhere/folds.json"),
     exits=(1, USAGE), error="nowhere")


@case(exits=4, arguments=(*RUN, "--mtriple=aarch64-linux-gnu"))
def run_for_another_machine(m, folder):
    (folder / "x.npy").write_bytes(GOOD)


@case(exits=(1, USAGE), arguments=("compile", "{model}", "-o", "{dir}/pipe"))
def output_is_a_pipe(m, folder):
    """Opening it for writing waits for ever, renaming over it destroys it."""
    os.mkfifo(folder / "pipe")


@case(exits=(1, USAGE), error=r"\bx\b",
      arguments=(*COMPILE, "--shapes=x:1x3x4294967296x4294967296"))
def dynamic_shape_overflows(m, _):
    m.graph.input[0].CopyFrom(value("x", (None, 3, None, None)))
    m.graph.output[0].CopyFrom(value("y", (None, 4, None, None)))


# -- tensor files -----------------------------------------------------------------
def npy(header, data=b"", version=b"\x01\x00"):
    text = header.encode("latin1")
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text + data


def saved(array, **more):
    target = io.BytesIO()
    np.save(target, array, **more)
    return target.getvalue()


GOOD = saved(np.zeros(X_SHAPE, np.float32))
DICT = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n"


@variants({
    "empty": b"", "no_npy": b"1.0 2.0 3.0\n" * 50, "magic_alone": GOOD[:6],
    "header_cut": GOOD[:40], "data_cut": GOOD[:-1], "data_too_long": GOOD + bytes(4),
    "version": npy(DICT % ("<f4", "(1, 3, 5, 7)"), bytes(420), b"\x09\x00"),
    "header_longer_than_file": b"\x93NUMPY\x01\x00\xff\xff{'descr'",
    "header_of_4_gib": b"\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'",
    "shape_overflow": npy(DICT % ("<f4", f"({2**40}, {2**40})"), bytes(420)),
    "shape_of_99_digits": npy(DICT % ("<f4", "(" + "9" * 99 + ",)"), bytes(420)),
    "shape_negative": npy(DICT % ("<f4", "(1, -3, -5, 7)"), bytes(420)),
    "shape_open": npy(DICT % ("<f4", "(1, 3, 5"), bytes(420)),
    "no_shape": npy("{'descr': '<f4', 'fortran_order': False}\n", bytes(420)),
    "no_dict": npy("[1, 2, 3]\n", bytes(420)),
    "nested_header": npy("(" * 30000 + "\n", bytes(420)),
    "unknown_type": npy(DICT % ("<q9", "(1, 3, 5, 7)"), bytes(420)),
    "other_type": saved(np.zeros(X_SHAPE, np.int64)),
    "other_shape": saved(np.zeros((1, 3, 7, 5), np.float32)),
    "pickled_objects": saved(np.array([{"a": 1}, None], object), allow_pickle=True),
    "structured": saved(np.zeros(4, [("a", "<f4"), ("b", "<i4")])),
}, error=r"x\.npy|\bx\b", arguments=RUN)
def input_file(m, content, folder):
    (folder / "x.npy").write_bytes(content)


call("input_file_missing", RUN, error=r"x\.npy")
call("input_not_given", ("run", "{model}"), exits=(1, USAGE), error=r"\bx\b")


@case(error=r"x\.npy", arguments=RUN)
def input_file_is_a_folder(m, folder):
    (folder / "x.npy").mkdir()


@case(exits=(1, USAGE), error="nothere", arguments=("run", "{model}",
                                                    "--input=nothere=@{dir}/x.npy"))
def input_name_unknown(m, folder):
    (folder / "x.npy").write_bytes(GOOD)


@case(error=r"y\.npy", arguments=(*RUN, "--expected-output=@{dir}/y.npy"))
def expected_output_missing(m, folder):
    (folder / "x.npy").write_bytes(GOOD)


@case(exits=(1, 3), arguments=(*RUN, "--expected-output=@{dir}/x.npy"), error=r"x\.npy|\by\b|shape")
def expected_output_of_another_shape(m, folder):
    (folder / "x.npy").write_bytes(GOOD)


@case(exits=(1, USAGE), error="nothere", arguments=(*RUN, "--output=nothere=@{out}/y.npy"))
def output_name_unknown(m, folder):
    (folder / "x.npy").write_bytes(GOOD)


def archive(member, content):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(member, content)
    return target.getvalue()


@variants({
    "empty": b"", "cut": archive("x.npy", GOOD)[:-30],
    "member_is_no_npy": archive("x.npy", b"hello"),
    # Small on disk, 256 MiB once unpacked.
    "bomb": archive("x.npy", npy(DICT % ("<f4", "(67108864,)"), bytes(1 << 28))),
}, error=r"x\.npz|\bx\b", arguments=("run", "{model}", "--input=x=@{dir}/x.npz"))
def input_archive(m, content, folder):
    (folder / "x.npz").write_bytes(content)


@case(error=r"x\.npz", arguments=("run", "{model}", "--input=x=@{dir}/x.npz:other"))
def input_archive_without_the_member(m, folder):
    (folder / "x.npz").write_bytes(archive("x.npy", GOOD))
