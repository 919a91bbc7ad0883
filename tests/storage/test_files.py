"""Durable writes: all or nothing, hidden until revealed, private, and explained when they fail."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest

from edi.errors import ConfigurationError, DeviceError, RetryableError
from storage import failpoints, files


def test_a_file_is_replaced_as_a_whole_and_only_we_can_read_it(tmp_path: Path) -> None:
    target = tmp_path / "report"
    files.write_atomically(target, b"first, longer")
    files.write_atomically(target, b"second")
    assert target.read_bytes() == b"second"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_staged_file_has_a_hidden_name_until_it_is_revealed(tmp_path: Path) -> None:
    target = tmp_path / "part.parquet"
    hidden = files.stage(target, b"rows")
    assert (hidden.name, target.exists()) == (".part.parquet.staged", False)
    files.reveal(hidden, target)
    assert (hidden.exists(), target.read_bytes()) == (False, b"rows")


@pytest.mark.parametrize(("point", "number", "kind", "remedy"), [
    (files.WRITTEN, errno.ENOSPC, RetryableError, "free some space"),
    (files.CREATED, errno.EROFS, ConfigurationError, "mount it writable"),
    (files.FSYNC, errno.EIO, DeviceError, "this run ends here"),
])
def test_a_failing_write_leaves_the_old_file_and_says_what_to_do(
    tmp_path: Path, point: str, number: int, kind: type[Exception], remedy: str,
) -> None:
    target = tmp_path / "report"
    files.write_atomically(target, b"old")
    with failpoints.armed({point: failpoints.fail(number)}), pytest.raises(kind, match=remedy):
        files.write_atomically(target, b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("report", b"old")]


def test_folders_are_private(tmp_path: Path) -> None:
    made = files.make_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == stat.S_IMODE(made.parent.stat().st_mode) == 0o700


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(ConfigurationError, match="a folder is wanted"):
        files.make_folder(tmp_path / "a")


def test_a_lock_that_is_not_let_go_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PATIENCE_SECONDS", 0.1)
    with files.locked(tmp_path / "lock", shared=True):
        with files.locked(tmp_path / "lock", shared=True), files.locked_if_free(tmp_path / "lock") as alone:
            assert not alone
        with pytest.raises(RetryableError, match="let it go on or end it"), files.locked(tmp_path / "lock"):
            pass


def test_failpoints_strike_at_the_hit_that_was_asked_for(tmp_path: Path) -> None:
    with failpoints.armed(failpoints.parse("files.written=ENOSPC@2")):
        files.write_atomically(tmp_path / "one", b"1")
        with pytest.raises(RetryableError):
            files.write_atomically(tmp_path / "two", b"2")
        files.write_atomically(tmp_path / "two", b"2")


@pytest.mark.parametrize("text", ["no.such.point=kill", "files.written=explode"])
def test_a_wrong_failpoint_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        failpoints.arm(failpoints.parse(text))
