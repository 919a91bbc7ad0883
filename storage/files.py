"""Every durable write goes through here: temp name, write, fsync, rename, fsync of the folder.

A reader sees the old file, the new file, or none, never a part of one. Names that begin with a dot are not there yet. An fsync
that fails is never tried again: the kernel may have dropped the pages, and a second call would report success.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from edi.errors import ConfigurationError, CrossfootError, IntegrityError, RetryableError
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

_REMEDIES: dict[int, tuple[type[CrossfootError], str]] = {
    errno.ENOSPC: (RetryableError, "free some space, then run again"),
    errno.EDQUOT: (RetryableError, "raise the quota or free some space, then run again"),
    errno.EACCES: (ConfigurationError, "give this user the right to write there, or set another folder"),
    errno.EPERM: (ConfigurationError, "give this user the right to write there, or set another folder"),
    errno.EROFS: (ConfigurationError, "mount it writable, or set another folder"),
    errno.ENOENT: (RetryableError, "its folder is missing: make or mount it, or set another folder"),
    errno.ENOTDIR: (ConfigurationError, "a folder is wanted where a file is; set another folder"),
    errno.EIO: (IntegrityError, "the device fails: stop, keep everything, look at the kernel's log"),
}


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file as a whole; when this returns, the file survives a power cut."""
    temporary = path.with_name(temporary_name(path.name))
    with explained(path):
        try:
            with new_file(temporary) as handle:
                hit(CREATED)
                write_all(handle, data)
                hit(WRITTEN)
                sync_file(handle, path)
            move_into_place(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


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
    with explained(path):
        move_into_place(staged, path)


def hidden_name(path: Path) -> Path:
    """Return the hidden name that a file is staged under."""
    return path.with_name(f".{path.name}{STAGED}")


def temporary_name(name: str) -> str:
    """Return a hidden name that no other writer at work uses."""
    return f".{name}.{os.getpid()}-{threading.get_ident()}{TEMPORARY}"


def move_into_place(temporary: Path, path: Path) -> None:
    """Rename within a folder, and make the rename durable."""
    hit(SYNCED)
    os.replace(temporary, path)
    hit(RENAMED)
    sync_folder(path.parent)
    hit(FOLDER_SYNCED)


def make_folder(path: Path) -> Path:
    """Make a folder, its parents too, readable by us alone and durable; return it."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    with explained(path):
        for folder in reversed(missing):
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
            sync_folder(folder.parent)
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    return path


def remove(path: Path) -> None:
    """Remove a file if it is there, durably."""
    with explained(path):
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def open_to_read(path: str) -> BinaryIO:
    """Open a file that a person named; of a pipe that nobody writes to, it does not wait for a writer."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def sync_file(handle: int, path: Path) -> None:
    """Flush an open file to the device; a failure is final."""
    try:
        hit(FSYNC)
        os.fsync(handle)
    except OSError as error:
        raise IntegrityError(f"{path}: fsync failed ({error.strerror}), so what was written cannot be trusted; "
                             "stop, look at the device, then run again from the landed files") from error


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
        os.close(handle)


def _take(handle: int, *, shared: bool) -> bool:
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
