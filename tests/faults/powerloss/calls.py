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
    real = {name: getattr(os, name) for name in ("open", *BY_PATH, *BY_TWO_PATHS, *BY_HANDLE, *NOT_KNOWN) if hasattr(os, name)}
    opened: dict[int, str] = {}

    def mine(path: object) -> str | None:
        text = os.path.abspath(os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else ""  # type: ignore[arg-type]
        inside = text.startswith(f"{root}/") or text == str(root)
        return os.path.relpath(text, root) if inside and not os.path.basename(text).startswith(DATABASE) else None

    def make(call: Call, really: Callable[[Call], Any]) -> Any:
        result = really(before(call))
        after(call, result)
        return result

    def open_(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        where = mine(path)
        if where is None:
            return int(real["open"](path, flags, *rest, **more))
        call = before(Call("open", where, flags=flags))
        handle = int(real["open"](path, flags, *rest, **more))
        opened[handle] = where
        after(call, handle)
        return handle

    def by_path(name: str) -> Callable[..., Any]:
        def one(path: Any, *rest: Any, **more: Any) -> Any:
            where = mine(path)
            if where is None:
                return real[name](path, *rest, **more)
            return make(Call("unlink" if name == "remove" else name, where), lambda _: real[name](path, *rest, **more))
        return one

    def by_two_paths(name: str) -> Callable[..., Any]:
        def two(path: Any, to: Any, **more: Any) -> Any:
            where, target = mine(path), mine(to)
            if where is None or target is None:
                assert where == target, f"os.{name} across the edge of the watched folder"
                return real[name](path, to, **more)
            return make(Call("rename", where, to=target), lambda _: real[name](path, to, **more))
        return two

    def write(handle: int, data: Any) -> int:
        if handle not in opened:
            return int(real["write"](handle, data))
        call = before(Call("write", opened[handle], handle=handle, data=bytes(data)))
        count = int(real["write"](handle, call.data))
        after(call, count)
        return count

    def fsync(handle: Any) -> None:
        if handle not in opened:
            return real["fsync"](handle)
        return make(Call("fsync", opened[handle], handle=handle), lambda _: real["fsync"](handle) if synced else None)

    def close(handle: int) -> None:
        if handle not in opened:
            return real["close"](handle)
        call = Call("close", opened.pop(handle), handle=handle)
        real["close"](handle)  # first: a close that fails has closed
        before(call)
        return after(call, None)

    def unknown(name: str) -> Callable[..., Any]:
        def refuse(path: Any, *rest: Any, **more: Any) -> Any:
            assert path not in opened and mine(path) is None, f"the double does not know os.{name}; teach it"
            return real[name](path, *rest, **more)
        return refuse

    double = {"open": open_, "write": write, "fsync": fsync, "close": close, **{name: by_path(name) for name in BY_PATH},
              **{name: by_two_paths(name) for name in BY_TWO_PATHS}, **{name: unknown(name) for name in NOT_KNOWN if name in real}}
    for name, function in double.items():
        setattr(os, name, function)
    try:
        yield
    finally:
        for name, function in real.items():
            setattr(os, name, function)
