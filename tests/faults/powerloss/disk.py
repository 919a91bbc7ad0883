"""A file system that forgets: it keeps what was synced, and of the rest whatever chance leaves.

What a POSIX file system with a journal allows, and no more. The content of a file survives as far as it was synced; of what was
written since, nothing, all, a beginning, or a beginning followed by zeros. A name that was made, moved or removed since its folder
was synced may or may not be so, each for itself; a rename is there whole or not at all, and sure when the folder that it
leads to was synced. Syncing a file does not sync its name. Syncing a folder does not sync the name that its own parent has for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from random import Random

ROOT = 0

Event = tuple[str, tuple[object, ...]]  # a method of Disk and its arguments
Names = dict[int, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Tree:
    """What is there after a loss: files with their content, and folders, by path."""

    files: Mapping[str, bytes]
    folders: tuple[str, ...]
    chance: tuple[object, ...] = ()  # what chance decided, to tell losses apart


@dataclass(frozen=True, slots=True)
class Change:
    """Names that change together, and the folder that makes it sure when it is synced."""

    entries: tuple[tuple[int, str, int | None], ...]
    folder: int


class Disk:
    """Folders and files by number; ``now`` is what a running process sees, ``names`` and ``content`` what is sure."""

    def __init__(self, tree: Tree) -> None:
        self.now: Names = {ROOT: {}}
        self.content: dict[int, bytes] = {}
        self.unsynced: dict[int, bytes] = {}
        self.pending: list[Change] = []
        self._next = ROOT + 1
        for folder in sorted(tree.folders):
            self.mkdir(folder)
        for path, content in sorted(tree.files.items()):
            node = self.create(path)
            self.content[node] = content
        self.names: Names = {folder: dict(entries) for folder, entries in self.now.items()}
        self.unsynced.clear()
        self.pending.clear()

    def apply(self, event: Event) -> None:
        """Carry out a recorded call."""
        getattr(self, event[0])(*event[1])

    def mkdir(self, path: str) -> None:
        """Make a folder."""
        node = self._new()
        self.now[node] = {}
        self._set(path, node)

    def create(self, path: str) -> int:
        """Make an empty file and return its number."""
        node = self._new()
        self.content[node] = self.unsynced[node] = b""
        self._set(path, node)
        return node

    def truncate(self, node: int) -> None:
        """Empty a file."""
        self.unsynced[node] = b""

    def write(self, node: int, data: bytes) -> None:
        """Write at the end of a file; ours are all written from their beginning to their end."""
        self.unsynced[node] = self.unsynced.get(node, self.content[node]) + data

    def sync_file(self, node: int) -> None:
        """Make a file's content sure."""
        self.content[node] = self.unsynced.pop(node, self.content[node])

    def sync_folder(self, node: int) -> None:
        """Make the names in a folder sure."""
        sure, self.pending = _sure(self.pending, [change.folder == node for change in self.pending])
        _enter(self.names, sure)

    def nothing(self) -> None:
        """Do nothing, in the place of a call that is left out."""

    def rename(self, path: str, to: str) -> None:
        """Move a name, replacing what has the other one."""
        (folder, name), (target, new) = self.place(path), self.place(to)
        node = self.now[folder].pop(name)
        self.now[target][new] = node
        self.pending.append(Change(((folder, name, None), (target, new, node)), target))

    def unlink(self, path: str) -> None:
        """Remove a name."""
        folder, name = self.place(path)
        del self.now[folder][name]
        self.pending.append(Change(((folder, name, None),), folder))

    def place(self, path: str) -> tuple[int, str]:
        """Return the folder's number and the name in it that a path means now."""
        *folders, name = path.split("/")
        node = ROOT
        for folder in folders:
            node = self.now[node][folder]
        return node, name

    def node(self, path: str) -> int | None:
        """Return the number of what is at a path now, or None."""
        if path == ".":
            return ROOT
        folder, name = self.place(path)
        return self.now[folder].get(name)

    def copy(self) -> Disk:
        """Return a disk that goes its own way: what a process leaves that is killed now, with the kernel still to write it."""
        return deepcopy(self)

    def seen(self) -> Tree:
        """Return what a running process sees."""
        return _tree(self.now, {**self.content, **self.unsynced}, ())

    def lose(self, random: Random) -> Tree:
        """Cut the power: return one of the states that may be found afterwards. The disk itself goes on as if nothing had been."""
        names = self.names
        chance: list[object] = []
        if self.pending:
            names = {folder: dict(entries) for folder, entries in self.names.items()}
            likely = random.choice((0.0, 0.3, 0.5, 0.7, 1.0))
            chance.extend(random.random() < likely for _ in self.pending)
            _enter(names, _sure(self.pending, chance)[0])
        content = dict(self.content)
        for node, data in self.unsynced.items():
            content[node] = _torn(self.content[node], data, random)
            chance.append((node, len(content[node]), content[node][-1:] == b"\0"))
        return _tree(names, content, tuple(chance))

    def _new(self) -> int:
        self._next += 1
        return self._next - 1

    def _set(self, path: str, node: int) -> None:
        folder, name = self.place(path)
        self.now[folder][name] = node
        self.pending.append(Change(((folder, name, node),), folder))


def _sure(pending: Sequence[Change], chosen: Sequence[object]) -> tuple[list[Change], list[Change]]:
    """Part changes into those that are sure and the rest: a journal keeps what was done earlier to the same names, too."""
    sure: list[Change] = []
    rest: list[Change] = []
    touched: set[tuple[int, str]] = set()
    for change, wanted in zip(reversed(pending), reversed(chosen), strict=True):
        names = {(folder, name) for folder, name, _ in change.entries}
        if wanted or names & touched:
            touched |= names
            sure.append(change)
        else:
            rest.append(change)
    return sure[::-1], rest[::-1]


def _enter(names: Names, changes: Iterable[Change]) -> None:
    for change in changes:
        for folder, name, node in change.entries:
            if node is None:
                names.get(folder, {}).pop(name, None)
            else:
                names.setdefault(folder, {})[name] = node


def _torn(sure: bytes, written: bytes, random: Random) -> bytes:
    kept = random.randint(0, len(written))
    zeros = b"\0" * (len(written) - kept)
    return random.choice((sure, written, written[:kept], written[:kept] + zeros))


def _tree(names: Names, content: Mapping[int, bytes], chance: tuple[object, ...]) -> Tree:
    files: dict[str, bytes] = {}
    folders: list[str] = []
    waiting: list[tuple[str, int]] = [("", ROOT)]
    while waiting:
        prefix, folder = waiting.pop()
        for name, node in names.get(folder, {}).items():
            if node in content:
                files[prefix + name] = content[node]
            else:
                folders.append(prefix + name)
                waiting.append((f"{prefix}{name}/", node))
    return Tree(files, tuple(folders), chance)
