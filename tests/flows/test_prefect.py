"""The flows in Prefect: they run, show what people need, fail when totals do not agree, and retry only what can pass."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from edi.errors import ConfigurationError, ConservationError, RetryableError
from flows import night
from flows.planning import PlannedFile
from storage.database import open_database, writing
from tests.flows.letters import post, response, x12
from tests.flows.nights import World, world

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CANARY = "CANARYORDER77"


@pytest.fixture(scope="module")
def prefect_database() -> Iterator[Path]:
    """A Prefect server for this module, with heartbeats off: each would hold a run up for a second."""
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=90), temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield Path(sa.make_url(PREFECT_API_DATABASE_CONNECTION_URL.value()).database or "")


@pytest.fixture
def made(tmp_path: Path) -> World:
    """A home with a settings file, and one interchange waiting: two responses, one of which is rejected."""
    made = world(tmp_path)
    drops = "".join(f'[[drops]]\nname = "{drop.name}"\nfolder = "{drop.folder}"\n' for drop in made.settings.drops)
    for drop in made.settings.drops:
        drop.folder.mkdir(parents=True)
    (tmp_path / "crossfoot.toml").write_text(f'deployment = "sample"\ndata = "{made.settings.data}"\nhome = "{tmp_path}"\n{drops}')
    post(made, {"a.x12": x12("000000901", response("4500009001", item=f"*VN*{CANARY}"), response("4500009002"), counts={2: 99})})
    return made


def parameters(made: World, **more: Any) -> dict[str, Any]:
    return {"parameters": {"settings": str(made.settings.home / "crossfoot.toml"), "business_date": "2026-03-02", **more}}


def artifacts() -> dict[str, str]:
    """Return the latest artifacts by key."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        found = client.request("POST", "/artifacts/latest/filter", json={}).json()
    return {one["key"]: str(one["data"]) for one in found}


def test_a_night_runs_and_shows_summary_quarantine_and_breaks(made: World, prefect_database: Path) -> None:
    from flows.deployments import nightly

    told = nightly(**parameters(made))
    assert told["documents"] == {"x12 855": {"loaded": 1, "rejected": 1}}
    shown = artifacts()
    assert shown.keys() >= {"night-summary", "quarantine", "breaks"}
    assert shown["night-summary"].startswith("# Night of 2026-03-02")
    assert "Cross-foot agrees." in shown["night-summary"]
    assert [one["reason_code"] for one in json.loads(shown["quarantine"])] == ["x12.se01_count"]
    assert (made.settings.reports / "2026-03-02.html").exists()
    assert made.rows("SELECT count(*) FROM order_response_lines WHERE supplier_item_number = 'CANARYORDER77'") == [(1,)]
    stored = b"".join(path.read_bytes() for path in prefect_database.parent.glob(f"{prefect_database.name}*"))
    assert b"2026-03-02" in stored  # it is the database in use
    assert CANARY.encode() not in stored  # Prefect is told ids and places, never a value


def test_the_other_flows_run_and_load_nothing_twice(made: World, tmp_path: Path, prefect_database: Path) -> None:
    from flows.deployments import ingest, reconcile, replay

    path = tmp_path / "b.x12"
    path.write_bytes(x12("000000902", response("4500009003")))
    first = ingest(**parameters(made, files=[str(path)]))
    assert first["documents"] == {"x12 855": {"loaded": 1}}
    again = replay(**parameters(made, replay_date="2026-03-02"))
    assert again["this_run"]["rows_loaded_total"] == 0
    assert again["documents"] == {"x12 855": {"duplicate": 1, "loaded": 1}}
    assert reconcile(**parameters(made, rules=["order_and_response"]))["cross_foot"]["agrees"]


def test_a_night_that_does_not_cross_foot_fails(made: World, prefect_database: Path) -> None:
    from flows.deployments import nightly

    made.run()
    with writing(open_database(made.settings.database_url)) as connection:
        connection.execute(sa.text("DELETE FROM order_response_lines"))
    state = nightly(**parameters(made), return_state=True)
    assert state.is_failed()
    assert isinstance(state.result(raise_on_failure=False), ConservationError)
    assert "does not cross-foot" in str(state.message)


@pytest.mark.parametrize("harm", ["hangs", "fails"])
def test_a_file_that_harms_its_reader_is_held_and_the_rest_loads(
    harm: str, made: World, monkeypatch: pytest.MonkeyPatch, prefect_database: Path,
) -> None:
    from flows.deployments import nightly

    read = night.read_edi

    def harmful(files: Sequence[PlannedFile], *others: Any) -> None:
        if any(file.name == "poison.x12" for file in files):
            while harm == "hangs":
                time.sleep(0.01)
            raise KeyError("a bug")
        read(files, *others)

    monkeypatch.setattr(night, "read_edi", harmful)
    settings = made.settings.home / "crossfoot.toml"
    settings.write_text(f"reading_seconds = 2\n{settings.read_text()}")
    post(made, {"poison.x12": x12("000000903", response("4500009003"))})
    told = nightly(**parameters(made))
    assert told["documents"] == {"x12 855": {"loaded": 1, "rejected": 1}, "x12 file": {"quarantined": 1}}
    assert made.rows("SELECT reason_code FROM decisions WHERE outcome = 'quarantined'") == [("poison",)]


@pytest.mark.parametrize(("error", "tries"), [(RetryableError, 3), (ConfigurationError, 1), (ConservationError, 1), (ValueError, 1)])
def test_only_what_can_pass_is_tried_again(
    error: type[Exception], tries: int, monkeypatch: pytest.MonkeyPatch, prefect_database: Path,
) -> None:
    from prefect import flow

    from flows import runners

    monkeypatch.setattr(runners, "RETRY_DELAYS", (0, 0))
    calls: list[str] = []

    def step(name: str) -> None:
        calls.append(name)
        raise error("no")

    @flow(name="trying", persist_result=False)
    def trying() -> None:
        runners.PrefectRunner().call("step", step, "x")

    assert trying(return_state=True).is_failed()
    assert calls == ["x"] * tries


def test_a_step_that_passes_at_the_second_try_gives_its_result(monkeypatch: pytest.MonkeyPatch, prefect_database: Path) -> None:
    from prefect import flow

    from flows import runners

    monkeypatch.setattr(runners, "RETRY_DELAYS", (0, 0))
    calls: list[int] = []

    def step(value: int) -> int:
        calls.append(value)
        if len(calls) == 1:
            raise RetryableError("locked")
        return value + 1

    @flow(name="trying again", persist_result=False)
    def trying() -> list[int]:
        runner = runners.PrefectRunner()
        return [runner.call("step", step, 1), runner.submit("ahead", step, 2).result()]

    assert trying() == [2, 3]
    assert calls == [1, 1, 2]


def deployments() -> list[dict[str, Any]]:
    import yaml

    return list(yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"])


@pytest.mark.parametrize("deployment", deployments(), ids=lambda one: str(one["name"]))
def test_what_is_deployed_is_there_and_its_parameters_are_valid(deployment: dict[str, Any]) -> None:
    path, _, name = deployment["entrypoint"].partition(":")
    assert (ROOT / path).is_file()
    made = getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), name)
    assert made.name == deployment["name"]
    if "parameters" in deployment:
        made.validate_parameters(deployment["parameters"])


def test_the_nightly_schedule_names_its_time_zone_and_runs_one_at_a_time() -> None:
    (nightly,) = [one for one in deployments() if one["name"] == "nightly"]
    (schedule,) = nightly["schedules"]
    assert (schedule["cron"], schedule["timezone"], nightly["concurrency_limit"]) == ("0 2 * * *", "UTC", 1)


@pytest.mark.parametrize(("name", "fields", "required"), [
    ("nightly", {"business_date", "settings"}, set()), ("ingest", {"business_date", "settings", "files"}, {"files"}),
    ("replay", {"business_date", "settings", "replay_date"}, {"replay_date"}), ("reconcile", {"business_date", "settings", "rules"}, set()),
])
def test_parameters_are_a_form_with_words_on_every_field(name: str, fields: set[str], required: set[str]) -> None:
    from flows import deployments as flows

    schema = getattr(flows, name).parameters.model_dump()
    (form,) = schema["definitions"].values()
    assert set(form["properties"]) == fields
    assert set(form.get("required", ())) == required
    assert all(field["description"] for field in form["properties"].values())


def test_parameters_that_are_wrong_are_refused() -> None:
    from pydantic import ValidationError

    from flows.deployments import IngestParameters, NightParameters

    with pytest.raises(ValidationError):
        IngestParameters(files=[])
    with pytest.raises(ValidationError):
        NightParameters.model_validate({"business_date": "soon"})
    assert NightParameters.model_validate({"business_date": "2026-03-02"}).business_date == date(2026, 3, 2)
