#!/usr/bin/env python3
"""The page of `kiln diagnose --html`: well formed, without outside references, with
hostile names escaped; with --browser, as Debian's chromium renders it.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import argparse
import html.parser
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SKIP = 77  # ctest's SKIP_RETURN_CODE
HOSTILE = """</title><script>document.title='owned'</script><img src=x onerror=alert(1)>&quot;'"""
# What a page may hold; each must be closed, but for the empty ones.
ALLOWED = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "b", "div",
           "table", "tbody", "tr", "td", "th", "svg", "g", "line", "rect", "circle", "text"}
EMPTY = {"meta"}
REFERENCES = {"src", "href", "xlink:href", "action", "data", "srcset", "background", "poster"}


class Page(html.parser.HTMLParser):
    """Collects what is wrong, the causes, and how much is drawn."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.faults, self.causes, self.text = [], [], [], ""
        self.counts = {}

    def handle_starttag(self, tag, attributes):
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag not in ALLOWED:
            self.faults.append(f"<{tag}>")
        for name, value in attributes:
            if name in REFERENCES or name.startswith("on") or "url(" in (value or ""):
                self.faults.append(f"{tag} {name}={value}")
            if name == "data-cause":
                self.causes.append(value)
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        self.text += data


def write_net(path, rng):
    """A linear layer and a BN by the name of HOSTILE whose statistics are far off."""
    numbers = lambda values: ", ".join(f"{value:e}" for value in values)
    weights = ", ".join(f"[{numbers(rng.uniform(-1, 1) for _ in range(3))}]"
                        for _ in range(5))
    quoted = HOSTILE.replace('"', "\\22")
    path.write_text(f"""
func.func @net(%x: tensor<8x3xf32> {{nn.name = "x"}}) -> (tensor<8x5xf32> {{nn.name = "y"}}) {{
  %w = arith.constant dense<[{weights}]> : tensor<5x3xf32>
  %s = arith.constant dense<[{numbers([1, -2, 0.5, 1, -1])}]> : tensor<5xf32>
  %o = arith.constant dense<0.5> : tensor<5xf32>
  %m = arith.constant dense<[{numbers([9, -7, 8, -9, 7])}]> : tensor<5xf32>
  %v = arith.constant dense<[{numbers([0.1, 0.2, 0.3, 0.1, 0.2])}]> : tensor<5xf32>
  %l = nn.linear %x, %w : (tensor<8x3xf32>, tensor<5x3xf32>) -> tensor<8x5xf32>
  %y = nn.batch_norm_inference %l, %s, %o, %m, %v {{epsilon = 1.0e-05 : f64}}
    : (tensor<8x5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>)
    -> tensor<8x5xf32> loc("{quoted}")
  return %y : tensor<8x5xf32>
}}
""")


def write_npy(path, shape, values):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (63 - (len(header) + 10) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) +
                     header.encode() + struct.pack(f"<{len(values)}f", *values))


def make_page(kiln, folder):
    rng = random.Random(3)
    net, data, page = folder / "net.mlir", folder / "da<ta>&", folder / "page.html"
    write_net(net, rng)
    data.mkdir()
    for i in range(3):
        write_npy(data / f"{i}.npy", (16, 3), [rng.gauss(0, 1) for _ in range(48)])
    done = subprocess.run([kiln, "diagnose", net, f"--data={data}", f"--html={page}"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode}\n{done.stderr}")
    return page


def check_source(text):
    page = Page()
    page.feed(text)
    page.close()
    assert not page.faults, page.faults
    assert not page.open, f"not closed: {page.open}"
    assert page.causes == ["domain-shift"], page.causes
    assert page.counts["svg"] == 5 and page.counts["circle"] == 20, page.counts
    assert HOSTILE.split("'")[0] in page.text, "the layer's name is missing"
    assert "da<ta>&" in page.text, "the folder's name is missing"
    assert not re.search(r"(https?:)?//", text), "an outside reference"
    assert "default-src 'none'" in text


def check_rendered(page, folder):
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        print("skipped: no chromium; scripts/install-deps.sh --browser installs it")
        sys.exit(SKIP)
    common = [browser, "--headless=new", "--no-sandbox", "--disable-gpu",
              f"--user-data-dir={folder / 'profile'}"]
    dom = subprocess.run([*common, "--dump-dom", page.as_uri()], capture_output=True,
                         text=True, timeout=120)
    assert dom.returncode == 0, dom.stderr
    rendered = Page()
    rendered.feed(dom.stdout)
    assert not rendered.faults, rendered.faults
    assert "<title>kiln diagnose</title>" in dom.stdout, "a script has run"
    assert rendered.counts["svg"] == 5 and rendered.counts["circle"] == 20
    picture = folder / "page.png"
    shot = subprocess.run([*common, "--window-size=1100,2600", f"--screenshot={picture}",
                           page.as_uri()], capture_output=True, text=True, timeout=120)
    assert shot.returncode == 0 and picture.stat().st_size > 20000, "an empty picture"
    for line in (dom.stderr + shot.stderr).splitlines():
        assert "CONSOLE" not in line, line


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kiln", type=pathlib.Path, required=True)
    parser.add_argument("--browser", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        page = make_page(arguments.kiln, folder)
        if arguments.browser:
            check_rendered(page, folder)
        else:
            check_source(page.read_text())


if __name__ == "__main__":
    main()
