# The lit configuration of Kiln's tests. What CMake knows comes in through
# lit.site.cfg.py, which `--param kiln_site_config=FILE` names; without it the
# one in build/release is taken, so that `lit test/Dialect` just works.
import os
import platform

import lit.formats

config.name = "Kiln"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test", ".textproto"]
config.excludes = ["Inputs", "Consumer", "Unit"]
config.test_source_root = os.path.dirname(__file__)

site_config = lit_config.params.get(
    "kiln_site_config",
    os.path.join(config.test_source_root, "../build/release/test/lit.site.cfg.py"),
)
lit_config.load_config(config, site_config)

# Outputs lie in the build, never in the source tree.
config.test_exec_root = os.path.join(config.kiln_build_dir, "test")

bin_dir = os.path.join(config.kiln_build_dir, "bin")
path = [bin_dir, config.llvm_tools_dir, config.environment.get("PATH", "")]
config.environment["PATH"] = os.pathsep.join(path)
# The user's own settings must not reach a test.
for name in ("KILN_FLAGS", "KILN_CACHE_DIR", "KILN_REPRODUCER_DIR"):
    config.environment.pop(name, None)
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# A tool that is not built makes a test `UNSUPPORTED` only where it asks for it:
# `REQUIRES: kiln`. Otherwise the test fails, as it should.
for tool in ("kiln", "kiln-conformance", "kiln-opt", "kiln-translate", "kiln-random-nets",
             "kiln-reduce", "kiln-lsp-server"):
    if os.path.exists(os.path.join(bin_dir, tool)):
        config.available_features.add(tool)
# Debian's libonnx-testdata.
onnx_data = "/usr/share/libonnx-testdata/data"
if os.path.isdir(onnx_data):
    config.available_features.add("onnx-testdata")
config.substitutions.append(("%onnx_data", onnx_data))
if config.sanitized:
    config.available_features.add("sanitized")

# %source is the repository, %examples its nets, %python the interpreter that
# configured the build.
config.substitutions.append(("%source", config.kiln_source_dir))
config.substitutions.append(
    ("%examples", os.path.join(config.kiln_source_dir, "examples"))
)
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%bindir", bin_dir))

# A triple that this machine does not run.
other = "x86_64" if platform.machine() == "aarch64" else "aarch64"
config.substitutions.append(("%other_triple", other + "-linux-gnu"))
