"""Interchanges for tests of acknowledgments, as small as they can be, and what we would answer, without the envelope of ours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from edi import SourceFile, read_files
from edi.acknowledgments import AckPolicy, Form, GuideOf
from edi.answering import answer, due
from edi.findings import Finding
from edi.guides import check
from edi.segments import Batch

AT = datetime(2026, 9, 25, 2, 30)
DEFAULT = AckPolicy()
GOOD = ("BEG*00*NE*45**20260924", "PO1*1*100*EA*12.50**VP*W", "CTT*1")
ORDERS = ("BGM+220+PO9001+9", "DTM+137:20260924:102", "UNS+S")
CODES = {"850": "PO", "855": "PR", "810": "IN", "856": "SH", "837": "HC", "835": "HP", "834": "BE", "997": "FA", "999": "FA"}

Read = tuple[Batch, list[Finding]]


def isa(version: str = "004010", *, requested: int = 0, usage: str = "P", prepared: str = "260924*1030") -> str:
    """Return ISA, of the version of controls that goes with a version of sets."""
    repetition, controls = ("^", "00501") if version >= "005" else ("U", "00401")
    return ("ISA*00*          *00*          *01*ACME           *ZZ*MOCKEDI        *"
            f"{prepared}*{repetition}*{controls}*000000101*{requested}*{usage}*>")


def x12(*sets: tuple[str, ...], iea: str = "000000101", count: dict[int, int] | None = None, requested: int = 0, usage: str = "P",
        version: str = "004010", kind: str = "850", convention: str = "") -> Read:
    """Read an interchange of one group of sets; ``count`` plants a wrong SE01 by ordinal."""
    segments = [isa(version, requested=requested, usage=usage), f"GS*{CODES[kind]}*ACMEAPP*MOCKAPP*20260924*1030*101*X*{version}"]
    for n, body in enumerate(sets, 1):
        header = f"ST*{kind}*{n:04d}*{convention}".rstrip("*")
        segments += [header, *body, f"SE*{(count or {}).get(n, len(body) + 2)}*{n:04d}"]
    return read("~".join((*segments, f"GE*{len(sets)}*101", f"IEA*1*{iea}", "")))


def edifact(*messages: tuple[str, ...], unz: str = "55", count: dict[int, int] | None = None, syntax: str = "UNOC:3",
            kind: str = "ORDERS:D:96A:UN:EAN008") -> Read:
    """Read an interchange of messages; ``count`` plants a wrong UNT 0074 by ordinal."""
    day = "20260924" if syntax.endswith("4") else "260924"
    segments = [f"UNB+{syntax}+EURODIS:14+MOCK?+EDI:ZZ+{day}:1030+55"]
    for n, body in enumerate(messages, 1):
        segments += [f"UNH+{n}+{kind}", *body, f"UNT+{(count or {}).get(n, len(body) + 2)}+{n}"]
    return read("'".join((*segments, f"UNZ+{len(messages)}+{unz}", "")))


def read(text: str | bytes) -> Read:
    """Read a file of one batch and check it against our guides."""
    (batch,) = read_files([SourceFile("file", text if isinstance(text, bytes) else text.encode())])
    return batch, [*batch.findings, *check(batch)]


def replies(found: Read, policy: AckPolicy = DEFAULT, *, interchange: int = 0, guide_of: GuideOf | None = None) -> dict[Form, bytes]:
    """Return every acknowledgment that is due to an interchange."""
    batch, findings = found
    return {form: answer(batch, interchange, findings, form, number=7, at=AT, policy=policy, guide_of=guide_of).data
            for form in due(batch, interchange, findings, policy).forms}


def only(found: Read, kind: str, policy: AckPolicy = DEFAULT, guide_of: GuideOf | None = None) -> bytes:
    """Return the one acknowledgment of a kind, b"" where none is due."""
    made = [data for form, data in replies(found, policy, guide_of=guide_of).items() if form.kind == kind]
    assert len(made) <= 1
    return made[0] if made else b""


def body(found: Read, policy: AckPolicy = DEFAULT, *, kind: str = "997", guide_of: GuideOf | None = None) -> list[str]:
    """Return the segments between ST and SE of the 997 or 999, or between UNH and UNT of the CONTRL, that are due."""
    data = only(found, kind, policy, guide_of)
    segments = data.decode("latin-1").split("'" if kind == "CONTRL" else "~")
    header, trailer = ("UNH", "UNT") if kind == "CONTRL" else ("ST", "SE")
    first = next(at for at, text in enumerate(segments) if text.startswith(header))
    stop = next(at for at, text in enumerate(segments) if text.startswith(f"{trailer}{'+' if kind == 'CONTRL' else '*'}"))
    return segments[first + 1:stop]


def ta1(found: Read, policy: AckPolicy = DEFAULT) -> str:
    """Return the TA1 segment that is due, "" where none is."""
    return next((text for text in only(found, "TA1", policy).decode().split("~") if text.startswith("TA1")), "")


def faults(answers: Iterable[bytes]) -> list[str]:
    """Return the codes of whatever our reader and guides find in what we would send.

    Health care's own guide of the 999 lists the groups and sets that it was made for; others are cited all the same.
    """
    found = [finding for data in answers for finding in read(data)[1] if finding.code != "guide.absent"]
    return [one.code for one in found if not (one.code == "guide.bad_code" and one.place.tag in ("AK1", "AK2"))]
