"""An fsync that fails is final: the process stops, nothing is tried again, and a later run begins with what was landed and decided."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from edi.errors import DeviceError, RetryableError
from flows.sample import write_settings
from storage import files
from storage.database import translate
from storage.failpoints import armed, fail
from tests.flows.letters import outcomes, post, response, x12
from tests.flows.nights import DATA, FIRST, World, world

# A real `crossfoot` whose disk fails at the n-th fsync, and which counts how often it still asks it afterwards.
FAILING = """
import errno, os, sys
from flows.cli import main
from storage import files
asked, fsync = [], os.fsync
def failing(handle):
    asked.append(handle)
    if len(asked) >= int(sys.argv[1]):
        print("fsync", len(asked), file=sys.stderr)
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    fsync(handle)
files.os.fsync = failing
main(sys.argv[2:])
"""


@pytest.fixture
def made(tmp_path: Path) -> World:
    made = world(tmp_path)
    for drop in made.settings.drops:
        drop.folder.mkdir(parents=True, exist_ok=True)
    post(made, {"a.x12": x12("000000902", response("4500009003"))})
    return made


def test_nothing_retries_it() -> None:
    assert not issubclass(DeviceError, RetryableError)


def test_the_message_names_the_device_and_the_remedy(tmp_path: Path) -> None:
    with armed({files.FSYNC: fail(errno.EIO)}), pytest.raises(DeviceError) as caught:
        files.write_atomically(tmp_path / "report", b"")
    where = files.device_of(tmp_path)
    assert "(mounted at /" in where
    assert f"report: fsync failed (Input/output error) on {where}" in str(caught.value)
    assert "mend or change it, then run again" in str(caught.value)


def test_it_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()

    def failing(_handle: int) -> None:
        asked["fsync"] += 1
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(DeviceError):
        files.write_atomically(tmp_path / "report", b"")
    assert asked["fsync"] == 1
    assert list(tmp_path.iterdir()) == []


def test_that_of_a_database_file_is_final_too() -> None:
    failed = sqlite3.OperationalError("disk I/O error")
    failed.sqlite_errorname = "SQLITE_IOERR_FSYNC"
    told = translate(sa.exc.OperationalError("COMMIT", None, failed))
    assert isinstance(told, DeviceError)
    assert "the device of the database's file" in str(told)


@pytest.mark.slow
@pytest.mark.parametrize("nth", [1, 6, 40])
def test_a_night_stops_at_it_and_the_next_one_finishes(made: World, nth: int) -> None:
    settings = str(write_settings(made.settings))
    command = [sys.executable, "-c", FAILING, str(nth), "--settings", settings, "run", "nightly", "--without-prefect", "--date", str(FIRST)]
    ended = subprocess.run(command, cwd=DATA.parent, capture_output=True, text=True, timeout=240, check=False)
    asked, message = [line for line in ended.stderr.splitlines() if line]
    assert (ended.returncode, asked) == (74, f"fsync {nth}")
    assert message.startswith("crossfoot: ")
    assert "Look at the device" in message
    made.run()
    assert outcomes(made) == {"000000902/0001": ("loaded", "ok")}
