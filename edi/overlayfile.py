"""The readable form of a partner's overrides, one TOML file a guide, turned into changes that ``edi.overlays`` applies.

The head says which guide is meant: ``standard``, ``type_code``, ``version``, and for EDIFACT ``association``. Every entry stands
under what it does, ``[[narrow]]``, ``[[add]]`` or ``[[forbid]]``, and says where: ``at = "PO1/N1"`` is the loop N1 of the loop PO1,
``2300/REF[G1]`` the REF whose qualifier is G1; ``element`` and ``component`` count from 1, and mean those of the first segment where a
loop is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from edi.errors import ConfigurationError
from edi.guidemodel import UNBOUNDED, Item, Usage

NARROW, ADD, FORBID = "narrow", "add", "forbid"

_HEAD = ("standard", "type_code", "version")
_OPTIONAL_HEAD = ("association",)
_KEYS = {
    NARROW: ("at", "element", "component", "codes", "usage", "maximum", "shortest", "longest"),
    ADD: ("at", "element", "component", "codes", "usage", "maximum", "shortest", "longest", "after", "structure"),
    FORBID: ("at", "element", "component", "codes"),
}
_COUNTS = ("element", "component", "maximum", "shortest", "longest")
_USAGES = {NARROW: ("mandatory", Usage.MANDATORY), ADD: ("optional", Usage.OPTIONAL), FORBID: ("", Usage.FORBIDDEN)}
_UNLIMITED = ">1"
_STEP = re.compile(r"(\w+)(?:\[(\w+)\])?")
_LINE = re.compile(r"(?P<indent> *)(?P<loop>loop +)?(?P<tag>[A-Z0-9]{2,3}) +(?P<usage>[MO]) +(?P<maximum>\d+|>1)")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a place: a loop or a segment, and a code that tells it from others of the same name."""

    name: str
    code: str = ""

    def __str__(self) -> str:
        return f"{self.name}[{self.code}]" if self.code else self.name


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the file. Numbers are 0, and the rest is empty, where the entry says nothing."""

    verb: str  # NARROW, ADD or FORBID
    entry: str  # file, heading and number of the entry, for messages
    place: tuple[Step, ...]
    element: int = 0
    component: int = 0
    codes: frozenset[str] = frozenset()
    usage: Usage | None = None
    maximum: int = 0
    shortest: int = 0
    longest: int = 0
    items: tuple[Item, ...] = ()  # to be added after the place


@dataclass(frozen=True, slots=True)
class Overlay:
    """A whole file: the guide that it changes, and the changes."""

    name: str
    standard: str
    type_code: str
    version: str  # the guide's own, such as 004010 or D:96A
    association: str | None  # UNH 0057, whose codes are its own; "": the UN's lists hold; None: codes are left alone
    changes: tuple[Change, ...]


def parse_overlay(where: str, content: Mapping[str, object]) -> Overlay:
    """Read a file's content.

    Args:
        where: what messages call the file.
        content: as the TOML file has it.

    Raises:
        ConfigurationError: naming file, entry and remedy, for unknown keys, wrong types and what cannot be read.
    """
    for key in content:
        if key not in (*_HEAD, *_OPTIONAL_HEAD, *_KEYS):
            _refuse(where, f"{key}: unknown key", f"remove it or use one of {', '.join((*_HEAD, *_OPTIONAL_HEAD, *_KEYS))}")
    standard, type_code, version = (_text(where, key, content.get(key)) for key in _HEAD)
    if standard not in ("x12", "edifact"):
        _refuse(where, "standard: is neither x12 nor edifact", "correct it")
    association = content.get("association")
    if association is not None and (standard != "edifact" or not isinstance(association, str)):
        _refuse(where, "association: is no text, or not of EDIFACT", 'write it as UNH 0057 has it, such as "EAN008", or "" for none')
    changes = tuple(_change(verb, f"{where}: [[{verb}]] {number}", entry)
                    for verb in _KEYS for number, entry in enumerate(_entries(where, verb, content.get(verb, ())), start=1))
    return Overlay(where, standard, type_code, version, association, changes)


def _entries(where: str, verb: str, entries: object) -> Sequence[object]:
    if not isinstance(entries, list | tuple):
        _refuse(where, f"{verb}: is no list of entries", f"write each as [[{verb}]]")
    return entries


def _change(verb: str, where: str, entry: object) -> Change:
    if not isinstance(entry, Mapping):
        _refuse(where, "is no table", f"write it as [[{verb}]]")
    for key in entry:
        if key not in _KEYS[verb]:
            _refuse(where, f"{key}: unknown key", f"remove it or use one of {', '.join(_KEYS[verb])}")
    if "structure" in entry or "after" in entry:
        return _addition(verb, where, entry)
    element, component, maximum, shortest, longest = (_count(where, key, entry.get(key, 0)) for key in _COUNTS)
    change = Change(
        verb, where, _place(where, "at", entry.get("at")), element, component, _codes(where, entry.get("codes", ())),
        _usage(verb, where, entry.get("usage")), maximum, shortest, longest,
    )
    _sensible(change)
    return change


def _addition(verb: str, where: str, entry: Mapping[str, object]) -> Change:
    if extra := sorted(set(entry) - {"after", "structure"}):
        _refuse(where, f"{', '.join(extra)}: does not go with after and structure", "make two entries of it")
    structure = _text(where, "structure", entry.get("structure"))
    return Change(verb, where, _place(where, "after", entry.get("after")), items=_items(where, structure.splitlines()))


def _sensible(change: Change) -> None:
    about_values = change.codes or change.shortest or change.longest or change.component
    if about_values and not change.element:
        _refuse(change.entry, "says what a value looks like, and not of which element", "add element = NUMBER")
    if change.component and change.maximum:
        _refuse(change.entry, "a component does not repeat", "remove maximum, or component")
    if change.verb != FORBID and not (change.codes or change.usage or change.maximum or change.shortest or change.longest):
        _refuse(change.entry, "changes nothing", f"say what it does, by one of {', '.join(_KEYS[change.verb][3:])}")


def _text(where: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        _refuse(where, f"{key}: is missing or no text", f'write {key} = "..."')
    return value


def _count(where: str, key: str, value: object) -> int:
    if key == "maximum" and value == _UNLIMITED:
        return UNBOUNDED
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        _refuse(where, f"{key}: is no number", f"write {key} = 1 or more" + ', or ">1" for without limit' * (key == "maximum"))
    return value


def _codes(where: str, value: object) -> frozenset[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(code, str) and code for code in value):
        _refuse(where, "codes: is no list of texts", 'write codes = ["00", "05"]')
    return frozenset(value)


def _usage(verb: str, where: str, value: object) -> Usage | None:
    word, usage = _USAGES[verb]
    if value is None:
        return None
    if value != word:
        _refuse(where, f"usage: can only be {word} here", "write mandatory under [[narrow]], optional under [[add]]")
    return usage


def _place(where: str, key: str, value: object) -> tuple[Step, ...]:
    steps = [_STEP.fullmatch(step) for step in _text(where, key, value).split("/")]
    if not all(steps):
        _refuse(where, f"{key}: is no place", 'write loops and the segment with / between, such as "PO1/N1" or "2300/REF[G1]"')
    return tuple(Step(step[1], step[2] or "") for step in steps if step)


def _items(where: str, lines: Sequence[str]) -> tuple[Item, ...]:
    """Turn indented lines, as guides have them, into segments and loops."""
    rows = [(line, _LINE.fullmatch(line.rstrip())) for line in lines if line.strip()]
    items: list[Item] = []
    while rows:
        (line, row), *rest = rows
        if row is None:
            _refuse(where, f"structure: {line.strip()!r} cannot be read", "write TAG M|O MAXIMUM, or loop TAG M|O MAXIMUM")
        inner = next((at for at, (_, each) in enumerate(rest) if each and len(each["indent"]) <= len(row["indent"])), len(rest))
        within = _items(where, [each for each, _ in rest[:inner]])
        if bool(row["loop"]) != bool(within):
            _refuse(where, f"structure: {line.strip()!r} does not go with the lines below it", "indent what is in a loop, and nothing else")
        items.append(Item(row["tag"], Usage(row["usage"]), UNBOUNDED if row["maximum"] == _UNLIMITED else int(row["maximum"]), within,
                          row["tag"] if row["loop"] else ""))
        rows = rest[inner:]
    return tuple(items)


def _refuse(where: str, cause: str, remedy: str) -> NoReturn:
    raise ConfigurationError(f"{where}: {cause}; {remedy}")
