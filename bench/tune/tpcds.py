"""TPC-DS at scale 1: data, schema and texts by DuckDB's tpcds extension, primary keys here."""

import re
from typing import Any

import duckdb
import psycopg
from duck import duck
from places import Places

_KEYS = {
    "call_center": "cc_call_center_sk",
    "catalog_page": "cp_catalog_page_sk",
    "catalog_returns": "cr_item_sk, cr_order_number",
    "catalog_sales": "cs_item_sk, cs_order_number",
    "customer": "c_customer_sk",
    "customer_address": "ca_address_sk",
    "customer_demographics": "cd_demo_sk",
    "date_dim": "d_date_sk",
    "household_demographics": "hd_demo_sk",
    "income_band": "ib_income_band_sk",
    "inventory": "inv_date_sk, inv_item_sk, inv_warehouse_sk",
    "item": "i_item_sk",
    "promotion": "p_promo_sk",
    "reason": "r_reason_sk",
    "ship_mode": "sm_ship_mode_sk",
    "store": "s_store_sk",
    "store_returns": "sr_item_sk, sr_ticket_number",
    "store_sales": "ss_item_sk, ss_ticket_number",
    "time_dim": "t_time_sk",
    "warehouse": "w_warehouse_sk",
    "web_page": "wp_web_page_sk",
    "web_returns": "wr_item_sk, wr_order_number",
    "web_sales": "ws_item_sk, ws_order_number",
    "web_site": "web_site_sk",
}
# DuckDB keeps every identifier in 64 bits; the specification's integers fit in 32.
_TYPES = {"BIGINT": "integer", "INTEGER": "integer", "VARCHAR": "varchar", "DATE": "date"}
_CHUNK = 1 << 20


def load(connection: psycopg.Connection, where: Places) -> None:
    """Make the tables and fill them."""
    folder = where.data / "tpcds"
    folder.mkdir(parents=True, exist_ok=True)
    source = duck("tpcds")
    source.execute("CALL dsdgen(sf = 1)")
    for table, key in _KEYS.items():
        connection.execute(_table(source, table, key))
        file = folder / f"{table}.csv"
        source.execute(f"COPY {table} TO '{file}' (FORMAT csv, HEADER false)")
        with (
            file.open("rb") as rows,
            connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy,
        ):
            while chunk := rows.read(_CHUNK):
                copy.write(chunk)
        file.unlink()


def _table(source: duckdb.DuckDBPyConnection, table: str, key: str) -> str:
    columns = source.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_name = ? ORDER BY ordinal_position",
        [table],
    ).fetchall()
    lines = [f"{name} {_TYPES.get(kind, kind.lower())}" for name, kind in columns]
    return f"CREATE TABLE {table} ({', '.join([*lines, f'PRIMARY KEY ({key})'])})"


def queries() -> dict[str, str]:
    """The 99 queries as DuckDB has them, written so that PostgreSQL takes them."""
    rows: list[Any] = (
        duck("tpcds").execute("SELECT query_nr, query FROM tpcds_queries()").fetchall()
    )
    return {f"q{number:02}": _adapted(text) for number, text in rows}


def _adapted(text: str) -> str:
    return _COMMENT.sub("", text)


# A comment with a semicolon or a quote in it confuses more than one of the tools.
_COMMENT = re.compile(r"--[^\n]*")
