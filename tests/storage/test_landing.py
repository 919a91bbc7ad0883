"""Landing: one copy of each content, one sidecar an arrival, and nothing that is no plain file."""

from __future__ import annotations

import hashlib
import os
import threading
from datetime import date
from pathlib import Path

import pytest

from edi.errors import ConfigurationError, IntegrityError
from storage import failpoints, landing
from storage.landing import Landed, land

DAY = date(2026, 3, 2)


def arrive(tmp_path: Path, name: str, content: bytes, arrival: int = 1) -> Landed:
    drop = tmp_path / "drop"
    drop.mkdir(exist_ok=True)
    (drop / name).write_bytes(content)
    return land(drop / name, source="acme", arrival=arrival, landing=tmp_path / "landing", business_date=DAY)


def test_content_lies_under_its_hash_with_a_note_of_how_it_came(tmp_path: Path) -> None:
    landed = arrive(tmp_path, "850.edi", b"ISA*")
    digest = hashlib.sha256(b"ISA*").hexdigest()
    assert landed == Landed(digest, 4, "850.edi", "acme", 1)
    assert (tmp_path / "landing" / digest[:2] / digest).read_bytes() == b"ISA*"
    assert landing.arrivals(tmp_path / "landing", DAY) == [landed]
    assert landing.read_landed(tmp_path / "landing", digest) == b"ISA*"


def test_the_same_content_under_another_name_is_a_second_arrival_of_one_file(tmp_path: Path) -> None:
    first, second = arrive(tmp_path, "a.edi", b"ISA*"), arrive(tmp_path, "b.edi", b"ISA*", 2)
    assert (first.hash, first.duplicate, second.duplicate) == (second.hash, False, True)
    assert [(note.arrival, note.name, note.duplicate) for note in landing.arrivals(tmp_path / "landing", DAY)] == [
        (1, "a.edi", False), (2, "b.edi", True)]


def test_collecting_again_after_a_crash_makes_no_second_arrival(tmp_path: Path) -> None:
    arrive(tmp_path, "a.edi", b"ISA*")
    again = arrive(tmp_path, "a.edi", b"ISA*", 2)
    assert again.arrival == 1
    assert landing.next_arrival(tmp_path / "landing", DAY) == 2


def test_many_files_are_landed_with_one_look_at_what_arrived_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(tmp_path, "0.edi", b"ISA*0")
    looks = []
    look = landing._noted
    monkeypatch.setattr(landing, "_noted", lambda *where: looks.append(1) or look(*where))
    with landing.collecting(tmp_path / "landing", DAY) as among:
        paths = [tmp_path / "drop" / f"{number}.edi" for number in (0, 1, 2)]
        for number, path in enumerate(paths):
            path.write_bytes(b"ISA*%d" % number)
        landed = landing.land_all([*paths, tmp_path / "drop" / "gone", paths[1]], source="acme", among=among)
    assert [note and (note.arrival, note.duplicate) for note in landed] == [(1, True), (2, False), (3, False), None, (2, True)]
    assert len(looks) == 1


def test_a_crash_between_copy_and_note_loses_nothing(tmp_path: Path) -> None:
    stop = failpoints.raising(KeyboardInterrupt())
    with failpoints.armed({landing.ARCHIVED: stop}), pytest.raises(KeyboardInterrupt):
        arrive(tmp_path, "a.edi", b"ISA*")
    assert landing.arrivals(tmp_path / "landing", DAY) == []
    arrive(tmp_path, "a.edi", b"ISA*")
    assert [note.name for note in landing.arrivals(tmp_path / "landing", DAY)] == ["a.edi"]


def test_links_pipes_and_folders_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not for partners")
    link, pipe, folder = tmp_path / "link", tmp_path / "pipe", tmp_path / "folder"
    link.symlink_to(secret)
    os.mkfifo(pipe)
    folder.mkdir()
    for path in (link, pipe, folder):
        with pytest.raises(ConfigurationError):
            land(path, source="acme", arrival=1, landing=tmp_path / "landing", business_date=DAY)


def test_names_never_become_paths(tmp_path: Path) -> None:
    name = os.fsdecode(b"..\\..\\etc\xff;rm -rf *")
    landed = arrive(tmp_path, name, b"ISA*")
    assert landed.name == "..\\..\\etc\\xff;rm -rf *"
    kept = [path.name for path in (tmp_path / "landing").rglob("*") if path.is_file()]
    assert sorted(kept) == sorted([".lock", "000001.json", landed.hash])


def test_two_that_collect_at_once_note_every_file_once(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    for number in range(20):
        (drop / f"{number}.edi").write_bytes(b"ISA*%d" % (number // 2))

    def collect() -> None:
        for path in sorted(drop.iterdir()):
            land(path, source="acme", arrival=1, landing=tmp_path / "landing", business_date=DAY)

    threads = [threading.Thread(target=collect) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    noted = landing.arrivals(tmp_path / "landing", DAY)
    assert [note.arrival for note in noted] == list(range(1, 21))
    assert sorted(note.name for note in noted) == sorted(f"{number}.edi" for number in range(20))


def test_a_changed_copy_is_noticed(tmp_path: Path) -> None:
    landed = arrive(tmp_path, "a.edi", b"ISA*")
    landing.landed_path(tmp_path / "landing", landed.hash).write_bytes(b"ISA+")
    with pytest.raises(IntegrityError, match="restore it"):
        landing.read_landed(tmp_path / "landing", landed.hash)
    with pytest.raises(IntegrityError):
        landing.read_landed(tmp_path / "landing", "../../secret")


def test_a_lost_copy_is_noticed(tmp_path: Path) -> None:
    landed = arrive(tmp_path, "a.edi", b"ISA*")
    assert landing.landed_size(tmp_path / "landing", landed.hash) == 4
    landing.landed_path(tmp_path / "landing", landed.hash).unlink()
    for ask in (landing.landed_size, landing.read_landed):
        with pytest.raises(IntegrityError, match="restore it"):
            ask(tmp_path / "landing", landed.hash)
