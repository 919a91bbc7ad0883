"""GTINs of lines: X12 235 says with which digits a number is sent, and the line's GTIN has all of them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from transforms.mappings.items import Items, first_of_kind

COMPLETE = [  # qualifier, as sent, the line's GTIN; the check digits are those of real goods, or worked out beside
    ("UP", "036000291452", "00036000291452"),  # U.P.C. 1-5-5-1
    ("UI", "03600029145", "00036000291452"),  # the same, 1-5-5
    ("EN", "4006381333931", "04006381333931"),  # EAN 2-5-5-1
    ("UA", "400638133393", "04006381333931"),  # the same, 2-5-5
    ("UA", "002840022222", "00028400222228"),  # 2 + 3x8 + 4 + 3x2 + 2 + 3x2 + 2 + 3x2 = 52, and 8 to the next ten
    ("UA", "4006381333931", "04006381333931"),  # sent with its check digit all the same
    ("UK", "10036000291459", "10036000291459"),
    ("UP", "A1", "A1"),  # no digits: left as it is
]


@pytest.mark.parametrize(("qualifier", "sent", "gtin"), COMPLETE)
def test_a_number_sent_without_its_check_digit_is_completed(qualifier: str, sent: str, gtin: str) -> None:
    assert first_of_kind(_one(qualifier, sent), "gtin", 1).to_pylist() == [gtin]


def _one(qualifier: str, number: str) -> Items:
    zero = pa.array([0]).to_numpy()
    return Items(zero, zero, pa.array([number]), pa.array([qualifier]), pa.array(["gtin"]))
