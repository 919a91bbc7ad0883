"""Compiles edi/kernel.c while the project is installed or a wheel is built, where there is a C compiler; else numpy does its work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE, LIBRARY = Path("edi", "kernel.c"), Path("edi", "kernel.shared")  # no name that Python would import


class KernelHook(BuildHookInterface[Any]):
    """The hook that hatchling calls; its name is hatchling's."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and make the wheel one for this kind of machine if that worked."""
        compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        root = Path(self.root)
        if compiler is None or not _compiled(compiler, root):
            self.app.display_warning("crossfoot: edi/kernel.c was not compiled; reading works without it, more slowly")
            return
        build_data["artifacts"].append(str(LIBRARY))
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"


def _compiled(compiler: str, root: Path) -> bool:
    made = root / LIBRARY.with_suffix(f".{os.getpid()}")
    command = [compiler, "-O3", "-shared", "-fPIC", "-o", str(made), str(root / SOURCE)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        made.unlink(missing_ok=True)
        return False
    made.replace(root / LIBRARY)
    return True
