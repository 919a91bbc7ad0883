"""Every single damage to a document that a rule could be about: one segment or one element at a time."""

from __future__ import annotations

from collections.abc import Iterator

from tests.edi.healthcare import Body

Damaged = tuple[str, int, Body]  # what was done, to which segment of the body (from 0), what came of it


def damages(body: Body) -> Iterator[Damaged]:
    """Yield the document damaged in one place, in every way and every place."""
    for at, segment in enumerate(body):
        yield "left out", at, (*body[:at], *body[at + 1:])
        yield "twice", at, (*body[:at + 1], *body[at:])
        if at + 1 < len(body):
            yield "swapped", at, (*body[:at], body[at + 1], segment, *body[at + 2:])
        for what, written in _elements(segment):
            yield what, at, (*body[:at], written, *body[at + 1:])
    yield "unknown", 1, (body[0], "ZZZ*1", *body[1:])


def _elements(segment: str) -> Iterator[tuple[str, str]]:
    tag, *elements = segment.split("*")
    for at, value in enumerate(elements):
        for what, new in _values(value):
            yield f"{what} {at + 1:02}", "*".join((tag, *elements[:at], new, *elements[at + 1:])).rstrip("*")
    yield "one element more", f"{segment}*1"


def _values(value: str) -> Iterator[tuple[str, str]]:
    if not value:
        yield "filled", "1"
        return
    yield "emptied", ""
    yield "too long", value + "9" * 90
    yield "other letters", "".join("?" if each.isalnum() else each for each in value)
    if value.isdigit() and len(value) == 8:
        yield "no date", value[:4] + "1399"
