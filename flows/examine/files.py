"""The files that a command is given: folders walked, bytes read, and a finding instead of an exception where that fails."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from edi.findings import Finding, Kind, Place, Severity, find, kind
from edi.limits import FILE_BYTES, Limits
from edi.reading.files import SourceFile, read_files
from edi.reading.streaming import stream
from edi.segments import Batch
from storage.files import open_to_read

MISSING = kind("file.missing", Severity.FATAL, "there is no such file", "Correct the name, or look whether the file was moved.")
DENIED = kind("file.denied", Severity.FATAL, "this user may not read it",
              "Give the user the right to read the file and to enter its folder.")
SPECIAL = kind("file.special", Severity.FATAL, "it is a pipe, a socket or a device, not a file",
               "Pipe what it gives into the command, and name it as -.")
FOLDER = kind("file.folder", Severity.FATAL, "it is a folder, not a file",
              "Name one of its files; `crossfoot check` takes a whole folder.")
CHANGED = kind("file.changed", Severity.FATAL, "the file changed while it was read", "Wait until it is complete, then read it again.")
CLOSED = kind("file.closed", Severity.FATAL, "standard input is closed, or is not there to be read from",
              "Pipe the file into the command, or name it in place of -.")
BROKEN = kind("file.unreadable", Severity.FATAL, "the system cannot read it ({reason})",
              "Look at the name, the disk or the network drive, then try again.")
EXPORT = kind("file.export", Severity.NOTE, "an export of another system (CSV) by its name: it was not looked at",
              "`crossfoot run --dry-run` shows what a night makes of it; name the file itself to have it read as EDI.")
NO_FILES = kind("file.none", Severity.WARNING, "the folder holds no files", "Name another folder if files were expected here.")

STANDARD_INPUT = "-"
_EXPORTS = (".csv", ".tsv")
_OF_ERROR = {
    errno.ENOENT: MISSING, errno.ENOTDIR: MISSING, errno.EACCES: DENIED, errno.EPERM: DENIED, errno.ENXIO: SPECIAL, errno.EISDIR: FOLDER,
    errno.ESTALE: CHANGED, errno.EBADF: CLOSED,
}


@dataclass(frozen=True, slots=True)
class Given:
    """A file as it was named, or as a folder's walk found it; with a finding where it cannot be read at all."""

    path: str
    finding: Finding | None = None
    data: bytes = b""
    streamed: int = 0  # bytes of a file that is too large to be held: it is read part by part

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.streamed or len(self.data)


def listed(paths: Iterable[str]) -> Iterator[Given]:
    """Yield every file once: those that are named, and those in named folders, by name. Nothing is opened yet.

    In folders, names that begin with a dot are passed over: they are not there yet. Exports are told as what they are, and not read.
    """
    seen: set[str] = set()
    for path in paths:
        for given in _walk(path) if path != STANDARD_INPUT and os.path.isdir(path) else (Given(path),):
            if given.path not in seen:
                seen.add(given.path)
                yield given


def _walk(folder: str) -> Iterator[Given]:
    empty = True
    denied: list[OSError] = []
    for here, folders, names in os.walk(folder, onerror=denied.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found = [os.path.join(here, name).removeprefix("./") for name in sorted(names) if not name.startswith(".")]
        empty = empty and not found and not denied
        yield from (Given(path, _found(EXPORT, path) if path.lower().endswith(_EXPORTS) else None) for path in found)
        yield from (Given(str(error.filename), _of_error(str(error.filename), error)) for error in denied)
        denied.clear()
    for error in denied:
        empty = False
        yield Given(str(error.filename), _of_error(str(error.filename), error))
    if empty:
        yield Given(folder, _found(NO_FILES, folder))


def opened(given: Given, limits: Limits, *, most_held: int | None = None) -> Given:
    """Read a file whole, and once; what is larger than the limit is not read.

    Args:
        given: the file.
        limits: on its size.
        most_held: bytes; a larger file is left to be streamed. Standard input never is.
    """
    if given.finding is not None:
        return given
    try:
        return _standard_input(limits) if given.path == STANDARD_INPUT else _read(given.path, limits, most_held)
    except OSError as error:
        return Given(given.path, _of_error(given.path, error))
    except ValueError as error:  # a NUL in the name
        return Given(given.path, _found(BROKEN, given.path, reason=str(error)))


def parts(given: Given, limits: Limits) -> Iterator[Batch]:
    """Yield the batches of one file that was opened, part by part where it is large.

    Raises:
        OSError: it cannot be read any more, or changed (ESTALE).
    """
    if given.streamed:
        before = os.stat(given.path)
        yield from stream(given.path, name=given.path, limits=limits)
        after = os.stat(given.path)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
    elif given.finding is None:
        yield from read_files([SourceFile(given.path, given.data)], limits=limits)


def failed(given: Given, error: OSError) -> Finding:
    """Return the finding for a file that could be opened, and not be read to its end."""
    return _of_error(given.path, error)


def _standard_input(limits: Limits) -> Given:
    stream: BinaryIO = sys.stdin.buffer
    data = stream.read(limits.max_file_bytes + 1)
    return _too_large(STANDARD_INPUT, len(data), limits) or Given(STANDARD_INPUT, data=data)


def _read(path: str, limits: Limits, most_held: int | None) -> Given:
    with open_to_read(path) as stream:
        before = os.fstat(stream.fileno())
        if not stat.S_ISREG(before.st_mode):
            return Given(path, _found(SPECIAL, path))
        if before.st_size > limits.max_file_bytes:
            return _too_large(path, before.st_size, limits) or Given(path)
        if most_held is not None and before.st_size > most_held:
            return Given(path, streamed=before.st_size)
        data = stream.read(limits.max_file_bytes + 1)
        after = os.fstat(stream.fileno())
    if len(data) != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        return Given(path, _found(CHANGED, path))
    return Given(path, data=data)


def _too_large(path: str, size: int, limits: Limits) -> Given | None:
    if size <= limits.max_file_bytes:
        return None
    return Given(path, find(FILE_BYTES, Place(file=path), count=size, limit=limits.max_file_bytes))


def _of_error(path: str, error: OSError) -> Finding:
    return _found(_OF_ERROR.get(error.errno or 0, BROKEN), path, reason=os.strerror(error.errno or errno.EIO))


def _found(what: Kind, path: str, **details: str) -> Finding:
    return find(what, Place(file=path), None, **details)


def packets(files: Iterable[Given], *, most_bytes: int = 2**24, most_files: int = 4096) -> Iterator[list[Given]]:
    """Yield files in handfuls that fit into memory, in order."""
    packet: list[Given] = []
    held = 0
    for given in files:
        packet.append(given)
        held += len(given.data)
        if held >= most_bytes or len(packet) >= most_files:
            yield packet
            packet, held = [], 0
    if packet:
        yield packet
