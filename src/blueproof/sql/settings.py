"""The settings of a server that change what its planner chooses, and what each may hold.

Source: "Query Planning" and "Resource Consumption" of the PostgreSQL 18 manual, and the bounds in
src/backend/utils/misc/guc_tables.c.
"""

import re
from collections.abc import Mapping

_SWITCHES = (
    *("enable_async_append", "enable_bitmapscan", "enable_distinct_reordering"),
    *("enable_gathermerge", "enable_group_by_reordering", "enable_hashagg", "enable_hashjoin"),
    *("enable_incremental_sort", "enable_indexonlyscan", "enable_indexscan", "enable_material"),
    *("enable_memoize", "enable_mergejoin", "enable_nestloop", "enable_parallel_append"),
    *("enable_parallel_hash", "enable_partition_pruning", "enable_partitionwise_aggregate"),
    *("enable_partitionwise_join", "enable_presorted_aggregate", "enable_self_join_elimination"),
    *("enable_seqscan", "enable_sort", "enable_tidscan", "geqo", "jit"),
)
_REALS = (
    *("cpu_index_tuple_cost", "cpu_operator_cost", "cpu_tuple_cost", "cursor_tuple_fraction"),
    *("hash_mem_multiplier", "parallel_setup_cost", "parallel_tuple_cost", "random_page_cost"),
    *("recursive_worktable_factor", "seq_page_cost", "jit_above_cost"),
    *("jit_inline_above_cost", "jit_optimize_above_cost"),
)
_WHOLE = (
    *("default_statistics_target", "from_collapse_limit", "geqo_effort", "geqo_threshold"),
    *("join_collapse_limit", "max_parallel_workers_per_gather"),
)
_SIZES = ("effective_cache_size", "min_parallel_index_scan_size", "min_parallel_table_scan_size",
          "work_mem")  # fmt: skip
_WORDS = {
    "constraint_exclusion": ("on", "off", "partition"),
    "plan_cache_mode": ("auto", "force_generic_plan", "force_custom_plan"),
    "debug_parallel_query": ("on", "off", "regress"),
}
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"

_SHAPES: Mapping[str, tuple[re.Pattern[str], str]] = {
    **dict.fromkeys(_SWITCHES, (re.compile(r"on|off"), "on or off")),
    **dict.fromkeys(_REALS, (re.compile(_NUMBER), "a number, such as 1.1")),
    **dict.fromkeys(_WHOLE, (re.compile(r"-?\d{1,9}"), "a whole number")),
    **dict.fromkeys(_SIZES, (re.compile(r"\d{1,12} ?(?:B|kB|MB|GB|TB)?"), "a size, such as 64MB")),
    **{n: (re.compile("|".join(v)), " or ".join(v)) for n, v in _WORDS.items()},
}
PLANNER_SETTINGS = frozenset(_SHAPES)


def check_setting(name: str, value: str) -> None:
    """ValueError, in words, where this is no planner setting or could not be its value."""
    if name not in _SHAPES:
        raise ValueError(f"{name} is no setting of the planner: leave the line out")
    shape, words = _SHAPES[name]
    if not shape.fullmatch(value):
        raise ValueError(f"{name} cannot be {value[:40]!r}: write {words}")
