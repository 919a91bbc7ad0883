"""Which acknowledgments a partner gets is what its agreement says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from edi import read
from edi.guides import check
from flows.acknowledging import acknowledgment_for
from flows.definitions import load_definitions
from flows.outcomes import of_interchange
from flows.partners import Correspondence, by_policy
from flows.settings import Settings
from flows.work import Acknowledgment, NightContext, SeenInterchange
from tests.flows.letters import edifact, order_850, x12
from tests.flows.nights import DATA
from transforms.policy import Agreement, Identity
from transforms.verdicts import Verdict

ORDER = x12("000000901", order_850(), kind="850", group="PO")
BAD = x12("000000901", order_850(), kind="850", group="PO", trailer="000000902")
WARNED = x12("000000901", [*order_850()[:-1], "CTT*x"], kind="850", group="PO")
NIGHT = NightContext("night", 1, date(2026, 3, 2), datetime(2026, 3, 3, 2, tzinfo=UTC), "production", load_definitions(Settings(data=DATA)))
US = (Identity("12", "6125550142", "ZZ", "CROSSFOOT"),)


def made(data: bytes, **agreed: Any) -> list[Acknowledgment]:
    batch = read(data)
    (interchange,) = batch.interchanges
    agreement = Agreement("acme", "Acme", "supplier", interchange.standard, "USD", "America/New_York", US, (), **agreed)
    whose = Correspondence(agreement, "inbound")
    findings = [by_policy(finding, whose) for finding in (*batch.findings, *check(batch))]
    of_all = [finding for finding in findings if finding.place.group is None and finding.place.transaction is None]
    shared = of_interchange(interchange, whose, Verdict.NEW, of_all, environment="production")
    seen = SeenInterchange(interchange, "id", 0, "hash", 1, Verdict.NEW, "acme")
    return acknowledgment_for(batch, 0, whose, shared, findings, seen, NIGHT)


@pytest.mark.parametrize(("data", "agreed", "kinds"), [
    (ORDER, {}, ["997"]), (ORDER, {"acknowledge": False}, []), (ORDER, {"ta1": "always"}, ["TA1", "997"]),
    (BAD, {}, ["TA1"]), (BAD, {"ta1": "never"}, []), (BAD, {"severities": {"x12.iea02_control": "warning"}}, ["997"]),
    (ORDER.replace(b"00401*", b"00501*").replace(b"X*004010", b"X*005010"), {"acknowledgment": "999"}, ["999"]),
    (edifact("AM1", "1"), {}, ["CONTRL"]), (edifact("AM1", "1"), {"contrl": "on_error"}, []),
    (edifact("AM1", "1", counts={1: 99}), {"contrl": "on_error"}, ["CONTRL"]),
])
def test_which_and_when(data: bytes, agreed: dict[str, Any], kinds: list[str]) -> None:
    assert [each.kind for each in made(data, **agreed)] == kinds


def test_what_is_in_them() -> None:
    (plain,), (telling,) = made(WARNED), made(WARNED, accept_with_errors=True, echo_bad_values=True)
    assert b"AK5*A~" in plain.render(1)
    assert b"AK4*1*354*6*x~AK5*E*5~" in telling.render(1)
    assert b"*260302*2100*" in plain.render(1)  # the slot in the partner's own time
    (older,) = made(edifact("AM1", "1"), contrl_version="2:2")
    assert b"UNH+1+CONTRL:2:2:UN'" in older.render(1)
    assert (plain.name(1), older.name(12)) == ("acme-997-000000001.edi", "acme-CONTRL-000000012.edi")


def envelope(trailer: str) -> bytes:
    """Return a TA1 that stands alone between ISA and IEA, and asks for an answer."""
    header = x12("000000901", order_850(), ask="1").split(b"\n")[0]
    return header + f"\nTA1*000000501*260302*1701*A*000~\nIEA*0*{trailer}~\n".encode()


def contrl(trailer: str) -> bytes:
    """Return a CONTRL whose UNB 0031 asks for an answer."""
    return (b"UNB+UNOC:3+9012345000011:14+4000000000006:14+260302:1701+AM900077++++1'UNH+1+CONTRL:D:3:UN'"
            b"UCI+00000001+4000000000006:14+9012345000011:14+7'UNT+3+1'" + f"UNZ+1+{trailer}'".encode())


SETS = {"997": ["AK1*PO*70501", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"],
        "999": ["AK1*PO*70501*005010", "AK2*850*0001", "IK5*A", "AK9*A*1*1*1"]}


@pytest.mark.parametrize("trailer", ["000000901", "000000999"], ids=["good", "rejected"])
@pytest.mark.parametrize("kind", ["997", "999", "TA1", "CONTRL"])
def test_an_acknowledgment_of_an_acknowledgment_is_never_made(kind: str, trailer: str) -> None:
    """However talkative the agreement, and whatever is wrong with it."""
    reference = "AM900077" if trailer == "000000901" else "AM900078"
    data = {"TA1": envelope(trailer), "CONTRL": contrl(reference)}.get(kind) or x12(
        "000000901", SETS[kind], kind=kind, group="FA", ask="1", trailer=trailer)
    assert made(data, ta1="always", contrl="always", accept_with_errors=True) == []
