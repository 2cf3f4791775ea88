"""Our index advisor and its peers on the same server, statistics and cost model.

    python bench/tune/run.py --workload tpch --limit 500MB --tools ours,dexter,supabase,extend
    python bench/tune/run.py --workload tpch --limit 10%,25%,50%,100% --out results.json
    python bench/tune/run.py --workload tpch,tpcds --serve       load, leave the server running
    python bench/tune/run.py --stop                              end that server

Everything that is fetched or generated lies below --cache; see bench/README.md for the peers.
"""

import argparse

from places import in_our_python, places

TOOLS = (
    *(
        "ours",
        "ours-measured",
        "dexter",
        "dexter-10",
        "supabase",
        "extend",
        "db2advis",
        "anytime",
        "autoadmin",
    ),
    *("relaxation", "postgres-mcp", "postgres-mcp-patched"),
)


def options() -> argparse.ArgumentParser:
    """What can be asked on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", help="where everything is kept (~/.cache/blueproof-bench)")
    parser.add_argument("--peers", help="where the peers' checkouts lie (CACHE/peers)")
    parser.add_argument("--python", default="python3", help="the Python that has blueproof")
    parser.add_argument("--workload", default="tpch", help="tpch, tpcds, web; with commas")
    parser.add_argument("--queries", help="only these, such as q01,q03")
    parser.add_argument("--without", help="all but these")
    parser.add_argument("--limit", default="500MB", help="500MB, 25%% of the data; with commas")
    parser.add_argument("--tools", default=",".join(TOOLS), help=f"of {', '.join(TOOLS)}")
    parser.add_argument("--seconds", type=int, default=600, help="what a tool gets")
    parser.add_argument("--no-build", action="store_true", help="what-if only, build nothing")
    parser.add_argument("--clock", action="store_true", help="run the queries as well")
    parser.add_argument("--out", help="the results as JSON, added to what is there")
    parser.add_argument("--serve", action="store_true", help="load and leave the server running")
    parser.add_argument("--stop", action="store_true", help="end the server")
    return parser


def main() -> None:
    """Go over to the cache's Python, then do what is asked."""
    chosen = options().parse_args()
    where = places(chosen.cache, chosen.peers)
    in_our_python(where)
    import comparing

    comparing.main(where, chosen)


if __name__ == "__main__":
    main()
