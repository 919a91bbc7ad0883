"""Temporary files, and folders of them, of processes that were killed on the way: nobody will finish them, so they are removed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from storage import files

_NAME = re.compile(r"\..*\.(?P<writer>[0-9]+)-[0-9]+" + re.escape(files.TEMPORARY))


def spill_folder(home: Path) -> Path:
    """Return a folder of this process' own, for what a library writes when memory is short; the library makes and removes it."""
    return home / files.temporary_name("spill")


def sweep(folders: Iterable[Path]) -> list[Path]:
    """Remove the temporary files and folders in some folders whose writer runs no more, and return them; a folder may be missing.

    Only names are looked at, and none of them is a file of anybody else's: see :func:`storage.files.temporary_name`.
    """
    found = [folder / name for folder in folders if folder.is_dir() for name in sorted(os.listdir(folder)) if _is_left_over(name)]
    for path in found:
        if path.is_dir():
            files.discard_folder(path)
        else:
            files.remove(path)
    return found


def _is_left_over(name: str) -> bool:
    ours = _NAME.fullmatch(name)
    return ours is not None and not _runs(int(ours["writer"]))


def _runs(process: int) -> bool:
    """Tell whether a process of this machine runs; a number that is used again counts, and the next sweep looks again."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
