"""The envelope of a CONTRL: back to the sender, in a character set that can hold what is cited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

import numpy as np

from edi.acknowledgments import Form, Line, Reply
from edi.edifact.charsets import CODECS
from edi.segments import Batch, Group, Interchange

Composite: TypeAlias = str | tuple[str, ...]

_SERVICE = {False: re.compile(r"([+:'?])"), True: re.compile(r"([+:'?*])")}  # syntax 4 has a repetition separator
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LEVELS = {  # ISO 9735-1: level A has no small letters, level B has them; both are less than ASCII
    "UNOA": re.compile(r"[A-Z0-9 .,()/='+:?!\"%&*;<>-]*"),
    "UNOB": re.compile(r"[A-Za-z0-9 .,()/='+:?!\"%&*;<>-]*"),
}
_USUAL = "UNOC"
SENDER, RECEIVER = 2, 3  # elements of UNB and UNG
_REFERENCE = "1"  # of our only message


def segment(tag: str, *elements: Composite, fourth: bool) -> str:
    """Join elements and components, trailing empty ones left out; service characters in values are released."""
    parts = [(element,) if isinstance(element, str) else element for element in elements]
    joined = [":".join(_escape(part, fourth=fourth) for part in _trimmed(each)) for each in parts]
    return "+".join((tag, *_trimmed(tuple(joined))))


def _trimmed(parts: tuple[str, ...]) -> tuple[str, ...]:
    while parts and not parts[-1]:
        parts = parts[:-1]
    return parts


def clean(value: str) -> str:
    """Return a value of theirs with blanks for control characters."""
    return _CONTROL.sub(" ", value)


def _escape(value: str, *, fourth: bool) -> str:
    return _SERVICE[fourth].sub(r"?\1", clean(value))


def interchange(batch: Batch, theirs: Interchange, form: Form, body: Sequence[Line], *, reference: str, at: datetime) -> Reply:
    """Wrap UCI to UCD in UNH and UNB; test indicator, syntax and, where it can be, character set are those of the interchange answered."""
    identifier, _, level = theirs.version.partition(":")
    syntax = "4" if form.version.startswith("4") else min(level[:1] or "3", "3")
    fourth = syntax == "4"
    day = f"{at:%Y%m%d}" if fourth else f"{at:%y%m%d}"
    test = ("", "", "", "", "", "1") if theirs.usage_code == "test" else ()
    rest = (address(batch, theirs, RECEIVER), address(batch, theirs, SENDER), (day, f"{at:%H%M}"), reference, *test)
    cited = "".join((*rest[0], *rest[1], *(line.text for line in body)))
    chosen = _identifier(identifier or _USUAL, cited)
    lines = (
        Line(segment("UNB", (chosen, syntax), *rest, fourth=fourth)),
        Line(segment("UNH", _REFERENCE, ("CONTRL", *form.version.split(":"), "UN"), fourth=fourth)),
        *body,
        Line(segment("UNT", str(len(body) + 2), _REFERENCE, fourth=fourth)),
        Line(segment("UNZ", "1", reference, fourth=fourth)),
    )
    return Reply(form, lines, "'", CODECS.get(chosen, "ascii"))


def address(batch: Batch, theirs: Interchange | Group, element: int) -> tuple[str, ...]:
    """Return S002 or S003 of an interchange, or S006 or S007 of a group: address, qualifier, and the routing behind it."""
    header = np.array([theirs.first_segment])
    return tuple(str(batch.table.element(header, element, component)[0].as_py() or "") for component in (1, 2, 3))


def _identifier(theirs: str, text: str) -> str:
    """Return the first syntax identifier that can hold a text: theirs if it can, else the smallest that does."""
    return next((each for each in (theirs, *_LEVELS, *CODECS) if _holds(each, text)), _USUAL)


def _holds(identifier: str, text: str) -> bool:
    if identifier in _LEVELS:
        return _LEVELS[identifier].fullmatch(text) is not None
    try:
        text.encode(CODECS.get(identifier, "ascii"))
    except UnicodeEncodeError:
        return False
    return True
