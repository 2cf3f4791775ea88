"""DuckDB with one of its TPC extensions, which lie in wheels of their own; works offline."""

import importlib
from pathlib import Path

import duckdb


def duck(extension: str) -> duckdb.DuckDBPyConnection:
    """A connection that has the extension, tpch or tpcds."""
    package = importlib.import_module(f"duckdb_extension_{extension}")
    file = next(Path(package.__file__).parent.rglob("*.duckdb_extension"))
    connection = duckdb.connect()
    connection.execute(f"LOAD '{file}'")
    return connection
