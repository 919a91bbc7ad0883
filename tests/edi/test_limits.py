"""Limits that are none are refused where they are made, not met by the first file."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from edi.errors import ConfigurationError
from edi.limits import Limits

NAMES = [field.name for field in fields(Limits)]


@pytest.mark.parametrize("name", NAMES)
def test_one_is_the_least(name: str) -> None:
    assert getattr(Limits(**{name: 1}), name) == 1
    for value in (0, -1):
        with pytest.raises(ConfigurationError) as told:
            Limits(**{name: value})
        assert str(told.value) == f"the limit {name} is {value}; set a whole number from 1 on"
        with pytest.raises(ConfigurationError):
            replace(Limits(), **{name: value})


@pytest.mark.parametrize("value", [1.5, "9", None])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="the limit part_bytes is "):
        Limits(part_bytes=value)
