#!/usr/bin/env bash
# Installs what building and testing Kiln needs on a Debian 12, by package name.
# Asks apt for nothing when everything is there already.
#     install-deps.sh [--zoo] [--browser]
# Part of the Kiln Project, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

packages=(
  # LLVM and MLIR 22: from bookworm-security, which every Debian 12 has.
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools
  clang-22 lld-22 liblld-22-dev
  clang-format-22 clang-tidy-22 libclang-rt-22-dev
  # Building.
  cmake ninja-build g++ make git ccache
  # Libraries: the ONNX schema, its code generator, flags, .npz, and what
  # LLVM's own CMake files look for.
  libonnx-dev libprotobuf-dev protobuf-compiler libcli11-dev libzip-dev
  zlib1g-dev libzstd-dev
  # Tests.
  libonnx-testdata
  libgtest-dev python3 python3-venv
  # Tests of AArch64 code, on a processor in software.
  qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross
)
# --zoo: what exports the nets of test/Zoo (PyTorch 1.13, without CUDA).
# --browser: what renders the page of `kiln diagnose`, for its test.
for option in "$@"; do
  case $option in
    --zoo) packages+=(python3-torch python3-torchvision) ;;
    --browser) packages+=(chromium) ;;
    *) echo "usage: install-deps.sh [--zoo] [--browser]" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "install-deps: everything is installed already"
  exit 0
fi

asRoot=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "install-deps: error: needs root or sudo to install: ${missing[*]}" >&2
    exit 1
  }
  asRoot=(sudo)
fi

echo "install-deps: installing ${missing[*]}"
"${asRoot[@]}" apt-get update -qq ||
  echo "install-deps: warning: apt-get update failed for a source; going on with the lists at hand" >&2

unavailable=()
for package in "${missing[@]}"; do
  apt-cache show "$package" >/dev/null 2>&1 || unavailable+=("$package")
done
if [ ${#unavailable[@]} -ne 0 ]; then
  {
    echo "install-deps: error: apt offers no ${unavailable[*]}"
    echo "  Debian 12 serves LLVM 22 from its security archive: there must be an apt source"
    echo "  with URI http://deb.debian.org/debian-security and suite bookworm-security, and"
    echo "  the rest from suite bookworm, component main."
    echo "  This machine: $(. /etc/os-release && echo "$PRETTY_NAME")"
  } >&2
  exit 1
fi

"${asRoot[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
echo "install-deps: done"
