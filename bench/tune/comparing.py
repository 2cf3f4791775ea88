"""What run.py does once it runs in the cache's Python."""

import argparse

import psycopg

import cluster
import workloads
from places import Places, say


def main(where: Places, chosen: argparse.Namespace) -> None:
    """Serve, stop or compare."""
    if chosen.stop:
        cluster.stop(where)
        return
    cluster.start(where)
    for name in chosen.workload.split(","):
        found = workloads.prepare(where, name)
        with psycopg.connect(cluster.dsn(where, name)) as connection:
            size = workloads.data_bytes(connection) / 1e6
        say(f"{name}: {len(found)} queries, {size:,.0f} MB, {cluster.dsn(where, name)}")
