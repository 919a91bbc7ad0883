"""What a night makes of files, without a database: planned, read, checked, mapped and answered by the night's own functions.

Only the suites of Great Expectations are left out: they judge the business of what could be read, and cost twenty seconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from edi.findings import Finding, Place
from flows.definitions import Definitions, load_definitions
from flows.outcomes import OK, of_expectations
from flows.packet_exports import read_exports
from flows.packets import read_edi, unknown_file
from flows.planning import PlannedFile, make_plan
from flows.sample import sample_settings
from flows.work import Document, NightContext, PacketWork
from storage.landing import Landed
from transforms.policy import Agreement, DocumentAgreement, Identity
from transforms.verdicts import Memory

DATA = Path(__file__).parents[2] / "data"
DAY = date(2026, 3, 2)
_TYPES = ("850", "855", "856", "860", "810", "997", "ORDERS", "ORDRSP", "DESADV", "INVOIC", "CONTRL")


def _agreement(partner_id: str, standard: str, identity: Identity, *, accept_with_errors: bool = False) -> Agreement:
    documents = tuple(DocumentAgreement(code, "inbound") for code in _TYPES)
    currency = "USD" if standard == "x12" else "EUR"
    return Agreement(partner_id, partner_id.title(), "buyer", standard, currency, "UTC", (identity,), documents,
                     accept_with_errors=accept_with_errors)


AGREEMENTS = (
    _agreement("acme", "x12", Identity("01", "ACME", "ZZ", "CROSSFOOT"), accept_with_errors=True),
    _agreement("plain", "x12", Identity("01", "PLAIN", "ZZ", "CROSSFOOT")),
    _agreement("eurodis", "edifact", Identity("14", "9000000000011", "14", "4000000000006")),
)


@dataclass(frozen=True, slots=True)
class Became:
    """What a file became, in the words of ``expected.tsv``."""

    outcome: str
    findings: str
    acknowledgment: str
    places: tuple[Finding, ...]


@cache
def _definitions() -> Definitions:
    return replace(load_definitions(sample_settings(DATA, Path("nowhere"))), agreements=AGREEMENTS)


def night_of(files: Mapping[str, bytes]) -> dict[str, Became]:
    """Run files, by name, through a night in which each comes alone as far as control numbers go, but is read with the others."""
    night = NightContext("night", 1, DAY, datetime(2026, 3, 3, 2, tzinfo=UTC), "production", _definitions())
    data = {sha256(content).hexdigest(): content for content in files.values()}
    if len(data) < len(files):
        raise ValueError("two files are the same bytes")
    planned = {name: _planned(name, content, night.definitions) for name, content in files.items()}
    work = PacketWork("packet")
    read_edi([file for file in planned.values() if file.kind == "edi"], data.__getitem__, night, work)
    read_exports([file for file in planned.values() if file.kind == "csv"], data.__getitem__, night, lambda source: {}, work)
    work.documents.extend(unknown_file(file) for file in planned.values() if file.kind == "unknown")
    for document in work.documents:
        document.outcome = document.outcome or of_expectations(document.findings) or OK
    return {name: _became(file.file_hash, data[file.file_hash], work) for name, file in planned.items()}


def _planned(name: str, content: bytes, definitions: Definitions) -> PlannedFile:
    landed = [Landed(sha256(content).hexdigest(), len(content), name, "edi", 1)]
    (packet,) = make_plan(landed, lambda _: content, definitions, lambda candidates: Memory({}, {}), night_id="night", business_date=DAY,
                          packet_bytes=2**26, packet_files=1)
    return packet.files[0]


def _became(file_hash: str, data: bytes, work: PacketWork) -> Became:
    documents = sorted((each for each in work.documents if each.file_hash == file_hash), key=lambda each: (
        each.interchange_ordinal, each.transaction_ordinal))
    findings = [finding for document in documents for finding in document.findings]
    findings += [finding for finding in work.file_findings if finding.place.file == file_hash]
    found = sorted(dict.fromkeys(findings), key=_in_place)
    answers = [made.render(1) for made in work.acknowledgments if made.place[0] == file_hash]
    return Became(" ".join(map(_outcome, documents)) or "-",
                  "; ".join(f"{one.code} {place_text(one.place, data)}" for one in found) or "-",
                  " ".join(map(answer_text, answers)) or "-", tuple(found))


def _in_place(finding: Finding) -> tuple[int, int, int, int, str, str]:
    place = finding.place
    return place.offset or 0, place.element or 0, place.repetition or 0, place.component or 0, finding.code, place_text(place, b"")


def _outcome(document: Document) -> str:
    outcome = document.outcome or OK
    whole = "" if document.transaction_ordinal else "file=" if document.type_code == "file" else "interchange="
    return whole + (outcome.outcome if outcome is OK else f"{outcome.outcome}:{outcome.reason_code}")


def place_text(place: Place, data: bytes) -> str:
    """Write a place: ``1.2.8 SE01`` is element 1 of SE, segment 8 of transaction 2 of interchange 1.

    ``1.g1 GE`` is its group 1; ``@garb`` what the file has at the byte where nothing else tells the place, ``@0`` its first byte.
    """
    numbers = [place.interchange, place.transaction, place.segment]
    if place.transaction is None and place.group is not None:
        numbers[1:] = [f"g{place.group}"]
    path = ".".join(str(number) for number in numbers if number is not None)
    where = place.tag or ""
    where += f"{place.element:02d}" if place.element else ""
    where += f"-{place.component}" if place.component else ""
    where += f"^{place.repetition}" if place.repetition else ""
    return " ".join(filter(None, (path, where or _bytes_at(place.offset or 0, data))))


def _bytes_at(offset: int, data: bytes) -> str:
    shown = re.match(rb"[!-~]{0,6}", data[offset:])
    return "@" + (shown[0].decode() if offset and shown else "0")


_ECHOED = {"UCI": slice(0, 3), "UCF": slice(1, 3), "UCM": slice(1, 2)}  # elements that only say what is answered


def answer_text(answer: bytes) -> str:
    """Write an acknowledgment without its envelope and without what only echoes: AK1, AK2, and the identifiers of UCI, UCF and UCM."""
    text = answer.decode("latin-1")
    if not answer:
        return "EMPTY"
    if text.startswith("UNB"):
        return "'".join(_told(tag, rest) for tag, rest in re.findall(r"(UC[IFMSD])((?:[^'?]|\?.)*)'", text))
    told = [one for one in text.split("~") if re.match(r"(AK|IK)[345]\*|CTX\*|AK9\*|TA1\*", one)]
    return "~".join(re.sub(r"^TA1\*\d+\*\d*\*\d*", "TA1", one) for one in told)


def _told(tag: str, rest: str) -> str:
    elements = re.findall(r"\+((?:[^+?]|\?.)*)", rest)
    del elements[_ECHOED.get(tag, slice(0, 0))]
    return "+".join([tag, *elements])
