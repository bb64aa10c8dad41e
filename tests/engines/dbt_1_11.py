"""dbt 1.11, the one before that which the project is developed with, on DuckDB."""

from __future__ import annotations

from tests.engines.duckdb import DuckDB


class Dbt111(DuckDB):
    """Its environment has another dbt."""

    name = "dbt_1_11"
    skips = {"demo": "its settings are in vars.yml, which dbt reads from 1.12 on; yours need not be"}


def warehouse() -> Dbt111:
    """Give the engine."""
    return Dbt111()
