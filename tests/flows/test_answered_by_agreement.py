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
