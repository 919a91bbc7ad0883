"""The archive of what arrived, byte for byte, under the hash of its content, with a sidecar for each arrival.

It needs no database, so that collecting works while the database is down. A file's name is data in the sidecar and never
becomes a path. Only these copies are ever parsed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections import defaultdict
from collections.abc import Iterator
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
    """What arrived on a business date, while nobody else may note arrivals; listed once, however many files come."""

    def __init__(self, landing: Path, business_date: date) -> None:
        self._landing, self._business_date = landing, business_date
        self._last = 0
        self._sidecars: dict[str, list[str]] = defaultdict(list)  # by the part of the hash that is in their names
        for sidecar in _sidecars(landing, business_date):
            self._know(sidecar)

    def note(self, landed: Landed) -> Landed:
        """Note an arrival, at the place that it has or the next free one; one that was noted before is returned as it was."""
        for sidecar in self._sidecars[landed.hash[:12]]:
            before = _read(self._landing, self._business_date, sidecar)
            if (before.hash, before.name, before.source) == (landed.hash, landed.name, landed.source):
                files.sync_folder(arrivals_folder(self._landing, self._business_date))  # whoever noted it may have been killed before this
                return replace(before, duplicate=True)
        landed = replace(landed, arrival=max(landed.arrival, self._last + 1))
        self._know(_note(landed, arrivals_folder(self._landing, self._business_date)))
        return landed

    def _know(self, sidecar: str) -> None:
        arrival, _, digest = sidecar.removesuffix(".json").partition("-")
        self._last = max(self._last, int(arrival))
        self._sidecars[digest].append(sidecar)


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
        among: what ``collecting`` gave, where many files are landed.

    Raises:
        ConfigurationError: it is a link, a folder or a device.
        RetryableError: it changed while it was copied, or the disk is full.
    """
    digest, size, known = _archive(path, landing)
    landed = Landed(digest, size, name or readable_name(path), source, arrival, known)
    with nullcontext(among) if among else collecting(landing, business_date) as arrived:
        landed = arrived.note(landed)
    hit(ARRIVED)
    return landed


def arrivals(landing: Path, business_date: date) -> list[Landed]:
    """Return the arrivals of a business date in order; one whose content came earlier that day is marked a duplicate."""
    seen: set[str] = set()
    found: list[Landed] = []
    for sidecar in _sidecars(landing, business_date):
        note = _read(landing, business_date, sidecar)
        found.append(Landed(note.hash, note.size, note.name, note.source, note.arrival, note.hash in seen))
        seen.add(note.hash)
    return found


def landed_dates(landing: Path) -> list[date]:
    """Return the business dates under which anything arrived, in order."""
    folder = landing / "arrivals"
    return sorted(date.fromisoformat(path.name) for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def next_arrival(landing: Path, business_date: date) -> int:
    """Return the number that the next arrival of a business date gets."""
    return max((int(sidecar.split("-")[0]) for sidecar in _sidecars(landing, business_date)), default=0) + 1


def landed_path(landing: Path, digest: str) -> Path:
    """Return where content with this hash lies."""
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise IntegrityError("a landed file was asked for by something that is no SHA-256; look at who made the plan")
    return landing / digest[:2] / digest


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


def _archive(path: Path, landing: Path) -> tuple[str, int, bool]:
    """Copy and hash a file into the archive; return its hash, its size, and whether the archive had it already."""
    files.make_folder(landing)
    temporary = landing / files.temporary_name("landing")
    handle = _open(path)
    try:
        digest, size = _copy(handle, temporary, path)
        hit(COPIED)
        final = landed_path(landing, digest)
        known = final.exists()
        files.make_folder(final.parent)
        with files.explained(final):
            if known:
                files.sync_folder(final.parent)  # whoever put it there may have been killed before this
            else:
                files.move_into_place(temporary, final)
        hit(ARCHIVED)
        return digest, size, known
    finally:
        with files.explained(temporary):
            os.close(handle)
            files.discard(temporary)


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


def _note(landed: Landed, folder: Path) -> str:
    note = {"arrival": landed.arrival, "hash": landed.hash, "name": landed.name, "size": landed.size, "source": landed.source}
    sidecar = f"{landed.arrival:06d}-{landed.hash[:12]}.json"
    files.write_atomically(folder / sidecar, canonical_json(note).encode() + b"\n")
    return sidecar


def arrivals_folder(landing: Path, business_date: date) -> Path:
    """Return where the sidecars of a business date lie."""
    return landing / "arrivals" / business_date.isoformat()


def _sidecars(landing: Path, business_date: date) -> list[str]:
    folder = arrivals_folder(landing, business_date)
    if not folder.is_dir():
        return []
    return sorted(name for name in os.listdir(folder) if name.endswith(".json") and not name.startswith("."))


def _read(landing: Path, business_date: date, sidecar: str) -> Landed:
    note = json.loads((arrivals_folder(landing, business_date) / sidecar).read_bytes())
    return Landed(note["hash"], note["size"], note["name"], note["source"], note["arrival"])

