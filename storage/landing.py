"""The archive of what arrived, byte for byte, under the hash of its content, with sidecars that hold a line for each arrival.

It needs no database, so that collecting works while the database is down. A file's name is data in the sidecar and never
becomes a path. Only these copies are ever parsed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from edi.errors import ConfigurationError, IntegrityError, RetryableError
from storage import files
from storage.canonical import canonical_json
from storage.failpoints import declare, hit

COPIED = declare("landing.copied")
ARCHIVED = declare("landing.archived")
ARRIVED = declare("landing.arrived")

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Landed:
    """One arrival of a file. ``duplicate`` is a hint (the content was in the archive already); verdicts are made in the plan."""

    hash: str
    size: int
    name: str
    source: str
    arrival: int
    duplicate: bool = False


class Arrivals:
    """What arrived on a business date, while nobody else may note arrivals; read once, however many files come."""

    def __init__(self, landing: Path, business_date: date) -> None:
        self.landing, self._folder = landing, arrivals_folder(landing, business_date)
        noted = _noted(landing, business_date)
        self._known = {_identity(each): each for each in noted}
        self._last = max((each.arrival for each in noted), default=0)

    def note(self, landed: Sequence[Landed]) -> list[Landed]:
        """Note arrivals in one sidecar, each at the place that it has or the next free one; one noted before is returned as it was.

        Contents are made sure before they are noted, and notes before this returns: a killed run may have left both unsynced.
        """
        files.settle(self.landing / start for start in sorted({each.hash[:2] for each in landed}))
        new: dict[tuple[str, str, str], Landed] = {}
        last = self._last
        for each in landed:
            if _identity(each) not in self._known and _identity(each) not in new:
                last = max(each.arrival, last + 1)
                new[_identity(each)] = replace(each, arrival=last)
        if new:
            first = next(iter(new.values())).arrival
            files.put(self._folder / f"{first:06d}.json", "".join(_line(each) for each in new.values()).encode(),
                      by_way_of=self.landing)  # where every night sweeps, whichever date this one is of
        files.settle([self._folder])
        self._known, self._last = {**self._known, **new}, last
        for _ in landed:
            hit(ARRIVED)
        return [new.pop(key) if (key := _identity(each)) in new else replace(self._known[key], duplicate=True) for each in landed]


@contextmanager
def collecting(landing: Path, business_date: date) -> Iterator[Arrivals]:
    """Be the only one to note arrivals of a business date while the block runs."""
    with files.locked(files.make_folder(arrivals_folder(landing, business_date)) / ".lock"):
        yield Arrivals(landing, business_date)


def land(path: Path, *, source: str, landing: Path, business_date: date, arrival: int = 1, name: str | None = None,
         among: Arrivals | None = None) -> Landed:
    """Copy a file into the archive and note its arrival.

    The same name and content from the same source on the same business date is one arrival, however often it is collected:
    a crash before the drop file was disposed of leaves no second one.

    Args:
        arrival: first position in the order of arrival that it may take; it takes the next free one.
        name: the name that it arrived under, where that is not the path's own.
        among: what ``collecting`` gave, where more files are landed.

    Raises:
        ConfigurationError: it is a link, a folder or a device.
        RetryableError: it is gone, it changed while it was copied, or the disk is full.
    """
    archived = _archive(path, landing, source)
    with nullcontext(among) if among else collecting(landing, business_date) as noting:
        return noting.note([replace(archived, arrival=arrival, name=name or archived.name)])[0]


def land_all(paths: Sequence[Path], *, source: str, among: Arrivals) -> list[Landed | None]:
    """Land files as ``land`` does, but sync what they share once; None for one that is gone or changes: it is left for the next look.

    Args:
        among: what ``collecting`` gave.
    """
    archived = [_archive_if_at_rest(path, among.landing, source) for path in paths]
    noted = iter(among.note([each for each in archived if each is not None]))
    return [None if each is None else next(noted) for each in archived]


def arrivals(landing: Path, business_date: date) -> list[Landed]:
    """Return the arrivals of a business date in order; one whose content came earlier that day is marked a duplicate."""
    seen: set[str] = set()
    found: list[Landed] = []
    for each in _noted(landing, business_date):
        found.append(replace(each, duplicate=each.hash in seen))
        seen.add(each.hash)
    return found


def landed_dates(landing: Path) -> list[date]:
    """Return the business dates under which anything arrived, in order."""
    folder = landing / "arrivals"
    return sorted(date.fromisoformat(entry.name) for entry in os.scandir(folder) if entry.is_dir()) if folder.is_dir() else []


def next_arrival(landing: Path, business_date: date) -> int:
    """Return the number that the next arrival of a business date gets."""
    return max((each.arrival for each in _noted(landing, business_date)), default=0) + 1


def last_note(landing: Path, business_date: date) -> int:
    """Return the first arrival of the last sidecar of a business date, by its name alone; 0 where there is none."""
    folder = arrivals_folder(landing, business_date)
    return max((int(name[:-len(".json")]) for name in _sidecars(folder)), default=0)


def landed_path(landing: Path, digest: str) -> Path:
    """Return where content with this hash lies."""
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise IntegrityError("a landed file was asked for by something that is no SHA-256; look at who made the plan")
    return landing / f"{digest[:2]}/{digest}"


def landed_size(landing: Path, digest: str) -> int:
    """Return the size of a landed file, in bytes."""
    path = landed_path(landing, digest)
    try:
        return path.stat().st_size
    except FileNotFoundError:
        raise IntegrityError(f"{path} is not in the landing archive; restore it from a backup, then run again") from None


def read_landed(landing: Path, digest: str) -> bytes:
    """Read a landed file, checking that it still is what arrived."""
    path = landed_path(landing, digest)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise IntegrityError(f"{path} is not in the landing archive; restore it from a backup, then run again") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise IntegrityError(f"{path} no longer has the content that arrived; restore it from a backup, then run again")
    return content


def readable_name(path: Path) -> str:
    """Return a file's name as text, with bytes that are no UTF-8 written out."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")


def _archive(path: Path, landing: Path, source: str) -> Landed:
    """Copy and hash a file into the archive; it is not noted yet, and has no place in the order of arrival."""
    files.make_folder(landing)
    temporary = landing / files.temporary_name("landing")
    handle = _open(path)
    try:
        digest, size = _copy(handle, temporary, path)
        hit(COPIED)
        final = landed_path(landing, digest)
        files.make_folder(final.parent)
        known = os.path.exists(final)
        if not known:
            files.place(temporary, final)
        hit(ARCHIVED)
        return Landed(digest, size, readable_name(path), source, 0, known)
    finally:
        with files.explained(temporary):
            os.close(handle)
            files.discard(temporary)


def _archive_if_at_rest(path: Path, landing: Path, source: str) -> Landed | None:
    try:
        return _archive(path, landing, source)
    except RetryableError as error:
        if error.restless:
            return None
        raise


def _open(path: Path) -> int:
    """Open a regular file once, without following links and without waiting on a pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ConfigurationError(f"{path} is a symbolic link; put the file itself into the folder") from error
        raise RetryableError(f"{path} cannot be opened ({error.strerror}); give us the right to read it, then run again",
                             restless=error.errno == errno.ENOENT) from error  # another run has landed it and moved it away
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ConfigurationError(f"{path} is not a regular file; put only files into the folder")
    return handle


def _copy(handle: int, temporary: Path, path: Path) -> tuple[str, int]:
    before = os.fstat(handle)
    hasher = hashlib.sha256()
    size = 0
    with files.explained(temporary), files.new_file(temporary) as copy:
        while chunk := os.read(handle, _CHUNK):
            hasher.update(chunk)
            files.write_all(copy, chunk)
            size += len(chunk)
        files.sync_file(copy, temporary)
    after = os.fstat(handle)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
        raise RetryableError(f"{path} changed while it was copied; it is taken at the next look, when it has come to rest",
                             restless=True)
    return hasher.hexdigest(), size


def arrivals_folder(landing: Path, business_date: date) -> Path:
    """Return where the sidecars of a business date lie."""
    return landing / "arrivals" / business_date.isoformat()


def _noted(landing: Path, business_date: date) -> list[Landed]:
    """Read the sidecars of a business date, in the order of arrival."""
    folder = arrivals_folder(landing, business_date)
    lines = [line for name in _sidecars(folder) for line in (folder / name).read_bytes().splitlines()]
    return [Landed(note["hash"], note["size"], note["name"], note["source"], note["arrival"]) for note in map(json.loads, lines)]


def _sidecars(folder: Path) -> list[str]:
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [name for name in names if name.endswith(".json") and not name.startswith(".")]


def _line(landed: Landed) -> str:
    note = {"arrival": landed.arrival, "hash": landed.hash, "name": landed.name, "size": landed.size, "source": landed.source}
    return canonical_json(note) + "\n"


def _identity(landed: Landed) -> tuple[str, str, str]:
    return landed.hash, landed.name, landed.source
