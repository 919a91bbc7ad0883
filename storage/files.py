"""Every durable write goes through here: temp name, write, fsync, rename, fsync of the folder.

A reader sees the old file, the new file, or none, never a part of one. Names that begin with a dot are not there yet. An fsync
that fails is never tried again: the kernel may have dropped the pages, and a second call would report success. It is a
DeviceError, which nothing retries and which ends the process.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

from edi.errors import ConfigurationError, CrossfootError, DeviceError, RetryableError
from storage.failpoints import declare, hit

FILE_MODE = 0o600
FOLDER_MODE = 0o700
TEMPORARY = ".tmp"
STAGED = ".staged"
PATIENCE_SECONDS = 60.0  # how long a lock is waited for; what is done under one takes seconds
_LOOK_AGAIN = 0.02

CREATED = declare("files.created")
WRITTEN = declare("files.written")
FSYNC = declare("files.fsync")  # inside the fsync: an errno here is a failing fsync
SYNCED = declare("files.synced")
RENAMED = declare("files.renamed")
FOLDER_SYNCED = declare("files.folder_synced")
FOLDER_MADE = declare("folders.made")
REMOVED = declare("disposal.removed")
MOVED = declare("disposal.moved")

_REMEDIES: dict[int, tuple[type[CrossfootError], str]] = {
    errno.ENOSPC: (RetryableError, "free some space, then run again"),
    errno.EDQUOT: (RetryableError, "raise the quota or free some space, then run again"),
    errno.EFBIG: (RetryableError, "a file may not grow so large for this user: raise the limit (ulimit -f), then run again"),
    errno.EACCES: (ConfigurationError, "give this user the right to write there, or set another folder"),
    errno.EPERM: (ConfigurationError, "give this user the right to write there, or set another folder"),
    errno.EROFS: (ConfigurationError, "mount it writable, or set another folder"),
    errno.ENOENT: (RetryableError, "its folder is missing: make or mount it, or set another folder"),
    errno.ENOTDIR: (ConfigurationError, "a folder is wanted where a file is; set another folder"),
    errno.EIO: (DeviceError, "the device fails: stop, keep everything, look at the kernel's log"),
}

_sure: set[str] = set()  # folders whose names this process has made durable


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file as a whole; when this returns, the file survives a power cut."""
    put(path, data)
    settle([path.parent])


def put(path: Path, data: bytes, *, by_way_of: Path | None = None) -> None:
    """Replace a file as a whole. It survives a power cut when its folder has been settled, which many files may share.

    Args:
        by_way_of: the folder that it is written in first, on the same file system; its own if left out.
    """
    temporary = (by_way_of or path.parent) / temporary_name(path.name)
    with explained(path):
        try:
            with new_file(temporary) as handle:
                hit(CREATED)
                write_all(handle, data)
                hit(WRITTEN)
                sync_file(handle, path)
            place(temporary, path)
        except BaseException:
            discard(temporary)
            raise


def settle(folders: Iterable[Path]) -> None:
    """Make the names in some folders durable, each folder once."""
    for folder in dict.fromkeys(folders):
        with explained(folder):
            sync_folder(folder)
        hit(FOLDER_SYNCED)


@contextmanager
def new_file(path: Path) -> Iterator[int]:
    """Open a file of ours, empty, readable by us alone; links are not followed."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    try:
        yield handle
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes) -> None:
    """Write bytes to an open file; where the kernel takes only some of them, the rest follows."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest):]


def stage(path: Path, data: bytes) -> Path:
    """Write a file durably under the hidden name that belongs to it, and return that name; readers do not see it yet."""
    hidden = hidden_name(path)
    write_atomically(hidden, data)
    return hidden


def reveal(staged: Path, path: Path) -> None:
    """Give a staged file its name."""
    place(staged, path)
    settle([path.parent])


def hidden_name(path: Path) -> Path:
    """Return the hidden name that a file is staged under."""
    return path.with_name(f".{path.name}{STAGED}")


def temporary_name(name: str) -> str:
    """Return a hidden name that no other writer at work uses."""
    return f".{name}.{os.getpid()}-{threading.get_ident()}{TEMPORARY}"


def place(temporary: Path, path: Path) -> None:
    """Give a synced file its name; durable when its folder is settled."""
    with explained(path):
        hit(SYNCED)
        os.replace(temporary, path)
        hit(RENAMED)


def make_folder(path: Path) -> Path:
    """Make a folder, its parents too, readable by us alone and durable; return it."""
    if (name := os.fspath(path)) in _sure and os.path.isdir(name):
        return path
    missing = list(takewhile(lambda folder: not folder.exists(), (path, *path.parents)))
    with explained(path):
        _make_sure(missing[-1].parent if missing else path)
        for folder in reversed(missing):
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            hit(FOLDER_MADE)
            _make_sure(folder)
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    return path


def _make_sure(folder: Path) -> None:
    """Make a folder's own name durable: one that is there may be left by a process that was killed before it did so."""
    if os.fspath(folder) not in _sure and os.access(folder.parent, os.W_OK):  # where we may not write, it is not ours
        sync_folder(folder.parent)
        _sure.add(os.fspath(folder))


def remove(path: Path) -> None:
    """Remove a file if it is there, durably."""
    drop(path)
    settle([path.parent])


def drop(path: Path) -> None:
    """Remove a file if it is there; sure when its folder is settled."""
    with explained(path):
        path.unlink(missing_ok=True)
        hit(REMOVED)


def discard(temporary: Path) -> None:
    """Remove a temporary file of ours if it is there; one that a power cut brings back is swept."""
    temporary.unlink(missing_ok=True)


def discard_folder(temporary: Path) -> None:
    """Remove a temporary folder of ours with the files in it; one that a power cut brings back is swept."""
    with explained(temporary):
        for path in temporary.iterdir():
            path.unlink()
        temporary.rmdir()


def move(path: Path, target: Path) -> None:
    """Move a file to a name that is free, also onto another file system; sure when both folders are settled, the target's first."""
    with explained(target):
        try:
            os.rename(path, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            write_atomically(target, path.read_bytes())
            path.unlink()
        hit(MOVED)


def make_empty(path: Path) -> None:
    """Make a file that only we can read, for a library that writes it itself; one that is there is left alone."""
    with explained(path):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
        sync_folder(path.parent)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def open_to_read(path: str) -> BinaryIO:
    """Open a file that a person named; of a pipe that nobody writes to, it does not wait for a writer."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def occupy(number: int) -> None:
    """Let what is written to a closed descriptor, or read from standard input, fail; what standard error is given goes nowhere.

    Left free, the number would be that of the next file that is opened. Those below it are taken.
    """
    os.open(os.devnull, os.O_RDONLY if number == 1 else os.O_WRONLY)


def sync_file(handle: int, path: Path) -> None:
    """Flush an open file to the device; a failure is final.

    Raises:
        DeviceError: naming the device.
    """
    try:
        hit(FSYNC)
        os.fsync(handle)
    except OSError as error:
        raise DeviceError(f"{path}: fsync failed ({error.strerror}) on {device_of(path)}, so what was written last cannot be trusted; this "
                          "run ends here. Look at the device and at the kernel's log, mend or change it, then run again: it begins "
                          "with what was landed and decided") from error


def device_of(path: Path) -> str:
    """Name the device that a path lies on, and where it is mounted, as far as the kernel tells."""
    try:
        number = os.stat(path if path.exists() else path.parent).st_dev
        numbers = f"{os.major(number)}:{os.minor(number)}"
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "its device"
    for fields, _, rest in (line.partition(" - ") for line in reversed(lines)):
        if fields.split()[2] == numbers:
            return f"{rest.split()[1]} (mounted at {fields.split()[4]})"
    return f"device {numbers}"


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync_file(handle, folder)
    finally:
        os.close(handle)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an OSError into one of ours that says what to do."""
    try:
        yield
    except OSError as error:
        kind, remedy = _REMEDIES.get(error.errno or 0, (RetryableError, "remove what stands in the way, then run again"))
        raise kind(f"{path} could not be written ({error.strerror}); {remedy}") from error


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock that every process of this machine respects and that dies with its holder.

    Raises:
        RetryableError: its holder does not let go; it may be stopped.
    """
    with _lock_file(path) as handle:
        tries = int(PATIENCE_SECONDS / _LOOK_AGAIN)
        while not _take(handle, shared=shared):
            tries -= 1
            if tries < 0:
                raise RetryableError(f"another process has held {path} for {PATIENCE_SECONDS:.0f} s; see whether one is stopped or hangs "
                                     "(`fuser` names it), let it go on or end it, then run again")
            time.sleep(_LOOK_AGAIN)
        yield


@contextmanager
def locked_if_free(path: Path) -> Iterator[bool]:
    """Hold a lock, and say whether it could be had at once."""
    with _lock_file(path) as handle:
        yield _take(handle, shared=False)


@contextmanager
def _lock_file(path: Path) -> Iterator[int]:
    with explained(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    try:
        yield handle
    finally:
        with explained(path):
            os.close(handle)


def _take(handle: int, *, shared: bool) -> bool:
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
