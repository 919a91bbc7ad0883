"""Settings and data/ are refused with file, key and remedy: the reader did not write the code."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from edi.errors import ConfigurationError
from edi.limits import Limits
from flows.clock import last_business_date
from flows.definitions import load_definitions
from flows.settings import Settings, load_settings, validated

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the project's data folder without its sample."""
    return Path(shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("sample")))


def refused(data: Path) -> str:
    with pytest.raises(ConfigurationError) as error:
        load_definitions(Settings(data=data))
    return str(error.value)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")  # a test may write


def test_the_projects_own_data_loads() -> None:
    definitions = load_definitions(Settings(data=DATA))
    assert {"alpenmarkt", "bluewater", "hansetools", "northfield"} <= {agreed.partner_id for agreed in definitions.agreements}
    assert definitions.units("x12")["CT"] == "CA"
    assert len(definitions.settings_hash) == 64


def test_an_unknown_key_names_file_key_and_the_keys_there_are(data: Path) -> None:
    edit(data / "partners" / "northfield.toml", "our_role", "our_roel")
    message = refused(data)
    assert "northfield.toml: our_roel: unknown key" in message
    assert "our_role" in message.split("known keys here: ")[1]


def test_an_unknown_key_in_a_table_names_the_keys_of_that_table(data: Path) -> None:
    edit(data / "partners" / "northfield.toml", "[tolerances]", "[tolerances]\nprice_procent = \"1\"")
    message = refused(data)
    assert "northfield.toml: tolerances.price_procent: unknown key" in message
    assert "price_percent" in message


def test_a_wrong_type_names_file_and_key(data: Path) -> None:
    edit(data / "partners" / "northfield.toml", 'our_role = "buyer"', 'our_role = "vendor"')
    message = refused(data)
    assert "northfield.toml: our_role: Input should be 'buyer' or 'supplier'" in message


def test_one_identity_has_one_partner(data: Path) -> None:
    shutil.copy(data / "partners" / "northfield.toml", data / "partners" / "northfield2.toml")
    message = refused(data)
    assert "northfield2.toml: identities: " in message
    assert "also belongs to northfield.toml" in message


def test_broken_toml_names_file_and_line(data: Path) -> None:
    (data / "partners" / "northfield.toml").write_text("name = \n", encoding="utf-8")
    assert "northfield.toml: is not valid TOML" in refused(data)
    assert "line 1" in refused(data)


def test_an_unknown_setting_is_refused_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "crossfoot.toml"
    path.write_text('databse = "sqlite:///x"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"crossfoot\.toml: databse: unknown key; .*database"):
        load_settings(path)


def test_folders_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "crossfoot.toml"
    path.write_text('home = "state"\n[[drops]]\nname = "edi"\nfolder = "in"\n', encoding="utf-8")
    settings = load_settings(path)
    assert settings.home == tmp_path / "state"
    assert settings.drops[0].folder == tmp_path / "in"


def test_an_unknown_time_zone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "crossfoot.toml"
    path.write_text('time_zone = "Europe/Berlinn"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"time_zone: .*Europe/Berlinn"):
        load_settings(path)


def test_the_slot_of_a_date_is_the_morning_after_it() -> None:
    settings = Settings(time_zone="Europe/Berlin")
    assert settings.slot_at(date(2026, 3, 2)) == datetime(2026, 3, 3, 1, 0, tzinfo=UTC)  # 02:00 in Berlin, winter
    assert last_business_date(settings, datetime(2026, 3, 3, 1, 0, tzinfo=UTC)) == date(2026, 3, 2)
    assert last_business_date(settings, datetime(2026, 3, 3, 0, 59, tzinfo=UTC)) == date(2026, 3, 1)


@pytest.mark.parametrize(("key", "known"), [
    ("acknowledgment", "'by_guide', '997' or '999'"), ("ta1", "'requested', 'always', 'on_error' or 'never'"),
    ("contrl", "'always', 'requested' or 'on_error'"), ("contrl_version", "'by_syntax', 'D:3', '2:2' or '4:1'"),
])
def test_a_policy_of_acknowledgments_that_is_none_is_refused_with_those_there_are(data: Path, key: str, known: str) -> None:
    edit(data / "partners" / "northfield.toml", 'our_role = "buyer"', f'our_role = "buyer"\n{key} = "sometimes"')
    message = refused(data)
    assert "northfield.toml" in message and f"{key}: Input should be {known}" in message


@pytest.mark.parametrize("value", [0, 1.5, "9"])
def test_settings_refuse_the_same_in_the_same_words(value: Any) -> None:
    with pytest.raises(ConfigurationError) as told:
        validated(Settings, {"limits": {"max_repeats": value}}, path="crossfoot.toml")

    assert str(told.value).startswith("crossfoot.toml: limits: ")
    assert f"the limit max_repeats is {value!r}; set a whole number from 1 on" in str(told.value)


def test_settings_take_some_and_leave_the_others() -> None:
    made = validated(Settings, {"limits": {"max_repeats": 5}}, path="crossfoot.toml")

    assert made.limits == Limits(max_repeats=5)
