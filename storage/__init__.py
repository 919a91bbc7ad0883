"""Whatever touches disks and databases: landing, ledger, Parquet, relational, outbox."""
