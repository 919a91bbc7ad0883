"""What is handed to storage: rows of loaded documents only, every decision and finding in order of place, and the settings archived."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.night import plan, read_packet
from flows.publishing import publication_of
from storage.records import Publication
from tests.flows.letters import post, response, x12
from tests.flows.nights import session_of, world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """Three responses in one interchange, the second of them rejected, and a file that is no EDI."""
    made = world(Path(tmp_path_factory.mktemp("publishing")))
    post(made, {"a.x12": x12("000000901", response("1"), response("2"), response("3"), counts={2: 99}), "b.txt": b"hello\n"})
    made.run()
    session = session_of(made)
    (packet,) = plan(session)
    return publication_of(read_packet(session, packet), session.night, session.definitions, None)


def test_only_rows_of_loaded_documents_are_published(publication: Publication) -> None:
    assert publication.tables["order_responses"].column("order_number").to_pylist() == ["1", "3"]
    loaded = {decision.document_id for decision in publication.decisions if decision.outcome == "loaded"}
    for table in publication.tables.values():
        assert set(table.column("document_id").to_pylist()) <= loaded


def test_every_document_has_one_decision_in_order_of_place(publication: Publication) -> None:
    assert sorted((one.transaction_ordinal, one.outcome, one.control_number) for one in publication.decisions) == [
        (0, "quarantined", None), (1, "loaded", "000000901/0001"), (2, "rejected", "000000901/0002"), (3, "loaded", "000000901/0003")]
    places = [(one.file_hash, one.copy, one.interchange_ordinal, one.transaction_ordinal) for one in publication.decisions]
    assert places == sorted(places)


def test_findings_name_file_interchange_and_transaction(publication: Publication) -> None:
    (found,) = [one for one in publication.findings if one.code == "x12.se01_count"]
    (decision,) = [one for one in publication.decisions if one.outcome == "rejected"]
    assert (found.place.file, found.place.interchange, found.place.transaction) == (decision.file_hash, 1, 2)


def test_what_made_the_rows_is_archived_with_them(publication: Publication) -> None:
    archived = {text.hash: text.kind for text in publication.archive}
    table = publication.tables["order_responses"]
    assert {archived[digest] for digest in table.column("settings_hash").to_pylist()} == {"settings"}
    assert {archived[digest] for digest in table.column("map_hash").to_pylist()} == {"map"}
    assert {archived[digest] for digest in table.column("guide_hash").to_pylist()} == {"guide"}
