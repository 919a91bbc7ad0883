"""Files in UTF-16, which some exports write: turned into UTF-8 with the way back to each byte."""

from __future__ import annotations

import codecs

import numpy as np

from edi.findings import Severity, kind
from edi.reading.origins import Stepped

UTF16 = kind("detect.utf16", Severity.NOTE, "the file is written in UTF-16, which was converted",
             "None needed; the sender may write UTF-8.")

_TAGS = ("ISA", "UNA", "UNB")
_STARTS = tuple(tag.encode(codec) for codec in ("utf-16-le", "utf-16-be") for tag in _TAGS)


def is_utf16(data: bytes) -> bool:
    """Tell whether a file begins with the byte order mark of UTF-16, or with ISA, UNA or UNB written in it."""
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, *_STARTS))


def as_utf8(data: bytes) -> tuple[bytes, Stepped]:
    """Return the text in UTF-8, and where each of its characters stood; what is no UTF-16 becomes U+FFFD."""
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    little = data.startswith(codecs.BOM_UTF16_LE) or (not marked and data[:1] != b"\0")
    text = data[2 * marked:].decode("utf-16-le" if little else "utf-16-be", "replace")
    points = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    narrow = 1 + (points >= 0x80) + (points >= 0x800) + (points >= 0x10000)
    wide = 2 + 2 * (points >= 0x10000)
    position, offset = np.cumsum(narrow) - narrow, np.cumsum(wide) - wide + 2 * marked
    return text.encode("utf-8"), Stepped(position.astype(np.int64), (offset - position).astype(np.int64))
