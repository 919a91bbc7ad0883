"""The compiled kernel under the compiler's sanitizers: it reads and writes nothing outside of its arrays, and does nothing undefined."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BESIDE = Path(__file__).with_name("test_kernel.py")


def library(compiler: str, name: str) -> str:
    """Return the path of a library of the compiler, skipping where it has none."""
    found = subprocess.run([compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
    if not Path(found).is_absolute():
        pytest.skip(f"the C compiler here has no {name}")
    return found


@pytest.mark.slow
def test_the_kernel_touches_only_what_it_was_given() -> None:
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("no gcc here, whose sanitizers are used")
    loaded = " ".join(library(compiler, name) for name in ("libasan.so", "libubsan.so"))
    environment = {
        **os.environ, "LD_PRELOAD": loaded, "ASAN_OPTIONS": "detect_leaks=0",
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # Arrow's own pool would hide what lies behind a buffer
        "KERNEL_FLAGS": "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all",
    }
    told = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(BESIDE)], env=environment,
                          cwd=BESIDE.parents[2], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
