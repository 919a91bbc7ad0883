"""How long PostgreSQL may take for an answer. Servers that fall silent are cut off in tests/faults/dbcut."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from edi.errors import ConfigurationError, RetryableError
from storage.database import open_database, reading, translate


def patient(url: str, seconds: str) -> str:
    return sa.make_url(url).update_query_dict({"answer_within": seconds}).render_as_string(hide_password=False)


def test_a_statement_that_takes_longer_than_the_url_says_is_given_up(postgres_url: str) -> None:
    engine = open_database(patient(postgres_url, "1"))
    with pytest.raises(RetryableError, match="run again"), reading(engine) as connection:
        connection.exec_driver_sql("SELECT pg_sleep(30)")


def test_a_client_that_vanishes_in_a_transaction_holds_nothing_for_long(postgres_url: str) -> None:
    with reading(open_database(patient(postgres_url, "7"))) as connection:
        assert connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar() == "7s"


@pytest.mark.parametrize("ended", [psycopg.errors.IdleInTransactionSessionTimeout, psycopg.errors.TransactionTimeout])
def test_a_client_that_slept_in_a_transaction_is_told_to_run_again(ended: type[psycopg.Error]) -> None:
    """Its session was ended; psycopg calls that an internal error, and it is nobody's mistake."""
    told = translate(sa.exc.InternalError("COMMIT", None, ended("terminating connection")))
    assert isinstance(told, RetryableError)


def test_what_the_url_asks_of_the_server_goes_before_our_limits(postgres_url: str) -> None:
    url = sa.make_url(postgres_url).update_query_dict({"options": "-c statement_timeout=5s"}).render_as_string(hide_password=False)
    with reading(open_database(url)) as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "5s"


@pytest.mark.parametrize("seconds", ["0", "soon", "-1", "1.5"])
def test_a_limit_that_is_no_number_of_seconds_is_refused(seconds: str) -> None:
    with pytest.raises(ConfigurationError, match="answer_within"):
        open_database(f"postgresql://localhost/none?answer_within={seconds}")
