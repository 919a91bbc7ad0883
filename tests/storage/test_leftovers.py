"""What a killed process leaves behind is removed, and nothing else."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import duckdb

from storage.files import temporary_name
from storage.leftovers import spill_folder, sweep
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


def spill(home: Path) -> None:
    """Give DuckDB more than fits into its memory, and be killed."""
    lake = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "60MB", "temp_directory": str(spill_folder(home))})
    lake.execute("CREATE TEMP TABLE large AS SELECT range, hash(range) || 'abcdefghijklmnop' FROM range(3000000)")
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_process_had_spilled_is_removed(tmp_path: Path) -> None:
    assert not survives(lambda: spill(tmp_path), {})
    (left,) = tmp_path.iterdir()
    assert any(left.iterdir())
    assert sweep([tmp_path]) == [left]
    assert not left.exists()


def test_what_a_process_at_work_has_spilled_stays(tmp_path: Path) -> None:
    mine = spill_folder(tmp_path)
    mine.mkdir()
    assert sweep([tmp_path]) == []
    assert list(tmp_path.iterdir()) == [mine]
