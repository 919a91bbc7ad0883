"""The notation of our X12 tables: facts of two releases in one place, and errors that say where a table is wrong.

A fact is the same in both releases (``O 10``) or parted by a bar, ``O 10 | O >1``: left 004010, right 005010. A dash on one side
means that the release does not have it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edi.errors import ConfigurationError

RELEASES = ("004010", "005010")  # left and right of the bar


def read_table(folder: Path, name: str) -> dict[str, Any]:
    """Read a table of TOML; raises ConfigurationError where it is not to be had."""
    try:
        return tomllib.loads((folder / name).read_text("utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{name} is not among the guides: put it back") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name} cannot be read ({error}): correct the file at this place") from None


def entry(table: Mapping[str, Any], key: str, where: str) -> Any:
    """Return what a table tells under a key that it must have."""
    if key not in table:
        raise ConfigurationError(f"{where} has no {key!r}: add it")
    return table[key]


def side(fact: str, release: str) -> str:
    """Return what a fact is in a release, "-" where the release does not have it."""
    sides = [part.strip() for part in fact.split("|")]
    return sides[0] if len(sides) == 1 else sides[RELEASES.index(release)]


def faulty(where: str, row: str, remedy: str) -> ConfigurationError:
    """Return the error for a row of a table: the place, the row itself and what to do."""
    return ConfigurationError(f"{where}: {row.strip()!r} {remedy}")
