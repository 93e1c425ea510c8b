"""Names the machine.

Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os
import pathlib
import platform
import re


def cpu_model():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    family = re.search(r"^cpu family\s*:\s*(.*)$", text, re.M)
    model = re.search(r"^model\s*:\s*(.*)$", text, re.M)
    if not found:
        return platform.machine()
    return f"{found[1]} (family {family[1]}, model {model[1]})" if family and model else found[1]


def caches():
    """Those of the first core: {"L1d": "48K", ...}."""
    found = {}
    for folder in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = (folder / "type").read_text().strip()
        level = (folder / "level").read_text().strip()
        name = f"L{level}" + {"Data": "d", "Instruction": "i"}.get(kind, "")
        found[name] = (folder / "size").read_text().strip()
    return found


def vectors():
    flags = re.search(r"^flags\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    words = set(flags[1].split()) if flags else set()
    return [name for name in ("avx2", "fma", "avx512f", "avx512_bf16", "amx_tile")
            if name in words]


def system():
    release = {}
    if hasattr(platform, "freedesktop_os_release"):
        release = platform.freedesktop_os_release()
    return f"{release.get('PRETTY_NAME', platform.system())}, Linux {platform.release()}"


def describe():
    return {"cpu": cpu_model(), "cores": len(os.sched_getaffinity(0)), "caches": caches(),
            "vectors": vectors(), "system": system()}
