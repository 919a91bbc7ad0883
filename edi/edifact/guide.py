"""Guides of EDIFACT messages, from the UN directories shipped in this package and the service segments beside them.

Codes are checked where a list of the UN decides alone. A list stays open where a composite says whose code it is (1131, 3055),
where a note of the UN leaves codes to ISO, a recommendation or the users, where the element is longer than the UN's codes, and
everywhere in a message of an association (0057, such as EAN008), whose guidelines add codes of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeAlias

from edi.edifact.directory import RELEASES, Content, by_nearness, directory, service
from edi.errors import ConfigurationError
from edi.guidemodel import UNBOUNDED, Element, Guide, Item, Part, Segment, Usage

_Row: TypeAlias = list[Any]  # as edi.edifact.untdid.directory describes it

_WRITTEN_OUT = 100  # positions that a repeating last element may take where syntax 3 writes its repetitions out one after the other
_WHOSE_CODE = frozenset({"1131", "3055"})
_LONGEST_CODE = 3  # of a list that the UN keeps; longer elements have room for codes of others
_NEIGHBOURS = 3  # directories that are looked at for a message; what stands further away says little of it
_NAMING = ("93A", "96A", "00A", "21B")  # all segments that any of our directories has are in one of these


class Rigor(Enum):
    """How much a guide demands."""

    CODES = "the codes of the UN, and what USAGE demands"
    USAGE = "mandatory elements and relations"
    SHAPE = "order, types and lengths only"


def guide(type_code: str, version: str, association: str | None = None) -> Guide | None:
    """Return the guide of a message of this version ("D:96A"), or of the nearest directory of ours that has the message.

    A near guide (``exact`` is False) is eased: directories make mandatory elements conditional and add codes as they go on, so
    it demands no element, no code, no relation and no end of repetitions. None for a message or a version that is not the UN's.

    Args:
        type_code: UNH 0065.
        version: UNH 0052 and 0054, with a colon between.
        association: UNH 0057; "" where the message has none, None where that is not known: then codes are left alone.
    """
    return _guide(type_code, version, Rigor.CODES if association == "" else Rigor.USAGE)


def _guide(type_code: str, version: str, rigor: Rigor) -> Guide | None:
    if version in service()["versions"] and type_code in service()["messages"]:
        return _build(type_code, version, rigor)
    for release in by_nearness(version)[:_NEIGHBOURS]:
        if type_code in directory(release)["messages"]:
            edition = f"D:{release}"
            return _build(type_code, edition, rigor if edition == version else Rigor.SHAPE)
    return None


@cache
def segment_names() -> Mapping[str, str]:
    """Return the name of every segment that a directory of ours or the service directory has; the newest directory's words win."""
    contents = [*map(directory, _NAMING), service()]
    return {tag: str(row[0]) for content in contents for tag, row in content["segments"].items()}


def code_names(version: str, reference: str) -> Mapping[str, str]:
    """Return what the codes of a data element mean, by code, in the nearest directory of ours; nothing where the UN lists none."""
    names: Mapping[str, str] = next((directory(release)["codes"].get(reference, {}) for release in by_nearness(version)[:1]), {})
    return names


def segment_of(tag: str, version: str) -> Segment | None:
    """Return what a segment looks like in a directory of ours ("D:96A"), service segments included; None where it is not there."""
    release = version.removeprefix("D:")
    return _segment(tag, release, Rigor.USAGE) if release in RELEASES and _find("segments", tag, release) else None


def service_segment(tag: str) -> Segment | None:
    """Return what a segment of ISO 9735 looks like, such as UNB; None where it is not one."""
    return _segment(tag, "", Rigor.CODES) if tag in service()["segments"] else None


@cache  # by edition, not by the version that a document states: those have no end
def _build(type_code: str, edition: str, rigor: Rigor) -> Guide:
    release = edition.removeprefix("D:") if by_nearness(edition) else ""
    name, rows = _row("messages", type_code, release)
    tags = sorted(set(_tags(rows)))
    text = json.dumps({"standard": "edifact", "type": type_code, "edition": edition, "rigor": rigor.name, "name": name, "message": rows,
                       **_used(tags, release, rigor)}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Guide(
        standard="edifact", type_code=type_code, edition=edition, exact=rigor is not Rigor.SHAPE,
        items=tuple(map(_item, rows)), segments={tag: _segment(tag, release, rigor) for tag in tags},
        text=text, hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def _used(tags: list[str], release: str, rigor: Rigor) -> Content:
    """Return the rows of the dictionaries that these segments use, and the codes of the lists that are closed."""
    segments = {tag: _row("segments", tag, release) for tag in tags}
    places = sorted({row[0] for _, rows, _ in segments.values() for row in rows})
    composites = {place: row for place in places if (row := _find("composites", place, release))}
    parts = [[part[0] for part in composites[place][1]] if place in composites else [place] for place in places]
    elements = sorted({reference for references in parts for reference in references})
    closed = sorted({reference for references in parts if not _is_open(references, rigor) for reference in references})
    return {"segments": segments, "composites": composites,
            "elements": {reference: _row("elements", reference, release) for reference in elements},
            "codes": {reference: sorted(codes) for reference in closed if (codes := _codes(reference, release))}}


def _tags(rows: list[_Row]) -> Iterator[str]:
    for row in rows:
        if len(row) == 4:
            yield from _tags(row[3])
        else:
            yield row[0]


def _item(row: _Row) -> Item:
    if len(row) == 4:
        items = tuple(map(_item, row[3]))
        return Item(items[0].tag, _usage(row[1]), row[2], items, name=f"SG{row[0]}")
    return Item(row[0], _usage(row[1]), row[2])


def _find(section: str, key: str, release: str) -> _Row | None:
    """Return a row of a directory, else of the service directory; a release of "" has only the latter."""
    rows: Mapping[str, _Row] = directory(release)[section] if release else {}
    return rows.get(key) or service()[section].get(key)


def _row(section: str, key: str, release: str) -> _Row:
    row = _find(section, key, release)
    if row is None:
        raise ConfigurationError(f"directory {release or 'service'} has no {key}, which it uses; make its file again")
    return row


@cache
def _segment(tag: str, release: str, rigor: Rigor) -> Segment:
    name, rows, conditions = _row("segments", tag, release)
    elements = [_element(*row, release, rigor) for row in rows]
    if rows and (repeat := rows[-1][2]) > 1:
        last = elements[-1]
        further = Element(last.reference, Usage.OPTIONAL, 1, last.parts, last.name)
        elements += [further] * (min(repeat, _WRITTEN_OUT) - 1)
    return Segment(tag, name, tuple(elements), () if rigor is Rigor.SHAPE else tuple(conditions))


@cache
def _element(place: str, status: str, repeat: int, release: str, rigor: Rigor) -> Element:
    name, rows = _find("composites", place, release) or ["", [[place, status, 1]]]
    is_open = _is_open([row[0] for row in rows], rigor)
    parts = tuple(part for reference, usage, times in rows
                  for part in [_part(reference, _usage(usage, rigor), release, is_open)] * times)
    most = UNBOUNDED if rigor is Rigor.SHAPE else repeat
    return Element(place, _usage(status, rigor), most, parts, name or parts[0].name)


@cache
def _part(reference: str, usage: Usage, release: str, is_open: bool) -> Part:
    name, form = _row("elements", reference, release)
    longest = _longest(form)
    codes = frozenset() if is_open else _codes(reference, release)
    return Part(reference, _kind(form).upper(), usage, 1 if ".." in form else longest, longest, codes, name)


def _is_open(references: list[str], rigor: Rigor) -> bool:
    """Tell whether codes of a composite (or of a simple element alone) may be somebody else's."""
    return rigor is not Rigor.CODES or bool(_WHOSE_CODE.intersection(references))


@cache
def _codes(reference: str, release: str) -> frozenset[str]:
    """Return the codes of a list that the UN closes; one set for all messages of a directory."""
    content = directory(release) if release else service()
    if reference not in content["codes"] or reference in content["open"] or _longest(content["elements"][reference][1]) > _LONGEST_CODE:
        return frozenset()
    return frozenset(content["codes"][reference])


def _kind(form: str) -> str:
    return form.rstrip("0123456789").rstrip(".")


def _longest(form: str) -> int:
    return int(form[len(_kind(form)):].lstrip("."))


def _usage(status: str, rigor: Rigor = Rigor.USAGE) -> Usage:
    return Usage.MANDATORY if status == "M" and rigor is not Rigor.SHAPE else Usage.OPTIONAL

