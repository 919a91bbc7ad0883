"""Random access to the octets of a file without holding it: what scouting needs of ``bytes``, block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, overload

BLOCK = 1 << 20
_NEAR = 1 << 9
_AROUND = 1 << 13  # that are read with a stretch: what is looked at next often lies just before or behind it
PADDING = b"\r\n\t \x00\x1a"
_NOT_PADDING = re.compile(rb"[^\r\n\t \x00\x1a]")


class Octets(Protocol):
    """What ``bytes`` and the classes below have in common."""

    def __len__(self) -> int: ...

    @overload
    def __getitem__(self, key: int) -> int: ...

    @overload
    def __getitem__(self, key: slice) -> bytes: ...

    def __getitem__(self, key: int | slice) -> int | bytes: ...

    def find(self, sub: bytes, start: int = ..., stop: int = ...) -> int: ...

    def rfind(self, sub: bytes, start: int = ..., stop: int = ...) -> int: ...


class _Blocks:
    """Slices and searches made from one primitive: the octets from one position to another."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._at = 0
        self._held: bytes | memoryview = b""  # the last stretch that was read

    def _load(self, first: int, last: int) -> bytes | memoryview:
        raise NotImplementedError

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, key: int) -> int: ...

    @overload
    def __getitem__(self, key: slice) -> bytes: ...

    def __getitem__(self, key: int | slice) -> int | bytes:
        if isinstance(key, int):
            return self._between(key, key + 1)[0]
        first, last, _ = key.indices(self._size)
        return self._between(first, last)

    def _between(self, first: int, last: int) -> bytes:
        if first >= last:
            return b""
        self.hold(first, last)
        return bytes(self._held[first - self._at:last - self._at])

    def hold(self, first: int, last: int) -> None:
        """Have a stretch at hand, of which more than one part will be asked for."""
        if first < self._at or last > self._at + len(self._held):
            self._at = max(first - _AROUND, 0)
            self._held = self._load(self._at, min(max(first + BLOCK, last) + _AROUND, self._size))

    def find(self, sub: bytes, start: int = 0, stop: int | None = None) -> int:
        """Return the first position of ``sub`` that lies within the range, -1 where there is none."""
        stop = self._size if stop is None else min(stop, self._size)
        step = _NEAR  # a stretch is copied to be searched: of one place after another, each mostly lies near the one before
        while start + len(sub) <= stop:
            found = self._between(start, min(start + step, stop)).find(sub)
            if found >= 0:
                return start + found
            start, step = start + step - len(sub) + 1, min(step * 16, BLOCK)
        return -1

    def rfind(self, sub: bytes, start: int = 0, stop: int | None = None) -> int:
        """Return the last position of ``sub`` that lies within the range, -1 where there is none."""
        stop = self._size if stop is None else min(stop, self._size)
        while start + len(sub) <= stop:
            first = max(start, stop - BLOCK)
            found = self._between(first, stop).rfind(sub)
            if found >= 0:
                return first + found
            stop = first + len(sub) - 1
            if first == start:
                break
        return -1


class FileOctets(_Blocks):
    """The octets of a file, some of its first bytes (a byte order mark) left out; it is open only while a block is read."""

    def __init__(self, path: Path, size: int, skip: int = 0) -> None:
        super().__init__(size - skip)
        self._path, self._skip = path, skip
        self._room = bytearray()  # that every stretch is read into: the kernel clears the pages of a new one each time

    def _load(self, first: int, last: int) -> memoryview:
        if len(self._room) < last - first:
            self._room = bytearray(last - first)
        stretch = memoryview(self._room)[:last - first]
        with self._path.open("rb") as file:
            file.seek(first + self._skip)
            found = file.readinto(stretch)
        stretch[found:] = bytes(len(stretch) - found)  # a file that shrinks meanwhile ends in padding
        return stretch


class UnwrappedOctets(_Blocks):
    """The octets of a file whose lines all have one width, their line ends left out."""

    def __init__(self, wrapped: Octets, width: int, newline: int) -> None:
        self._wrapped, self._width, self._stride = wrapped, width, width + newline
        whole, rest = divmod(len(wrapped), self._stride)
        super().__init__(whole * width + min(rest, width))

    def _load(self, first: int, last: int) -> bytes:
        line, column = divmod(first, self._width)
        lines = self._wrapped[line * self._stride:((last - 1) // self._width + 1) * self._stride]
        kept = b"".join(lines[at:at + self._width] for at in range(0, len(lines), self._stride))
        return kept[column:column + last - first]


def hold(data: Octets, first: int, last: int) -> None:
    """Read a stretch at once of which more than one part will be asked for, where it is not in memory."""
    if isinstance(data, _Blocks) and first < last:
        data.hold(first, min(last, len(data)))


def blocks(data: Octets, first: int, last: int) -> Iterator[bytes]:
    """Yield the octets of a range, at most a block at a time."""
    for at in range(first, last, BLOCK):
        yield data[at:min(at + BLOCK, last)]


def visible(data: Octets, at: int) -> int | None:
    """Return the first position from ``at`` on that holds no padding, None where only padding follows."""
    if at < len(data) and data[at] not in PADDING:
        return at
    step = 256
    while at < len(data):
        found = _NOT_PADDING.search(data[at:at + step])
        if found:
            return at + found.start()
        at, step = at + step, min(step * 16, BLOCK)
    return None


def matches(data: Octets, at: int, mark: bytes) -> bool:
    """Tell whether ``mark`` stands at a position."""
    return data[at:at + len(mark)] == mark
