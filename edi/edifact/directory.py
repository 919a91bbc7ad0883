"""The UN's directories as shipped: one compressed file a directory, read when the first guide of it is wanted.

``python -m edi.edifact.untdid`` makes the files from the UN's texts; docs/decisions says why they look as they do.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

Content: TypeAlias = dict[str, Any]  # as edi.edifact.untdid.directory describes it

RELEASES = ("93A", "95B", "96A", "96B", "97A", "98B", "99B", "00A", "01B", "03B", "04A", "07A", "10A", "11A", "13A", "16B", "19A", "21B")

_VERSION = re.compile(r"D:(\d\d)([AB])")
_FIRST_YEAR = 93  # two digits below it are of this century


def pack(content: Content) -> bytes:
    """Return the bytes of a directory's file: JSON with a row a line, so that ``zcat`` shows it, compressed."""
    return gzip.compress(render(content).encode(), compresslevel=9, mtime=0)


def render(content: Content) -> str:
    """Return deterministic JSON with one row a message, segment, composite, element or code list."""
    parts = []
    for section, rows in content.items():
        if isinstance(rows, dict):
            body = ",\n".join(f"{json.dumps(key)}:{_compact(value)}" for key, value in rows.items())
            parts.append(f"{json.dumps(section)}:{{\n{body}\n}}")
        else:
            parts.append(f"{json.dumps(section)}:{_compact(rows)}")
    return "{" + ",\n".join(parts) + "}\n"


@cache
def directory(release: str) -> Content:
    """Return the content of a directory of ours, such as 96A."""
    content: Content = json.loads(gzip.decompress(_folder().joinpath(f"d{release.lower()}.json.gz").read_bytes()))
    return content


@cache
def service() -> Content:
    """Return the segments and messages of ISO 9735 itself, syntax versions 3 and 4 together."""
    content: Content = json.loads(_folder().joinpath("service.json").read_text("utf-8"))
    return content


def by_nearness(version: str) -> tuple[str, ...]:
    """Return our directories, those nearest to this version ("D:02A") first and the later of two first; () where it is not the UN's."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return ()
    wanted = _half_years(found[1] + found[2])
    return tuple(sorted(RELEASES, key=lambda release: (abs(_half_years(release) - wanted), -_half_years(release))))


def _half_years(release: str) -> int:
    year = int(release[:2])
    return 2 * (year if year >= _FIRST_YEAR else year + 100) + "AB".index(release[2])


def _folder() -> resources.abc.Traversable:
    return resources.files("edi") / "edifact" / "directories"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
