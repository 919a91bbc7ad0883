"""Folders that files are dropped into: which files have come to rest, and what becomes of them once they are landed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from edi.errors import ConfigurationError, RetryableError
from storage import files

RULES = ("rename", "done", "stable")
DISPOSALS = ("move", "delete", "keep")

_UNFINISHED = (".tmp", ".part", ".filepart")
_DONE = ".done"

Look = dict[str, tuple[int, int]]  # name -> (size, mtime in ns)


def look(folder: Path) -> Look:
    """Return the regular files of a folder with size and time; the rule *stable* compares two looks."""
    try:
        with os.scandir(folder) as entries:
            regular = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
            seen = {entry.name: entry.stat(follow_symlinks=False) for entry in regular}
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        remedy = "make it, or correct the source's path"
        raise ConfigurationError(f"source folder {folder} cannot be listed ({error.strerror}); {remedy}") from error
    return {name: (seen[name].st_size, seen[name].st_mtime_ns) for name in sorted(seen)}


def list_stable(folder: Path, *, rule: str, previous: Mapping[str, tuple[int, int]] | None = None) -> list[Path]:
    """Return the files that are complete, sorted by name. Links and folders are never among them.

    Args:
        rule: ``rename`` (complete under its final name), ``done`` (a NAME.done marker stands beside it) or ``stable``
            (unchanged since the previous look).
        previous: the earlier look; the caller waits between the two. Without one nothing is stable.
    """
    now = look(folder)
    candidates = [name for name in now if not name.startswith(".") and not name.lower().endswith(_UNFINISHED)]
    if rule == "rename":
        chosen = candidates
    elif rule == "done":
        chosen = [name for name in candidates if name + _DONE in now]
    elif rule == "stable":
        chosen = [name for name in candidates if previous is not None and previous.get(name) == now[name]]
    else:
        raise ConfigurationError(f"source rule '{rule}' is unknown; write one of {', '.join(RULES)}")
    return [folder / name for name in chosen]


def dispose(paths: Sequence[Path], *, how: str, moved_to: Path | None = None, rule: str = "rename") -> list[Path | None]:
    """Move, delete or keep drop files that are landed; return where they are now. Under the rule *done* their markers go too."""
    if how not in DISPOSALS:
        raise ConfigurationError(f"disposal '{how}' is unknown; write one of {', '.join(DISPOSALS)}")
    if how == "keep":
        return list(paths)
    if how == "move" and moved_to is None:
        raise ConfigurationError("disposal 'move' needs a folder to move to; set moved_to in the source")
    targets: list[Path | None] = []
    folder = files.make_folder(moved_to) if moved_to is not None and how == "move" and paths else None
    for path in paths:
        if folder is not None:
            targets.append(_move(path, folder))
        else:
            files.drop(path)
            targets.append(None)
        if rule == "done":
            files.drop(path.with_name(path.name + _DONE))
    files.settle([*([folder] if folder and any(targets) else []), *(path.parent for path in paths)])
    return targets


def _move(path: Path, folder: Path) -> Path | None:
    """Move a file, beside any of the same name that is there already; None where another run has landed it too and was first."""
    target, count = folder / path.name, 1
    while os.path.lexists(target):
        target, count = folder / f"{path.name}.{count}", count + 1
    try:
        files.move(path, target)
    except RetryableError:
        if os.path.lexists(path):
            raise
        return None
    return target


def drop_copy(path: Path, folder: Path) -> Path:
    """Put a copy of a file into a drop folder as a careful sender does: under a hidden name, then renamed."""
    files.make_folder(folder)
    target = folder / path.name
    files.write_atomically(target, path.read_bytes())
    return target
