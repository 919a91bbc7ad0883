"""Sources: which drop files have come to rest, and where they go once they are landed."""

from __future__ import annotations

from pathlib import Path

import pytest

from edi.errors import ConfigurationError
from storage.sources import dispose, list_stable, look


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    for name in ("b.edi", "a.edi", "a.edi.done", ".hidden", "c.edi.part", "d.TMP", "e.filepart"):
        (folder / name).write_bytes(name.encode())
    (folder / "folder.edi").mkdir()
    (folder / "link.edi").symlink_to(folder / "a.edi")
    return folder


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def test_renamed_in_files_are_complete_unless_their_name_says_otherwise(drop: Path) -> None:
    assert names(list_stable(drop, rule="rename")) == ["a.edi", "a.edi.done", "b.edi"]


def test_a_done_marker_releases_the_file_beside_it(drop: Path) -> None:
    assert names(list_stable(drop, rule="done")) == ["a.edi"]


def test_a_file_is_stable_when_two_looks_agree(drop: Path) -> None:
    assert list_stable(drop, rule="stable") == []
    before = look(drop)
    (drop / "b.edi").write_bytes(b"still growing")
    assert names(list_stable(drop, rule="stable", previous=before)) == ["a.edi", "a.edi.done"]


def test_a_moved_file_does_not_replace_an_earlier_one(drop: Path, tmp_path: Path) -> None:
    dispose([drop / "a.edi"], how="move", moved_to=tmp_path / "read", rule="done")
    (drop / "a.edi").write_bytes(b"another")
    assert dispose([drop / "a.edi"], how="move", moved_to=tmp_path / "read") == [tmp_path / "read" / "a.edi.1"]
    assert (tmp_path / "read" / "a.edi").read_bytes() == b"a.edi"
    assert not (drop / "a.edi.done").exists()


def test_files_are_deleted_or_kept_as_the_source_says(drop: Path) -> None:
    dispose([drop / "a.edi"], how="delete")
    dispose([drop / "b.edi"], how="keep")
    assert names(list_stable(drop, rule="rename")) == ["a.edi.done", "b.edi"]


def test_settings_that_cannot_work_are_refused(drop: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="make it"):
        list_stable(tmp_path / "absent", rule="rename")
    with pytest.raises(ConfigurationError, match="rename, done, stable"):
        list_stable(drop, rule="guess")
    with pytest.raises(ConfigurationError, match="moved_to"):
        dispose([drop / "a.edi"], how="move")
