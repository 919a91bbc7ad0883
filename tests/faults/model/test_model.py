"""The short form of `make model`, and the dictionary by itself."""

from __future__ import annotations

import pytest

from tests.faults.model.__main__ import run
from tests.faults.model.machine import Dictionary


@pytest.mark.slow
def test_nights_do_what_the_dictionary_says() -> None:
    assert run(programs=8, start=7)["failures"] == []


def test_the_dictionary_is_the_table_of_the_design() -> None:
    dictionary = Dictionary()
    dictionary.decide([(901, "1"), (901, "1")])  # the same twice in a night
    dictionary.decide([(901, "2"), (902, "1")])  # other content under a known number; a known content under a new number
    dictionary.decide([(903, "2"), (903, "3")])  # two contents contend for a number
    assert dictionary.outcomes == {
        (901, "loaded", "ok"): 1, (901, "duplicate", "resend"): 1, (901, "quarantined", "conflict"): 1,
        (902, "quarantined", "reissue"): 1, (903, "quarantined", "conflict"): 2,
    }


def test_the_dictionary_knows_of_numbers_that_begin_anew() -> None:
    dictionary = Dictionary()
    dictionary.decide([(901, "1"), (902, "2"), (902, "3")])
    dictionary.decide([(901, "2"), (902, "1"), (902, "2"), (901, "1")], epoch=1)  # two of them came before, in the old numbering
    assert dictionary.outcomes == {
        (901, "loaded", "ok"): 2, (901, "duplicate", "resend"): 1, (902, "quarantined", "conflict"): 3, (902, "quarantined", "reissue"): 1}
