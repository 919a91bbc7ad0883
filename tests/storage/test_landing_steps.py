"""Landing step by step, as the kernel sees it: opened once, copied, made durable, named, and only then noted as arrived."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from edi.errors import RetryableError
from storage.landing import arrivals, land

DAY = date(2026, 3, 2)
CONTENT = b"ISA*00*"


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """What is opened of the drop folder, and every fsync and rename below the home folder, in order; hidden names are "(hidden)"."""
    made: list[tuple[str, str]] = []

    def seen(path: str | os.PathLike[str]) -> str:
        relative = Path(os.path.relpath(path, tmp_path))
        return str(relative.with_name("(hidden)") if relative.name.startswith(".") else relative)

    def opened(path: Any, flags: int, *rest: Any, **options: Any) -> int:
        if Path(path).is_relative_to(tmp_path / "drop"):
            made.append(("open, no links" if flags & os.O_NOFOLLOW else "open", seen(path)))
        return real_open(path, flags, *rest, **options)

    def synced(handle: int) -> None:
        made.append(("fsync", seen(os.readlink(f"/proc/self/fd/{handle}"))))
        real_fsync(handle)

    def renamed(source: Any, target: Any) -> None:
        made.append(("rename", f"{seen(source)} -> {seen(target)}"))
        real_replace(source, target)

    real_open, real_fsync, real_replace = os.open, os.fsync, os.replace
    for name, instead in (("open", opened), ("fsync", synced), ("replace", renamed)):
        monkeypatch.setattr(os, name, instead)
    yield made


def test_every_step_and_its_order(tmp_path: Path, calls: list[tuple[str, str]]) -> None:
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "a.edi").write_bytes(CONTENT)
    landed = land(tmp_path / "drop" / "a.edi", source="acme", landing=tmp_path / "landing", business_date=DAY)

    digest = hashlib.sha256(CONTENT).hexdigest()
    folder, notes = f"landing/{digest[:2]}", f"landing/arrivals/{DAY}"
    steps = [call for call in calls if call[0] != "fsync" or call[1] in ("landing/(hidden)", folder, notes)]
    assert steps == [
        ("open, no links", "drop/a.edi"),
        ("fsync", "landing/(hidden)"), ("rename", f"landing/(hidden) -> {folder}/{digest}"), ("fsync", folder),
        ("fsync", "landing/(hidden)"), ("rename", f"landing/(hidden) -> {notes}/000001.json"), ("fsync", notes),
    ]
    assert landed.hash == digest
    assert [each.name for each in arrivals(tmp_path / "landing", DAY)] == ["a.edi"]


def test_a_file_that_grows_while_it_is_copied_is_not_landed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.edi"
    path.write_bytes(CONTENT)
    real = os.read

    def read(handle: int, size: int) -> bytes:
        with path.open("ab") as stream:
            stream.write(b"more")
        monkeypatch.setattr(os, "read", real)
        return real(handle, size)

    monkeypatch.setattr(os, "read", read)
    with pytest.raises(RetryableError, match="changed while it was copied"):
        land(path, source="acme", landing=tmp_path / "landing", business_date=DAY)
    assert arrivals(tmp_path / "landing", DAY) == []
    assert [each for each in (tmp_path / "landing").rglob("*") if each.is_file() and each.name != ".lock"] == []
