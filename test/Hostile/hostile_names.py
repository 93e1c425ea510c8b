"""Names that try to reach a message, a symbol, a header or a path unescaped.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

from cases import case, give, node, variants

ODD = {
    "quotes": "a\"b'c`d", "newline": "a\nb", "error_line": "a\nmodel.onnx: error: K0000: b",
    "slashes": "../../../a/b", "backslash": "a\\nb\\", "comment_end": "a*/ int b; /*",
    "percent": "%s%n%d%100000d", "escape_code": "\x1b[31ma\x1b]0;b\x07", "nul": "a\0b",
    "return": "a\rb", "directional": "a\u202eb\u2066", "long": "a" * 1000000, "empty": "",
    "mlir": "@main(%arg0) {} loc(\"a\":1:1)", "digit": "1a", "keyword": "int",
    "shell": "$(touch pwned);`touch pwned`", "not_utf8": b"a\xff\xfeb",
    "trigraph": "a??/\nb", "line_continuation": "a\\\n#error b",
}


def rename(m, fields, old, new):
    """Writes `new` where `old` stands, in the file's bytes: Python's protobuf
    refuses names that are not UTF-8, a hostile file does not."""
    if isinstance(new, str):
        for owner, attribute in fields:
            if attribute == "name":
                owner.name = new
            else:
                values = getattr(owner, attribute)
                values[:] = [new if v == old else v for v in values]
        return None
    rename(m, fields, old, "#" * len(new))
    return m.SerializeToString().replace(b"#" * len(new), new)


@variants(ODD, error="strides")
def node_name(m, name):
    """In a message: one line, whatever the name says."""
    give(m, "n_conv", strides=[0, 1])
    return rename(m, [(node(m, "n_conv"), "name")], "n_conv", name)


@variants({k: v for k, v in ODD.items() if k != "empty"}, exits=(1, 4), error="Frobnicate")
def operand_name(m, name):
    n = node(m, "n_act")
    n.op_type = "Frobnicate"
    return rename(m, [(n, "input"), (node(m, "n_norm"), "output")], "n", name)


@variants(ODD, exits=0)
def graph_name(m, name):
    """In the header: still C, and no file but the two asked for."""
    return rename(m, [(m.graph, "name")], "net", name)


@variants({k: v for k, v in ODD.items() if k not in ("empty", "long")}, exits=0)
def input_and_output_name(m, name):
    fields = [(m.graph.input[0], "name"), (node(m, "n_conv"), "input")]
    if isinstance(name, str):
        rename(m, [(m.graph.output[0], "name"), (node(m, "n_act"), "output")], "y", name + "y")
    return rename(m, fields, "x", name)


@case(exits=0)
def names_that_differ_only_in_escaped_letters(m, _):
    """One C identifier for both would clash."""
    m.graph.input[0].name = "a/b"
    node(m, "n_conv").input[0] = "a/b"
    m.graph.output[0].name = "a.b"
    node(m, "n_act").output[0] = "a.b"
