"""pyx12 as judge of what we send: it accepts our 997 and 999. It knows only the groups of health care, and no 997 at 005010."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from edi.acknowledgments import AckPolicy, GuideOf
from edi.findings import CATALOGUE, Finding, Severity
from edi.reading.balance import place_of
from edi.x12.hipaa import guide
from tests.edi.ackcase import Read, only, x12

x12n_document = pytest.importorskip("pyx12.x12n_document", reason="pyx12 is not installed")
params = pytest.importorskip("pyx12.params")

POLICY = AckPolicy(accept_with_errors=True, echo_bad_values=True)
CLAIM = ("BHT*0019*00*1*20260924*1030*CH", "HL*1**20*1", "NM1*85*2*CLINIC*****XX*1234567893", "CLM*A>B*100***11>B>1*Y*A*Y*Y", "HI*ABK>J45",
         "LS*2120", "NM1*PR*2*PAYER", "LE*2120")
VERSIONS = {"004010X098A1": "997", "005010X222A1": "999"}
DAMAGE = [code for code, kind in sorted(CATALOGUE.items()) if code.startswith("guide.") and kind.severity is not Severity.NOTE]


def complaints(data: bytes) -> list[str]:
    """Return what pyx12 has to say about an interchange; a line a segment, as it wants them."""
    html = io.StringIO()
    settings = params.ParamsBase() if hasattr(params, "ParamsBase") else params.params()
    text = io.StringIO(data.decode().replace("~", "~\n"))
    accepted = x12n_document.x12n_document(settings, text, None, html, None)
    found = [re.sub("<[^>]*>|&nbsp;", "", line) for line in re.findall('class="error">(.*)', html.getvalue())]
    assert accepted == (not found)
    return found


def faulty(version: str, code: str) -> Read:
    """Return a claim with an error of one kind in each of its segments, in an element where the kind is about one."""
    batch, _ = x12(CLAIM, version=version, kind="837", convention=version if version >= "005" else "")
    first = int(batch.transactions.first_segment[0])
    inside = re.search("segment|loop", code) is None
    places = [replace(place_of(batch, first + at), element=1 if inside else None) for at in range(1, len(CLAIM) + 1)]
    return batch, [Finding(code, Severity.ERROR, place, "", "") for place in places]


def hipaa(found: Read) -> GuideOf:
    batch, _ = found
    return lambda at: guide(batch.type_codes[at], str(batch.transactions.version[at]))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("code", DAMAGE)
def test_it_accepts_what_we_say_of_each_kind_of_finding(code: str, version: str) -> None:
    found = faulty(version, code)
    data = only(found, VERSIONS[version], POLICY, hipaa(found))
    assert data.count(b"AK3*" if VERSIONS[version] == "997" else b"IK3*") == len(CLAIM)
    assert complaints(data) == []
