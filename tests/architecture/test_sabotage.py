"""The mutants of ``make sabotage`` fit the tree as it is: whoever moves a defence moves its mutant, too."""

from __future__ import annotations

import ast

import pytest

from tests.faults.sabotage.mutants import ROOT, Mutant, faults, load, mutated

MUTANTS = load()


def test_there_are_enough_of_them_and_each_has_a_name_of_its_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 30


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fits(mutant: Mutant) -> None:
    assert list(faults(mutant)) == []
    ast.parse(mutated(mutant, (ROOT / mutant.file).read_text(encoding="utf-8")))
