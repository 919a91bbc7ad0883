"""Prefect flows, settings, reports and the command line: the only place that imports Prefect, reads a clock or the environment."""

from __future__ import annotations

import os

# Read by Great Expectations and Prefect when they are imported: neither may report home.
for _name, _value in (("GX_ANALYTICS_ENABLED", "false"), ("DO_NOT_TRACK", "1"), ("PREFECT_SERVER_ANALYTICS_ENABLED", "false")):
    os.environ.setdefault(_name, _value)
