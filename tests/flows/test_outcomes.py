"""What failed, and what follows: each row of DESIGN.md's table as an interchange of its own, all in one night."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from edi.errors import RetryableError
from storage.failpoints import armed, raising
from storage.publish import COMMITTED
from tests.flows.letters import NORTHFIELD, US, edifact, order_850, outcomes, post, response, sent, x12
from tests.flows.nights import DATA, World, world

pytestmark = pytest.mark.slow

LETTERS = {
    "good": x12("000000901", response("4500009001"), response("4500009002", confirmed="8")),
    "trailer differs": x12("000000902", response("4500009003"), trailer="000000999"),
    "count wrong in one": x12("000000903", response("4500009004"), response("4500009005"), counts={2: 99}),
    "no mapping": x12("000000904", ["BMG*00*HELLO", "MIT*1*SUBJECT", "MSG*TEXT"], kind="864", group="TX"),
    "unknown partner": x12("000000905", response("4500009007"), sender=("12", "9999999999")),
    "unknown partner, count wrong": x12("000000906", response("4500009007"), sender=("12", "9999999999"), counts={1: 99}),
    "test": x12("000000907", response("4500009008"), usage="T"),
    "line that names nothing": x12("000000908", response("4500009006", line="", item=""), response("4500009011")),
    "direction not agreed": x12("000000909", order_850("4500009012"), kind="850", group="PO"),
    "cut short": x12("000000910", response("4500009013"), response("4500009014"))[:-40],
    "one number": x12("000000911", response("4500009015")),
    "same number": x12("000000911", response("4500009016")),
    "new number, same content": x12("000000912", response("4500009001"), response("4500009002", confirmed="8")),
    "header lost": x12("000000913", response("4500009017"), response("4500009018")).replace(b"ST*855*0002~\n", b""),
    "edifact: trailer differs": edifact("AM900001", "9001", "9002", trailer="AM900009"),
    "edifact: count wrong in one": edifact("AM900002", "9003", "9004", counts={2: 99}),
    "edifact: test": edifact("AM900003", "9005", usage="test"),
    "no EDI": b"Dear Sir or Madam, please find attached nothing at all.\n",
}
COPY = x12("000000501", order_850("4500009002"), kind="850", group="PO", sender=US, receiver=NORTHFIELD)
BAD_COPY = x12("000000502", order_850("4500009009"), kind="850", group="PO", sender=US, receiver=NORTHFIELD, counts={1: 99})


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = world(tmp_path_factory.mktemp("ladder"))
    post(made, {f"{name}.edi": data for name, data in LETTERS.items()})
    post(made, {"copy.x12": COPY, "bad copy.x12": BAD_COPY}, source="outbound")
    assert not made.run().totals.problems
    return made


def answer(night: World, group: str) -> str:
    """Return what answers a group of Northfield's: AK2 to AK9 of its 997."""
    return next((found[1] for text in sent(night) if (found := re.search(rf"AK1\*[A-Z]+\*{group}~(.*)~SE", text))), "none")


def contrl(night: World, reference: str) -> str:
    return next((found[1] for text in sent(night, "alpenmarkt") if (found := re.search(rf"UCI\+{reference}\+(.*)'UNT", text))), "none")


def test_what_is_good_is_loaded_and_accepted(night: World) -> None:
    assert outcomes(night)["000000901/0001"] == outcomes(night)["000000901/0002"] == ("loaded", "ok")
    assert answer(night, "70901") == "AK2*855*0001~AK5*A~AK2*855*0002~AK5*A~AK9*A*2*2*2"


def test_an_interchange_that_cannot_be_trusted_is_rejected_whole_and_the_partner_told(night: World) -> None:
    assert outcomes(night)["000000902/0001"] == ("rejected", "x12.iea02_control")
    (told,) = [text for text in sent(night) if "*000000902*" in text]
    assert "TA1*000000902*260302*1701*R*001~" in told  # 001: the control numbers of header and trailer differ
    assert answer(night, "70902") == "none"


def test_an_edifact_interchange_that_cannot_be_trusted_is_rejected_by_contrl(night: World) -> None:
    assert {outcomes(night)[f"AM900001/{each}"] for each in (1, 2)} == {("rejected", "edifact.unz_reference")}
    assert contrl(night, "AM900001") == "9012345000011:14+4000000000006:14+4+28+UNZ+3"  # 28: references do not match; 3: UNZ02


def test_one_bad_transaction_is_rejected_and_its_neighbour_loads(night: World) -> None:
    assert outcomes(night)["000000903/0001"] == ("loaded", "ok")
    assert outcomes(night)["000000903/0002"] == ("rejected", "x12.se01_count")
    assert answer(night, "70903") == "AK2*855*0001~AK5*A~AK2*855*0002~AK5*R*4~AK9*P*2*2*1"  # 4: the count of segments is wrong


def test_a_transaction_whose_header_is_lost_is_counted_and_its_neighbour_loads(night: World) -> None:
    assert outcomes(night)["000000913/0001"] == ("loaded", "ok")
    assert outcomes(night)["000000913"] == ("rejected", "envelope.missing_header")
    assert answer(night, "70913") == "AK2*855*0001~AK5*A~AK9*P*2*1*1*5"  # 5: two are stated, one can be named


def test_one_bad_message_is_rejected_and_its_neighbour_loads(night: World) -> None:
    assert outcomes(night)["AM900002/1"] == ("loaded", "ok")
    assert outcomes(night)["AM900002/2"] == ("rejected", "edifact.unt_count")
    assert contrl(night, "AM900002") == (
        "9012345000011:14+4000000000006:14+7'UCM+1+ORDERS:D:96A:UN:EAN008+7'UCM+2+ORDERS:D:96A:UN:EAN008+4+29+UNT+2")


@pytest.mark.parametrize(("number", "group", "reason"), [
    ("000000904/0001", "70904", "no_mapping"), ("000000909/0001", "70909", "not_agreed"),
])
def test_what_only_we_lack_is_held_and_never_rejected(night: World, number: str, group: str, reason: str) -> None:
    assert outcomes(night)[number] == ("quarantined", reason)
    assert "*R" not in answer(night, group)


@pytest.mark.parametrize(("number", "reason"), [
    ("000000905/0001", "unknown_partner"), ("000000906/0001", "x12.se01_count"), ("000000907/0001", "test_indicator"),
    ("AM900003/1", "test_indicator"),
    ("000000911/0001", "conflict"), ("000000912/0001", "reissue"), ("000000912/0002", "reissue"), ("000000502/0001", "x12.se01_count"),
])
def test_what_a_person_must_look_at_is_held_and_nobody_is_told(night: World, number: str, reason: str) -> None:
    assert outcomes(night)[number] == ("quarantined", reason)
    interchange = number.partition("/")[0]
    assert answer(night, "7" + interchange[-4:]) == "none"
    assert not [text for text in (*sent(night), *sent(night, "alpenmarkt"), *sent(night, "unknown")) if interchange in text]


def test_what_breaks_off_is_waited_for_and_nobody_is_told(night: World) -> None:
    assert {outcomes(night)[f"000000910/{each}"] for each in ("0001", "0002")} == {("pending", "incomplete")}
    assert answer(night, "70910") == "none"


def test_both_contenders_for_a_number_are_held(night: World) -> None:
    rows = night.rows("SELECT outcome FROM decisions WHERE control_number = '000000911/0001'")
    assert rows == [("quarantined",), ("quarantined",)]


def test_a_document_that_fails_a_blocking_expectation_is_held_but_accepted_and_its_neighbour_loads(night: World) -> None:
    assert outcomes(night)["000000908/0001"] == ("quarantined", "expect.order_response_lines.line_identified")
    assert outcomes(night)["000000908/0002"] == ("loaded", "ok")
    assert answer(night, "70908") == "AK2*855*0001~AK5*A~AK2*855*0002~AK5*A~AK9*A*2*2*2"
    assert night.rows("SELECT count(*) FROM order_responses WHERE order_number = '4500009006'") == [(0,)]


def test_a_disagreement_about_business_is_loaded_and_becomes_a_break(night: World) -> None:
    """Ordered 10, confirmed 8, at 7.25: 14.50 at stake."""
    rows = night.rows("SELECT key, difference_amount FROM breaks WHERE class_code = 'response_quantity'")
    assert [(key, float(amount)) for key, amount in rows] == [('{"subject": "4500009002/1"}', 14.5)]


def test_a_file_that_is_no_edi_is_held_with_its_reason(night: World) -> None:
    assert night.rows("SELECT outcome, reason_code FROM decisions WHERE type_code = 'file'") == [("quarantined", "file.unknown")]


def test_every_reason_says_what_to_do(night: World) -> None:
    reasons = [reason for (reason,) in night.rows("SELECT DISTINCT reason FROM decisions WHERE outcome IN ('quarantined', 'rejected')")]
    assert len(reasons) >= 10
    for reason in reasons:
        assert reason.count(". ") >= 1, reason  # what is wrong, then the remedy
        assert reason.endswith("."), reason


def agreed_otherwise(tmp_path: Path, text: str) -> World:
    """A world in which Northfield's agreement has further lines."""
    data = Path(shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("2026-*")))
    shutil.copytree(DATA / "sample" / "2026-03-02", data / "sample" / "2026-03-02")
    path = data / "partners" / "northfield.toml"
    head, mark, tail = path.read_text().partition("[tolerances]")
    for line in filter(None, text.splitlines()):
        head = re.sub(rf"^{line.split(' ')[0]} = .*\n", "", head, flags=re.MULTILINE)
    at = head.index("[[identities]]")
    path.write_text(head[:at] + text + "\n" + head[at:] + '[severities]\n"x12.se01_count" = "warning"\n\n' + mark + tail)
    return world(tmp_path / "home", data=data)


@pytest.mark.parametrize(("setting", "code"), [("accept_with_errors = false", "A"), ("accept_with_errors = true", "E")])
def test_a_warning_loads_and_is_told_where_the_agreement_says_so(tmp_path: Path, setting: str, code: str) -> None:
    made = agreed_otherwise(tmp_path, setting)
    post(made, {"a.x12": x12("000000901", response(), counts={1: 99})})
    made.run()
    assert outcomes(made)["000000901/0001"] == ("loaded", "ok")
    assert made.rows("SELECT code, severity FROM findings") == [("x12.se01_count", "warning")]
    assert re.search(rf"~AK5\*{code}[*~]", sent(made)[0])


def test_a_reissue_is_loaded_where_the_agreement_says_so(tmp_path: Path) -> None:
    made = agreed_otherwise(tmp_path, 'reissue = "load"')
    post(made, {"a.x12": x12("000000901", response()), "b.x12": x12("000000902", response())})
    made.run()
    assert outcomes(made) == {"000000901/0001": ("loaded", "ok"), "000000902/0001": ("loaded", "ok")}


def test_a_test_is_loaded_where_the_agreement_says_so(tmp_path: Path) -> None:
    made = agreed_otherwise(tmp_path, "allow_test = true")
    post(made, {"a.x12": x12("000000901", response(), usage="T")})
    made.run()
    assert outcomes(made) == {"000000901/0001": ("loaded", "ok")}
    assert "*0*T*>" in sent(made)[0]  # a test is answered as a test


def test_our_own_fault_answers_nothing_and_the_next_run_finishes(tmp_path: Path) -> None:
    made = world(tmp_path)
    post(made, {"a.x12": x12("000000901", response())})
    with armed({"landing.copied": raising(RetryableError("disk full"))}), pytest.raises(RetryableError):
        made.run()
    assert sent(made) == []
    assert (tmp_path / "drop" / "edi" / "a.x12").exists()
    with armed({COMMITTED: raising(RetryableError("connection lost"))}), pytest.raises(RetryableError):
        made.run()
    assert sent(made) == []
    made.run()
    assert outcomes(made) == {"000000901/0001": ("loaded", "ok")}
    assert len(sent(made)) == 1
