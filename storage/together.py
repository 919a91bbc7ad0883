"""Many small files of the lake, read from one: a copy of what a period brought, made when the period is over.

The lake has a file for each packet and table. To open one takes half a millisecond, however little is in it, and the rules open all of
them, some of them several times: after a year that is most of what a small night costs. So the files of a year, of a month or of ten days
are copied into one, ``.together/<table>/<period>-<hash of the members' hashes>-<hash of the bytes>.parquet``.

A copy is never the truth. Its name follows from the manifest, and says which bytes it must have: one that is missing, damaged or out of
date is made again; where that cannot be done, the files themselves are read. The folder may be removed at any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from edi.errors import ConfigurationError, RetryableError
from storage import files
from storage.canonical import canonical_json, content_hash
from storage.failpoints import declare, hit
from storage.lake import TOGETHER, Listed, date_of, encode, nobody_publishing, publishing, read_manifest

COPIED = declare("together.copied")
MADE = declare("together.made")
SWEPT = declare("together.swept")

PERIODS = (4, 7, 9)  # characters of an ISO date: its year, its month, its ten days
MOST_ROWS = 128 * 1024  # of a copy: where files are not small, opening them is not what takes the time

_IN_THE_WAY = (ConfigurationError, RetryableError, OSError)  # a full disk, or a lake that is not ours to write


@dataclass(frozen=True, slots=True)
class Piece:
    """Files of a table that are read from one copy."""

    table: str
    period: str  # the beginning of the business dates that it has
    members: tuple[Listed, ...]

    @property
    def key(self) -> str:
        """Name the copy, but for the hash of its bytes."""
        return f"{self.period}-{content_hash(canonical_json([each.hash for each in self.members]))}"


def pieces(manifest: Mapping[str, Sequence[Listed]], *, tonight: date) -> list[Piece]:
    """Return what can be read together: the longest periods that tonight is not in, and that have several files and few rows."""
    return [piece for table, listed in sorted(manifest.items()) for piece in _pieces_of(table, listed, tonight.isoformat())]


def _pieces_of(table: str, listed: Sequence[Listed], tonight: str) -> Iterator[Piece]:
    left: dict[str, list[Listed]] = defaultdict(list)  # by business date
    for each in listed:
        left[date_of(each.path)].append(each)
    for length in PERIODS:
        periods: dict[str, list[str]] = defaultdict(list)
        for day in left:
            periods[day[:length]].append(day)
        for period, days in periods.items():
            members = tuple(each for day in days for each in left[day])
            if period != tonight[:length] and len(members) > 1 and sum(each.rows for each in members) <= MOST_ROWS:
                yield Piece(table, period, members)
                for day in days:
                    del left[day]


@contextmanager
def files_to_read(lake: Path, *, tonight: date) -> Iterator[dict[str, list[str]]]:
    """Give the files that make up each table now, copies in place of what they have together; none of them is swept meanwhile.

    Raises:
        DeviceError: an fsync failed; whatever else stands in the way of a copy, the files themselves are read.
    """
    manifest = read_manifest(lake)
    found = {table: {each.path: f"{lake}/{each.path}" for each in listed} for table, listed in manifest.items()}
    with ExitStack() as held:
        with suppress(*_IN_THE_WAY):
            if manifest:
                held.enter_context(publishing(lake))
                for piece in pieces(manifest, tonight=tonight):
                    with suppress(*_IN_THE_WAY):
                        found[piece.table] |= dict.fromkeys((each.path for each in piece.members), str(_copy_of(lake, piece)))
        yield {table: list(dict.fromkeys(files.values())) for table, files in found.items()}


def sweep(lake: Path, *, tonight: date) -> list[str]:
    """Remove copies that tonight does not read, and what a killed process left of one; return their names. Not beside a reader."""
    folder = lake / TOGETHER
    if not folder.is_dir():
        return []
    with nobody_publishing(lake) as alone:
        if not alone:
            return []
        wanted = {(piece.table, piece.key) for piece in pieces(read_manifest(lake), tonight=tonight)}
        stale = [path for path in sorted(folder.glob("*/*")) if (path.parent.name, _key(path)) not in wanted]
        for path in stale:
            files.drop(path)
            hit(SWEPT)
        files.settle(path.parent for path in stale)
    return [path.relative_to(lake).as_posix() for path in stale]


def _key(path: Path) -> str:
    return path.stem.rpartition("-")[0]


def _copy_of(lake: Path, piece: Piece) -> Path:
    folder = lake / TOGETHER / piece.table
    for path in sorted(folder.glob(f"{piece.key}-*.parquet")):
        if path.stem == f"{piece.key}-{files.file_hash(path)}":
            return path
    return _make(lake, folder, piece)


def _make(lake: Path, folder: Path, piece: Piece) -> Path:
    data = encode(pa.concat_tables([_read(lake, each) for each in piece.members]), name=piece.table)
    hit(COPIED)
    path = files.make_folder(folder) / f"{piece.key}-{content_hash(data)}.parquet"
    files.write_atomically(path, data)
    hit(MADE)
    return path


def _read(lake: Path, listed: Listed) -> pa.Table:
    """Read a file that is to be copied; what is not as the manifest has it would be carried on under a good name."""
    data = (lake / listed.path).read_bytes()
    if content_hash(data) != listed.hash:
        raise RetryableError(f"{lake / listed.path} has other bytes than were decided; remove it, then run again: it is made anew")
    return pq.ParquetFile(pa.BufferReader(data)).read()
