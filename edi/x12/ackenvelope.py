"""The envelope of our X12 acknowledgments: back to the sender, in the version that it writes, with delimiters of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

import numpy as np

from edi.acknowledgments import Form, Line, Reply
from edi.segments import Batch, Interchange

COMPONENT = ">"

_OURS = re.compile(r"[*~>^\x00-\x1f\x7f]")  # our delimiters, and what no field may hold: X12 has no way to escape them
_LAST_OF_LATIN_1 = 0xFF
_CONTROLS = re.compile(r"00[2-9]\d\d")


def clean(value: str) -> str:
    """Return a value of theirs with blanks for what would break our segments."""
    return _OURS.sub(" ", value)


def segment(*elements: str) -> str:
    """Join the elements of a segment, trailing empty ones left out; a value of theirs cannot break it."""
    return "*".join(clean(element) for element in elements).rstrip("*")


def composite(*components: str) -> str:
    """Join the components of a composite, trailing empty ones left out."""
    return COMPONENT.join(clean(component) for component in components).rstrip(COMPONENT)


def joined(*elements: str) -> str:
    """Join elements that may be composites, already cleaned."""
    return "*".join(elements).rstrip("*")


def interchange(
    batch: Batch, theirs: Interchange, form: Form, body: Iterable[Line], *, control_number: int, at: datetime, groups: int,
) -> Reply:
    """Wrap segments in ISA and IEA; the usage indicator, the version of the controls and, where it can be, the character set are theirs."""
    version, within = controls_version(theirs), tuple(body)
    addresses = (*_address(batch, theirs, 7), *_address(batch, theirs, 5))
    charset = _charset(theirs, "".join((*addresses, *(line.text for line in within))))
    header = "*".join((
        "ISA", "00", " " * 10, "00", " " * 10,
        *(_fixed(value, width, charset) for value, width in zip(addresses, (2, 15, 2, 15), strict=True)),
        f"{at:%y%m%d}", f"{at:%H%M}", "^" if version >= "00402" else "U", version, f"{control_number:09d}", "0",
        _usage(batch, theirs), COMPONENT,
    ))
    trailer = segment("IEA", str(groups), f"{control_number:09d}")
    return Reply(form, (Line(header), *within, Line(trailer)), "~", charset)


def controls_version(theirs: Interchange) -> str:
    """Return the ISA12 that we write: theirs, where it can be one."""
    return theirs.version if _CONTROLS.fullmatch(theirs.version) else "00401"


def _address(batch: Batch, theirs: Interchange, element: int) -> tuple[str, str]:
    """Return a qualifier and the address after it, as ISA has them, without the blanks that fill them up."""
    header = np.array([theirs.first_segment])
    qualifier, identifier = (str(batch.table.element(header, at)[0].as_py() or "").rstrip() for at in (element, element + 1))
    return qualifier, identifier


def _usage(batch: Batch, theirs: Interchange) -> str:
    """Return the ISA15 that we write: theirs, where it is no production; of what is for information, I rather than T."""
    stated = str(batch.table.element(np.array([theirs.first_segment]), 15)[0].as_py() or "").rstrip()
    return stated if theirs.usage_code == "test" else "P"


def _charset(theirs: Interchange, cited: str) -> str:
    """Return the codec of what a partner reads: X12 declares none, and what was not read as UTF-8 was read as ISO 8859-1."""
    if theirs.charset == "utf-8":
        return "utf-8"
    return "utf-8" if any(ord(character) > _LAST_OF_LATIN_1 for character in cited) else "iso8859-1"


def _fixed(value: str, width: int, charset: str) -> str:
    """Return a value as wide as ISA wants it, in bytes: so it is read, and so others count."""
    cut = clean(value).encode(charset)[:width].decode(charset, errors="ignore")
    return cut + " " * (width - len(cut.encode(charset)))
