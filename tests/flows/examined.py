"""Files for tests of ``crossfoot check``, good and bad, and shorter ways to their reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from click.testing import Result

from edi.limits import Limits
from flows.examine.checking import check_files
from flows.examine.policy import policy_for
from flows.examine.reports import FileReport
from tests.flows.letters import order_850, x12

Command = Callable[..., Result]


def good() -> bytes:
    return x12("000000901", order_850(), order_850("4500009002"), kind="850", group="PO")


def bad_syntax() -> bytes:
    return x12("000000902", order_850(), order_850("4500009002"), kind="850", group="PO", counts={2: 99})


def bad_guide() -> bytes:
    """BEG03 of the second set is empty: a mandatory element."""
    return x12("000000903", order_850(), order_850(""), kind="850", group="PO")


def reports(*paths: str, most: int = 100, **options: Any) -> list[FileReport]:
    return list(check_files(paths, policy_for(None, ()), limits=Limits(**options), max_findings=most))


def one(told: Result) -> dict[str, Any]:
    (line,) = told.stdout.splitlines()
    return json.loads(line)
