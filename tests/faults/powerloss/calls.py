"""Stands between our code and the kernel: every call that changes files below a folder is seen, and may be made to fail.

The functions of ``os`` are replaced while a block runs; ``pathlib`` calls them too. Writes that go round them (``open()`` in C)
are not seen, which is why a recording is compared with the real folder at its end. The database's files are left alone:
SQLite is its own writer and syncer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

DATABASE = "crossfoot.db"

BY_PATH = ("mkdir", "unlink", "remove")
BY_TWO_PATHS = ("rename", "replace")
BY_HANDLE = ("write", "fsync", "close")
NOT_KNOWN = ("link", "symlink", "truncate", "ftruncate", "rmdir", "pwrite", "writev", "sendfile", "copy_file_range", "fdatasync")


@dataclass(frozen=True, slots=True)
class Call:
    """A call on its way to the kernel. Paths are relative to the watched folder; a handle is the one that ``open`` gave."""

    name: str
    path: str = ""
    to: str = ""
    handle: int = -1
    flags: int = 0
    data: bytes = b""


Before = Callable[[Call], Call]  # may raise an OSError, or return the call with less data
After = Callable[[Call, Any], None]


@contextmanager
def watched(root: Path, *, before: Before = lambda call: call, after: After = lambda call, result: None,
            synced: bool = True) -> Iterator[None]:
    """Show every call below a folder before and after it is made.

    Args:
        synced: whether an fsync is really made; a double that keeps its own books need not wait for the device.
    """
    double = _Double(root, before, after, synced)
    try:
        for name in double.real:
            setattr(os, name, double.instead_of(name))
        yield
    finally:
        for name, function in double.real.items():
            setattr(os, name, function)


class _Double:
    """What stands in ``os`` meanwhile: it knows which handles are ours, and passes everything else on."""

    def __init__(self, root: Path, before: Before, after: After, synced: bool) -> None:
        self.root, self.before, self.after, self.synced = str(root), before, after, synced
        names = ("open", *BY_PATH, *BY_TWO_PATHS, *BY_HANDLE, *NOT_KNOWN)
        self.real: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in names if hasattr(os, name)}
        self.opened: dict[int, str] = {}

    def instead_of(self, name: str) -> Callable[..., Any]:
        """Return what is called in the place of a function of ``os``."""
        if name in ("open", *BY_HANDLE):
            return getattr(self, name)  # type: ignore[no-any-return]
        kind = self.by_path if name in BY_PATH else self.by_two_paths if name in BY_TWO_PATHS else self.not_known
        return partial(kind, name)

    def mine(self, path: object) -> str | None:
        """Return a path relative to the watched folder, or None where it is not ours."""
        text = os.path.abspath(os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else ""  # type: ignore[arg-type]
        inside = text == self.root or text.startswith(f"{self.root}/")
        return os.path.relpath(text, self.root) if inside and not os.path.basename(text).startswith(DATABASE) else None

    def open(self, path: Any, flags: int, *rest: Any, **more: Any) -> int:
        where = self.mine(path)
        if where is None:
            return int(self.real["open"](path, flags, *rest, **more))
        call = self.before(Call("open", where, flags=flags))
        handle = int(self.real["open"](path, flags, *rest, **more))
        self.opened[handle] = where
        self.after(call, handle)
        return handle

    def by_path(self, name: str, path: Any, *rest: Any, **more: Any) -> None:
        where = self.mine(path)
        call = Call("unlink" if name == "remove" else name, where or "")
        if where is not None:
            self.before(call)
        self.real[name](path, *rest, **more)
        if where is not None:
            self.after(call, None)

    def by_two_paths(self, name: str, path: Any, to: Any, **more: Any) -> None:
        where, target = self.mine(path), self.mine(to)
        assert (where is None) == (target is None), f"os.{name} across the edge of the watched folder"
        call = Call("rename", where or "", to=target or "")
        if where is not None:
            self.before(call)
        self.real[name](path, to, **more)
        if where is not None:
            self.after(call, None)

    def write(self, handle: int, data: Any) -> int:
        if handle not in self.opened:
            return int(self.real["write"](handle, data))
        call = self.before(Call("write", self.opened[handle], handle=handle, data=bytes(data)))
        count = int(self.real["write"](handle, call.data))
        self.after(call, count)
        return count

    def fsync(self, handle: Any) -> None:
        if handle not in self.opened:
            return self.real["fsync"](handle)
        call = self.before(Call("fsync", self.opened[handle], handle=handle))
        if self.synced:
            self.real["fsync"](handle)
        return self.after(call, None)

    def close(self, handle: int) -> None:
        if handle not in self.opened:
            return self.real["close"](handle)
        call = Call("close", self.opened.pop(handle), handle=handle)
        self.real["close"](handle)  # first: a close that fails has closed
        self.before(call)
        return self.after(call, None)

    def not_known(self, name: str, path: Any, *rest: Any, **more: Any) -> Any:
        assert path not in self.opened and self.mine(path) is None, f"the double does not know os.{name}; teach it"
        return self.real[name](path, *rest, **more)
