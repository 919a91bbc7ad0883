"""What Great Expectations imports and we never use is imported later, for whoever asks for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # seconds of imports each


def printed(code: str) -> str:
    """Run code in a process that has imported nothing yet, and return its last line."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300).stdout.splitlines()[-1]


def test_judging_a_table_imports_nothing_to_draw_with() -> None:
    assert printed(
        "import sys; from expectations.run import validate; from tests.expectations.rows import frame, good_row;"
        "validate('orders', frame('orders', good_row('orders')));"
        "print([name for name in ('altair', 'scipy.stats') if name in sys.modules])") == "[]"


def test_who_asks_for_it_gets_the_real_one_within_great_expectations_and_without() -> None:
    assert printed(
        "from expectations.loading import great_expectations; great_expectations();"
        "from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as of_theirs;"
        "from scipy import stats; import altair;"
        "print(of_theirs.stats.entropy is stats.entropy, of_theirs.alt.Chart is altair.Chart)") == "True True"
