"""Runs a command and fails unless it exits with the code given first."""

import subprocess
import sys

expected, command = int(sys.argv[1]), sys.argv[2:]
code = subprocess.run(command, check=False).returncode
if code != expected:
    sys.exit(f"expected exit code {expected}, got {code}: {command}")
