"""Files that are no ONNX at all, or only a part of one.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import gzip
import io
import os
import zipfile

from cases import case, np, onnx, variants

NOT_ONNX = r"(?i)onnx|protobuf|parse|truncated|empty"


def varint(number):
    data = bytearray()
    while number > 0x7F:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(data) + bytes([number])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


@variants({
    "empty": b"", "one_byte": b"\x08", "zeros": bytes(1 << 16),
    "text": b"This is not a net.\n" * 40, "json": b'{"graph": {"node": []}}',
    "png": b"\x89PNG\r\n\x1a\n" + bytes(64), "elf": b"\x7fELF" + bytes(200),
    "random": np.random.default_rng(1).bytes(5000),
    # Field 7 (the graph) that says it holds 2 GiB, and a varint with no end.
    "length_beyond_file": b"\x08\x08\x3a\xff\xff\xff\xff\x07abc",
    "endless_varint": b"\xff" * 100,
    "pickle": b"\x80\x02}q\x00(X\x06\x00\x00\x00weightq\x01K\x01u.",
}, error=NOT_ONNX)
def bytes_of(_, content):
    return content


@variants({"tenth": 0.1, "quarter": 0.25, "half": 0.5, "most": 0.95}, error=NOT_ONNX)
def truncated(m, share):
    whole = m.SerializeToString()
    return whole[:int(len(whole) * share)]


@case(error=NOT_ONNX)
def truncated_by_one_byte(m, _):
    return m.SerializeToString()[:-1]


@case(error=NOT_ONNX)
def garbage_behind_the_end(m, _):
    return m.SerializeToString() + b"\xff\xff\xff\xff\x07\x00garbage"


@case(error=NOT_ONNX)
def gzipped(m, _):
    return gzip.compress(m.SerializeToString())


@case(error=NOT_ONNX)
def zipped(m, _):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("model.onnx", m.SerializeToString())
    return target.getvalue()


@case(error=NOT_ONNX)
def subgraphs_nested_500_deep(m, _):
    """Beyond what a recursive parser's stack should bear."""
    payload = b""
    for _ in range(500):  # GraphProto.node.attribute.g
        payload = field(1, field(5, field(1, b"g") + field(6, payload)))
    return field(7, payload) + field(8, varint(2 << 3) + varint(17))


@case(exits=(1, 4), error=r"model\.onnx")
def types_nested_40_deep(m, _):
    kind = m.graph.input[0].type
    for _ in range(40):
        deeper = onnx.TypeProto()
        deeper.sequence_type.elem_type.CopyFrom(kind)
        kind = deeper
    m.graph.input[0].type.CopyFrom(kind)


@case(error=r"(?i)director|folder|not a (regular )?file")
def model_is_a_folder(_, folder):
    (folder / "model.onnx").mkdir()
    return False


@case(error=r"(?i)no such file|not found|does not exist|cannot (be )?open")
def model_is_missing(_, folder):
    return False


@case(error=r"(?i)no such file|not found|does not exist|cannot (be )?open")
def model_is_a_dangling_link(_, folder):
    (folder / "model.onnx").symlink_to("nowhere.onnx")
    return False


@case(error=r"model\.onnx")
def model_is_a_link_to_itself(_, folder):
    (folder / "model.onnx").symlink_to("model.onnx")
    return False


@case(error=r"(?i)not a (regular )?file|device")
def model_is_an_endless_device(_, folder):
    (folder / "model.onnx").symlink_to("/dev/zero")
    return False


@case(error=r"(?i)not a (regular )?file|pipe")
def model_is_a_pipe(_, folder):
    """Opening it for reading waits for ever."""
    os.mkfifo(folder / "model.onnx")
    return False
