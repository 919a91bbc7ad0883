"""Which standard a file is written in, with the reasons: what is ambiguous is said, never guessed."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from edi.findings import Severity, kind
from edi.octets import PADDING
from edi.reading.recoding import as_utf8, is_utf16
from edi.reading.scouting import is_tag, scout

EMPTY = kind("detect.empty", Severity.FATAL, "the file is empty or holds nothing but padding", "Ask the sender for the file again.")
UNKNOWN = kind("detect.unknown", Severity.FATAL, "the file holds no X12 or EDIFACT interchange ({reasons})",
               "Check that the file belongs into this folder; give CSV exports a source of their own.")

_ZIP = re.compile(rb"PK(\x03\x04|\x05\x06)")
_LOOKS = (  # by how a file begins: what it is, and what to do first, if that makes EDI of it
    (_ZIP, ("a ZIP archive", "unpack it first")),
    (re.compile(rb"\x1f\x8b"), ("a gzip file", "unpack it first")),
    (re.compile(rb"-----BEGIN PGP "), ("a PGP message", "decrypt it first")),
    (re.compile(rb"%PDF-"), ("a PDF document",)),
    (re.compile(rb"\x89PNG\r\n"), ("a PNG picture",)),
    (re.compile(rb"\xff\xd8\xff"), ("a JPEG picture",)),
    (re.compile(rb"\s*<\?xml\s"), ("XML",)),
    (re.compile(rb"\s*<(!doctype\s+)?html\b", re.IGNORECASE), ("an HTML page",)),
    (re.compile(rb'\s*(\{\s*["}]|\[\s*[{"\]])'), ("JSON",)),
)


@dataclass(frozen=True, slots=True)
class Detection:
    """The standard of the first interchange ("x12", "edifact" or None), and why."""

    standard: str | None
    reasons: tuple[str, ...]
    empty: bool = False
    broken: bool = False  # begins as an interchange does, and cannot be read as one


def detect(data: bytes) -> Detection:
    """Tell which standard a file is written in."""
    if is_utf16(data):
        return detect(as_utf8(data)[0])
    text = data.removeprefix(codecs.BOM_UTF8)
    head = text[:1024].lstrip(PADDING)
    if not text.strip(PADDING):
        return Detection(None, ("nothing but padding",) if data else ("no bytes",), empty=True)
    if head.startswith((b"STX=", b"STX+")):
        return Detection(None, ("begins with STX as TRADACOMS does",))
    if is_archive(text):
        return Detection(None, _looks(text))
    spans = [span for span, _ in scout(text) if span]
    if not spans:
        if is_tag(head, 0, b"ISA"):
            return Detection(None, ("an ISA that cannot be read",), broken=True)
        return Detection(None, _looks(text))
    standards = {span.header.standard for span in spans}
    reasons = (f"{'ISA' if spans[0].header.standard == 'x12' else 'UNB'} at byte {spans[0].header.body + len(data) - len(text)}",)
    return Detection(spans[0].header.standard, reasons + (("interchanges of both standards",) if len(standards) > 1 else ()))


def is_archive(head: bytes) -> bool:
    """Tell by the first bytes: what is stored in it as it is could be read, and what is compressed beside it not."""
    return _ZIP.match(head) is not None


def _looks(text: bytes) -> tuple[str, ...]:
    """Return as what a file without an interchange begins."""
    for pattern, (name, *remedy) in _LOOKS:
        if pattern.match(text):
            return (f"begins as {name} does", *remedy)
    return ("neither ISA nor UNA or UNB is found",)
