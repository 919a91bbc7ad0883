"""Who is answered and with what: never a copy of ours, a test or an acknowledgment; a resend gets the first answer again."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.flows.letters import NORTHFIELD, US, edifact, order_850, post, response, sent, x12
from tests.flows.nights import World, world

pytestmark = pytest.mark.slow

NEXT = date(2026, 3, 3)
ANSWER_997 = ["AK1*PO*70501", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"]
CONTRL = (b"UNB+UNOC:3+9012345000011:14+4000000000006:14+260302:1701+AM900077'UNH+1+CONTRL:D:3:UN'"
          b"UCI+CF00000501+4000000000006:14+9012345000011:14+7'UNT+3+1'UNZ+1+AM900077'")


def told(tmp_path: Path, files: dict[str, bytes], *, source: str = "edi") -> World:
    made = world(tmp_path)
    post(made, files, source=source)
    made.run()
    return made


def queued(made: World) -> list[tuple[str, ...]]:
    return made.rows("SELECT partner_id, kind, control_number FROM outbox ORDER BY partner_id, ordinal")


@pytest.mark.parametrize(("data", "source"), [
    (x12("000000501", order_850(), kind="850", group="PO", sender=US, receiver=NORTHFIELD), "outbound"),
    (x12("000000501", order_850(), kind="850", group="PO", sender=US, receiver=NORTHFIELD), "edi"),  # wherever it was dropped
    (x12("000000901", response(), usage="T"), "edi"),
    (x12("000000901", ANSWER_997, kind="997", group="FA"), "edi"),
    (x12("000000901", ANSWER_997, kind="997", group="FA", counts={1: 99}), "edi"),
    (CONTRL, "edi"),
    (edifact("AM900001", "1", usage="test"), "edi"),
    (x12("000000901", response(), sender=("12", "9999999999")), "edi"),
    (x12("000000901", response())[:-20], "edi"),
    (b"ISA*00*", "edi"),
], ids=["copy", "copy among what came", "test", "997", "bad 997", "CONTRL", "EDIFACT test", "unknown partner", "cut short", "a stump"])
def test_nobody_is_answered(tmp_path: Path, data: bytes, source: str) -> None:
    made = told(tmp_path, {"a.edi": data}, source=source)
    assert queued(made) == []
    assert not [path for path in made.settings.outbox.rglob("*") if path.is_file()]


def test_a_conflict_answers_neither_contender_nor_a_later_one(tmp_path: Path) -> None:
    made = told(tmp_path, {"a.x12": x12("000000901", response("1")), "b.x12": x12("000000901", response("2"))})
    post(made, {"c.x12": x12("000000901", response("1"))})
    made.run(NEXT)
    assert queued(made) == []
    assert {outcome for (outcome,) in made.rows("SELECT outcome FROM decisions")} == {"quarantined"}


def test_a_newcomer_under_a_known_number_voids_nothing(tmp_path: Path) -> None:
    made = told(tmp_path, {"a.x12": x12("000000901", response("1"))})
    post(made, {"b.x12": x12("000000901", response("2"))})
    made.run(NEXT)
    assert queued(made) == [("northfield", "997", 1)]
    assert made.rows("SELECT outcome FROM decisions ORDER BY night_id") == [("loaded",), ("quarantined",)]


def test_control_numbers_follow_the_plan_and_name_the_file(tmp_path: Path) -> None:
    """Numbers of both standards count by themselves."""
    made = told(tmp_path, {"z.x12": x12("000000901", response("1")), "a.x12": x12("000000902", response("2")),
                           "b.edi": edifact("AM900001", "1")})
    assert queued(made) == [("alpenmarkt", "CONTRL", 1), ("northfield", "997", 1), ("northfield", "997", 2)]
    assert sorted(path.name for path in (tmp_path / "outbox" / "northfield").iterdir()) == [
        "northfield-997-000000001.edi", "northfield-997-000000002.edi"]
    first, second = sent(made)
    assert "AK1*PR*70901~" in first
    assert "AK1*PR*70902~" in second


def test_the_answer_goes_from_us_to_them_at_the_slot_in_their_time(tmp_path: Path) -> None:
    """The night of 2 March has its slot at 02:00 UTC of the 3rd: 20:00 of the 2nd in Chicago, 03:00 in Vienna."""
    made = told(tmp_path, {"a.x12": x12("000000901", response()), "b.edi": edifact("AM900001", "1")})
    assert sent(made)[0].startswith(
        "ISA*00*          *00*          *ZZ*CROSSFOOT      *12*6125550142     *260302*2000*U*00401*000000001*0*P*")
    assert "UNB+UNOC:3+4000000000006:14+9012345000011:14+260303:0300+00000001'" in sent(made, "alpenmarkt")[0]


def test_a_ta1_goes_too_where_the_sender_asks_for_it(tmp_path: Path) -> None:
    made = told(tmp_path, {"a.x12": x12("000000901", response(), ask="1")})
    assert [kind for _, kind, _ in queued(made)] == ["TA1", "997"]
    (ta1,) = [text for text in sent(made) if "TA1*" in text]
    assert "TA1*000000901*260302*1701*A*000~" in ta1


@pytest.mark.parametrize("when", [date(2026, 3, 2), NEXT], ids=["the same night", "another night"])
def test_a_resend_is_offered_the_first_bytes_under_the_same_name(tmp_path: Path, when: date) -> None:
    made = told(tmp_path, {"a.x12": x12("000000901", response())})
    path = tmp_path / "outbox" / "northfield" / "northfield-997-000000001.edi"
    first = path.read_bytes()
    path.unlink()  # the partner has fetched it
    post(made, {"again.x12": x12("000000901", response())})
    summary = made.run(when)
    assert list(summary.run.sent) == ["northfield/northfield-997-000000001.edi"]
    assert path.read_bytes() == first
    assert made.rows("SELECT outcome, reason_code FROM decisions ORDER BY night_id, copy") == [("loaded", "ok"), ("duplicate", "resend")]
    assert [number for _, _, number in queued(made)] == [1, 1]  # no new number is spent


def test_a_later_answer_goes_on_counting(tmp_path: Path) -> None:
    made = told(tmp_path, {"a.x12": x12("000000901", response("1"))})
    post(made, {"b.x12": x12("000000901", response("1")), "c.x12": x12("000000902", response("2"))})
    made.run(NEXT)
    assert [number for _, _, number in queued(made)] == [1, 2, 1]


def test_what_we_said_of_a_rejection_stands_in_the_ledger_too(tmp_path: Path) -> None:
    made = told(tmp_path, {"a.x12": x12("000000901", response(), counts={1: 99})})
    assert re.search(r"AK5\*R\*4~AK9\*R\*1\*1\*0~", sent(made)[0])
    assert made.rows("SELECT outcome, record_count FROM decisions") == [("rejected", 1)]
    assert made.rows("SELECT count(*) FROM order_response_lines") == [(0,)]
