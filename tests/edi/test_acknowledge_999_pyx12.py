"""The 999 that pyx12 writes for a document of health care, beside ours: the same places and codes, but for what is named here."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from edi import SourceFile, read_files
from edi.acknowledgments import AckPolicy
from edi.guidemodel import Guide
from edi.guides import Subject, check, shipped, subject_of
from edi.x12 import hipaa
from tests.edi.ackcase import body

x12n_document = pytest.importorskip("pyx12.x12n_document", reason="pyx12 is not installed")
params = pytest.importorskip("pyx12.params")

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
FILES = (
    "LinuxForHealth__x12/src/tests/resources/834_005010X220A1/enroll-employee-multiple-products.834",
    "azoner__pyx12/pyx12/examples/multiple_st_loops.txt",
    "azoner__pyx12/pyx12/tests/834_ls_le_ls.txt",
    "imsweb__x12-parser/src/test/resources/837_5010/x12_valid_different_separators.txt",
)
TELL = AckPolicy(accept_with_errors=True)
MEMBER = (
    "BGN*00*12456*20260920*1200****2", "N1*P5**FI*999888777", "N1*IN**FI*654456654", "INS*Y*18*021*20*A***FT", "REF*0F*123456789",
    "REF*1L*123456001", "DTP*356*D8*20260523", "NM1*IL*1*DOE*JOHN*P***34*123456789", "PER*IP**HP*7172343334*WP*7172341240",
    "N3*100 MARKET ST*APT 30", "N4*CAMP HILL*PA*17011", "DMG*D8*19400816*M", "HD*021**HLT", "DTP*348*D8*20260601")

Lines = list[str]


def enrollment(segments: Lines) -> bytes:
    """Return an 834 with one member, a line a segment as pyx12 wants it."""
    return "~\n".join((
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260924*1030*^*00501*000000101*0*P*:",
        "GS*BE*SENDER*RECEIVER*20260924*1030*101*X*005010X220A1", "ST*834*0001*005010X220A1", *segments,
        f"SE*{len(segments) + 2}*0001", "GE*1*101", "IEA*1*000000101", "")).encode()


def guide(subject: Subject) -> Guide | None:
    return hipaa.guide(subject.type_code, subject.version) or shipped(subject)


def ours(data: bytes) -> Lines:
    (batch,) = read_files([SourceFile("file", data)])
    found = batch, [*batch.findings, *check(batch, guide)]
    told = body(found, TELL, kind="999", guide_of=lambda at: guide(subject_of(batch, at)))
    return [line for line in told if line[:3] != "CTX"]  # pyx12 writes none


def theirs(data: bytes) -> Lines:
    written = io.StringIO()
    settings = params.ParamsBase() if hasattr(params, "ParamsBase") else params.params()
    x12n_document.x12n_document(settings, io.StringIO(data.decode("latin-1")), written, None, None)
    return [line for line in re.split(r"~\s*", written.getvalue()) if line[:2] in ("AK", "IK")]


def plain(lines: Lines) -> Lines:
    """Take away what is explained.

    pyx12 knows no codes with I: it says 2 of a segment and 10 of an element that are not used, and 7 of a code that the guide
    does not have. It calls a segment that is out of its place unknown (1), rejects whatever is wrong, and quotes values.
    """
    told = []
    for line in lines:
        parts = line.replace(":", ">").split("*")
        if parts[0] == "IK3":
            parts[4] = {"I4": "2", "7": "1"}.get(parts[4], parts[4])
        elif parts[0] == "IK4":
            parts[3:] = [{"I6": "7", "I10": "10"}.get(parts[3], parts[3])]
        elif parts[0] == "IK5":
            parts = ["IK5", "A"] if parts[1] == "A" else ["IK5", "R", *sorted({part.replace("I5", "5") for part in parts[2:]})]
        elif parts[0] == "AK9":
            parts[1:] = [re.sub("E", "R", parts[1]), *parts[2:4]]
        told.append("*".join(parts))
    return sorted(told)


@pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpus is not here")
@pytest.mark.parametrize("name", FILES)
def test_real_files(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    assert plain(ours(data)) == plain(theirs(data))


def change(old: str, new: str) -> Callable[[Lines], Lines]:
    return lambda segments: [segment.replace(old, new) for segment in segments]


def insert(after: str, segment: str) -> Callable[[Lines], Lines]:
    return lambda segments: [one for each in segments for one in ((each, segment) if each.startswith(after) else (each,))]


def remove(start: str) -> Callable[[Lines], Lines]:
    return lambda segments: [each for each in segments if not each.startswith(start)]


AGREED: dict[str, tuple[Callable[[Lines], Lines], str]] = {  # damage, and what both say of it
    "nothing": (list, ""),
    "a segment that X12 does not have": (insert("BGN", "QQQ*1"), "IK3*QQQ*3**1"),
    "a segment of other sets": (insert("BGN", "CLM*1"), "IK3*CLM*3**1"),
    "a segment out of its place": (insert("DMG", "N4*CAMP HILL*PA*17011"), "IK3*N4*14**1"),
    "a date that does not exist": (change("19400816", "19401316"), "IK3*DMG*13**8 IK4*2*1251*8"),
    "a value too long": (change("DOE", "D" * 70), "IK3*NM1*9**8 IK4*3*1035*5"),
    "a value too short": (change("*17011", "*17"), "IK3*N4*12**8 IK4*3*116*4"),
    "an element left out": (change("IL*1*", "IL**"), "IK3*NM1*9**8 IK4*2*1065*1"),
    "an element that is not used": (change("HD*021**HLT", "HD*021*AB*HLT"), "IK3*HD*14**8 IK4*2*1203*10"),
    "a code that is not on the list": (change("*18*021*", "*99*021*"), "IK3*INS*5**8 IK4*2*1069*7"),
}
DIFFERENT: dict[str, tuple[Callable[[Lines], Lines], str, str]] = {  # damage, what we say, what pyx12 says
    "a loop's first segment left out: pyx12 is lost until it finds its place again":
        (remove("BGN"), "IK3*BGN*2**3", "IK3*BGN*4**3 IK3*N1*2**1 IK3*N1*3**1"),
    "a segment twice: we name the segment's maximum, pyx12 the loop's":
        (insert("BGN", "BGN*00*12456*20260920*1200****2"), "IK3*BGN*3**5", "IK3*BGN*3**4"),
    "a pair of which one is missing: we say which":
        (change("*34*123456789", "*34"), "IK3*NM1*9**8 IK4*9*67*2", "IK3*NM1*9**8"),
    "an element too many: we say which":
        (change("*APT 30", "*APT 30*X"), "IK3*N3*11**8 IK4*3**3", "IK3*N3*11**8"),
}


@pytest.mark.parametrize(("damage", "told"), AGREED.values(), ids=AGREED)
def test_pyx12_agrees(damage: Callable[[Lines], Lines], told: str) -> None:
    data = enrollment(damage(list(MEMBER)))
    assert [line for line in plain(ours(data)) if line[:3] in ("IK3", "IK4")] == told.split()
    assert plain(ours(data)) == plain(theirs(data))


@pytest.mark.parametrize(("damage", "we", "they"), DIFFERENT.values(), ids=DIFFERENT)
def test_pyx12_says_something_else(damage: Callable[[Lines], Lines], we: str, they: str) -> None:
    data = enrollment(damage(list(MEMBER)))
    for lines, told in ((ours(data), we), (theirs(data), they)):
        assert [line for line in plain(lines) if line[:3] in ("IK3", "IK4")] == told.split()
