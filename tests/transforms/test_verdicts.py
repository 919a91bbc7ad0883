"""Duplicates are told apart by number and content, whatever the order of arrival (DESIGN: duplicates, told apart)."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from transforms.verdicts import Candidate, InterchangeKey, Memory, Verdict, decide, document_id, interchange_id

KEY = InterchangeKey("x12", "ZZ", "THEM", "ZZ", "US", "000000001", "production", 0)
NOTHING = Memory({}, {})


def came(number: str = "000000001", content: str = "a", file: str = "f1", copy: int = 1) -> Candidate:
    return Candidate(replace(KEY, control_number=number), content, file, copy, 1)


def test_a_new_number_with_new_content_is_new() -> None:
    assert decide([came()], NOTHING) == {came(): Verdict.NEW}


def test_the_same_again_the_same_night_is_a_resend_of_the_first_in_canonical_order() -> None:
    first, second = came(file="f1"), came(file="f2")
    assert decide([second, first], NOTHING) == {first: Verdict.NEW, second: Verdict.RESEND}


def test_the_same_again_a_later_night_is_a_resend() -> None:
    memory = Memory({KEY: frozenset({"a"})}, {KEY.pair: frozenset({"a"})})
    assert decide([came()], memory) == {came(): Verdict.RESEND}


def test_the_same_number_with_other_content_holds_all_contenders_of_the_night() -> None:
    one, other = came(content="a"), came(content="b", file="f2")
    assert decide([one, other], NOTHING) == {one: Verdict.CONFLICT, other: Verdict.CONFLICT}


def test_the_same_number_with_other_content_holds_only_the_newcomer_of_a_later_night() -> None:
    memory = Memory({KEY: frozenset({"a"})}, {KEY.pair: frozenset({"a"})})
    assert decide([came(content="b")], memory) == {came(content="b"): Verdict.CONFLICT}


def test_what_a_person_approved_or_refused_is_known_under_its_number_from_then_on() -> None:
    memory = Memory({KEY: frozenset({"a"})}, {}).with_ruled([came(content="b")])
    verdicts = decide([came(content="b"), came(content="c", file="f2")], memory)
    assert list(verdicts.values()) == [Verdict.RESEND, Verdict.CONFLICT]


def test_a_new_number_with_known_content_is_a_reissue() -> None:
    memory = Memory({KEY: frozenset({"a"})}, {KEY.pair: frozenset({"a"})})
    assert decide([came(number="000000002")], memory) == {came(number="000000002"): Verdict.REISSUE}


def test_a_reissue_the_same_night_is_the_one_with_the_higher_number() -> None:
    first, second = came(), came(number="000000002", file="f2")
    assert decide([second, first], NOTHING) == {first: Verdict.NEW, second: Verdict.REISSUE}


def test_the_same_content_between_another_pair_is_new() -> None:
    other = Candidate(replace(KEY, sender_id="OTHERS"), "a", "f2", 1, 1)
    assert decide([came(), other], NOTHING) == {came(): Verdict.NEW, other: Verdict.NEW}


@pytest.mark.parametrize("part", [{"usage_code": "test"}, {"epoch": 1}])
def test_usage_and_epoch_are_part_of_the_identity(part: dict[str, object]) -> None:
    other = Candidate(replace(KEY, **part), "b", "f2", 1, 1)  # type: ignore[arg-type]  # parts of the key by name
    assert decide([came(), other], NOTHING) == {came(): Verdict.NEW, other: Verdict.NEW}


def test_order_of_arrival_does_not_matter() -> None:
    arrived = [came(), came(file="f2"), came(number="000000002", file="f3"), came(number="000000003", content="b", file="f4"),
               came(number="000000003", content="c", file="f5")]
    verdicts = [decide(order, NOTHING) for order in permutations(arrived)]
    assert all(each == verdicts[0] for each in verdicts)
    assert sorted(str(verdict) for verdict in verdicts[0].values()) == ["conflict", "conflict", "new", "reissue", "resend"]


def test_keys_are_made_from_identity_and_content() -> None:
    made = interchange_id(KEY, "a")
    assert len(made) == 40
    assert made != interchange_id(KEY, "b") != interchange_id(replace(KEY, control_number="000000002"), "b")
    assert document_id(made, 7) == f"{made}-000007"
