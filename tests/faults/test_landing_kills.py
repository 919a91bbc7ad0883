"""Kill the process at every step of landing: collected again, the archive and the order of arrival are those of an undisturbed run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from storage.failpoints import NAMES, kill
from storage.landing import arrivals, land, next_arrival
from storage.sources import dispose, list_stable
from tests.faults.killing import survives

DAY = date(2026, 3, 2)
POINTS = sorted(name for name in NAMES if name.split(".")[0] in ("landing", "files", "folders", "disposal"))


def collect(home: Path) -> None:
    """Land what lies in the drop folder, then move it away."""
    for path in list_stable(home / "drop", rule="rename"):
        land(path, source="acme", arrival=next_arrival(home / "landing", DAY), landing=home / "landing", business_date=DAY)
        dispose([path], how="move", moved_to=home / "read")


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_collecting_and_collected_again(point: str, tmp_path: Path) -> None:
    for hit in range(1, 60):
        home = tmp_path / str(hit)
        (home / "drop").mkdir(parents=True)
        for name, content in (("a.edi", b"one"), ("b.edi", b"two"), ("c.edi", b"one")):
            (home / "drop" / name).write_bytes(content)
        finished = survives(lambda: collect(home), {point: kill(on_hit=hit)})  # noqa: B023  # run at once, in the child
        collect(home)
        assert [(note.arrival, note.name, note.duplicate) for note in arrivals(home / "landing", DAY)] == [
            (1, "a.edi", False), (2, "b.edi", False), (3, "c.edi", True)], f"{point}, hit {hit}"
        assert sorted(path.name for path in (home / "read").iterdir()) == ["a.edi", "b.edi", "c.edi"]
        if finished:
            return
    pytest.fail(f"{point} is hit more often than expected")
