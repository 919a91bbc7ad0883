"""What a killed process leaves behind is removed, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from storage.files import temporary_name
from storage.leftovers import sweep
from tests.faults.killing import survives


def of_a_dead_process(folder: Path) -> Path:
    """Let a process that ends at once leave a temporary file."""
    survives(lambda: (folder / temporary_name("c.edi")).write_bytes(b"half"), {})
    return next(folder.glob(".c.edi.*"))


def test_only_the_temporary_files_of_the_dead_are_removed(tmp_path: Path) -> None:
    kept = [tmp_path / temporary_name("b.edi"), tmp_path / "a.edi", tmp_path / ".lock", tmp_path / ".a.edi.tmp", tmp_path / ".a.staged"]
    for path in kept:
        path.write_bytes(b"")
    left = of_a_dead_process(tmp_path)
    assert sweep([tmp_path, tmp_path / "missing"]) == [left]
    assert sorted(tmp_path.iterdir()) == sorted(kept)
    assert str(os.getpid()) in kept[0].name
