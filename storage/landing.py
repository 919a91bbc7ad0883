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


def land(path: Path, *, source: str, arrival: int, landing: Path, business_date: date, name: str | None = None) -> Landed:
    """Copy a file into the archive and note its arrival.

    The same name and content from the same source on the same business date is one arrival, however often it is collected:
    a crash before the drop file was disposed of leaves no second one.

    Args:
        arrival: position in the order of arrival; ``next_arrival`` gives it. One that is taken meanwhile becomes the next free one.
        name: the name that it arrived under, where that is not the path's own.

    Raises:
        ConfigurationError: it is a link, a folder or a device.
        RetryableError: it changed while it was copied, or the disk is full.
    """
    digest, size, known = _archive(path, landing)
    landed = Landed(digest, size, name or readable_name(path), source, arrival, known)
    folder = files.make_folder(landing / "arrivals" / business_date.isoformat())
    with files.locked(folder / ".lock"):
        before = _earlier(landed, landing, business_date)
        if before is not None:
            return before
        landed = replace(landed, arrival=max(arrival, next_arrival(landing, business_date)))
        _note(landed, folder)
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
        if not known:
            files.make_folder(final.parent)
            with files.explained(final):
                files.move_into_place(temporary, final)
        hit(ARCHIVED)
        return digest, size, known
    finally:
        os.close(handle)
        temporary.unlink(missing_ok=True)


def _open(path: Path) -> int:
    """Open a regular file once, without following links and without waiting on a pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ConfigurationError(f"{path} is a symbolic link; put the file itself into the folder") from error
        raise RetryableError(f"{path} cannot be opened ({error.strerror}); give us the right to read it, then run again") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ConfigurationError(f"{path} is not a regular file; put only files into the folder")
    return handle


def _copy(handle: int, temporary: Path, path: Path) -> tuple[str, int]:
    before = os.fstat(handle)
    hasher = hashlib.sha256()
    with files.explained(temporary):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(temporary, flags, files.FILE_MODE), "wb") as copy:
            while chunk := os.read(handle, _CHUNK):
                hasher.update(chunk)
                copy.write(chunk)
            size = copy.tell()
            copy.flush()
            files.sync_file(copy.fileno(), temporary)
    after = os.fstat(handle)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
        raise RetryableError(f"{path} changed while it was copied; it is taken at the next look, when it has come to rest",
                             restless=True)
    return hasher.hexdigest(), size


def _note(landed: Landed, folder: Path) -> None:
    note = {"arrival": landed.arrival, "hash": landed.hash, "name": landed.name, "size": landed.size, "source": landed.source}
    files.write_atomically(folder / f"{landed.arrival:06d}-{landed.hash[:12]}.json", canonical_json(note).encode() + b"\n")


def _sidecars(landing: Path, business_date: date) -> list[str]:
    folder = landing / "arrivals" / business_date.isoformat()
    if not folder.is_dir():
        return []
    return sorted(name for name in os.listdir(folder) if name.endswith(".json") and not name.startswith("."))


def _read(landing: Path, business_date: date, sidecar: str) -> Landed:
    note = json.loads((landing / "arrivals" / business_date.isoformat() / sidecar).read_bytes())
    return Landed(note["hash"], note["size"], note["name"], note["source"], note["arrival"])


def _earlier(landed: Landed, landing: Path, business_date: date) -> Landed | None:
    """Return the arrival of the same name and content from the same source on the same date, if it was noted."""
    for sidecar in _sidecars(landing, business_date):
        if sidecar.endswith(f"-{landed.hash[:12]}.json"):
            note = _read(landing, business_date, sidecar)
            if (note.hash, note.name, note.source) == (landed.hash, landed.name, landed.source):
                return Landed(note.hash, note.size, note.name, note.source, note.arrival, duplicate=True)
    return None
