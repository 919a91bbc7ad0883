"""Small documents for the tests of guides, and findings in short."""

from __future__ import annotations

from collections.abc import Sequence

from edi import SourceFile, read_files
from edi.findings import Finding
from edi.segments import Batch
from edi.x12.dictionary import group_identifiers


def x12(*body: str, kind: str = "850", version: str = "004010", times: int = 1, repetition: str = "U") -> Batch:
    return batch(x12_text(*body, kind=kind, version=version, times=times, repetition=repetition).decode())


def x12_text(*body: str, kind: str = "850", version: str = "004010", times: int = 1, repetition: str = "U") -> bytes:
    return x12_sets([body] * times, kind=kind, version=version, repetition=repetition)


def x12_sets(bodies: Sequence[Sequence[str]], *, kind: str, version: str = "004010", repetition: str = "U") -> bytes:
    """Return an interchange with a set for each body."""
    release = "00401" if repetition == "U" else "00501"
    isa = f"ISA*00*          *00*          *ZZ*ACME           *ZZ*MOCKEDI        *260924*1030*{repetition}*{release}*000000101*0*P*>"
    sets = [segment for n, body in enumerate(bodies, start=1)
            for segment in (f"ST*{kind}*{n:04d}", *body, f"SE*{len(body) + 2}*{n:04d}")]
    group = f"GS*{group_identifiers().get(kind, 'PO')}*ACME*MOCKEDI*20260924*1030*101*X*{version}"
    return "~".join((isa, group, *sets, f"GE*{len(bodies)}*101", "IEA*1*000000101", "")).encode()


def edifact(*body: str, kind: str = "ORDERS:D:96A:UN:EAN008") -> Batch:
    message = (f"UNH+1+{kind}", *body, f"UNT+{len(body) + 2}+1")
    return batch("'".join(("UNB+UNOC:3+EURODIS:14+MOCKEDI:ZZ+260924:1030+55", *message, "UNZ+1+55", "")))


def batch(text: str) -> Batch:
    (only,) = read_files([SourceFile("file", text.encode())])
    assert not only.findings
    return only


def told(findings: list[Finding]) -> list[tuple[str, int | None, str | None, int | None]]:
    """Return code without its area, and segment, tag and element of the place."""
    return [(one.code.removeprefix("guide."), one.place.segment, one.place.tag, one.place.element) for one in findings]
