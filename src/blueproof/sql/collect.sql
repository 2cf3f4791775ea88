-- Reads what the planner knows of a database and prints it as SQL that a planner twin takes:
--     psql -XAtq -f collect.sql DATABASE > stats.sql
-- It changes nothing and needs no superuser: it reads pg_class, pg_stats, pg_stats_ext and the
-- counters of use. Columns that its role may not read are left out. PostgreSQL 13 to 18.
-- The output holds values of your columns (the most common ones and the bounds of histograms).
SET default_transaction_read_only = on;
SET statement_timeout = '60s';
SET lock_timeout = '2s';
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET search_path = pg_catalog;
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET timezone = 'UTC';
SET bytea_output = 'hex';
SET extra_float_digits = 1;
SELECT current_setting('server_version_num')::int >= 140000 AS knows_expressions,
  current_setting('server_version_num')::int >= 150000 AS knows_inherited,
  current_setting('server_version_num')::int >= 170000 AS knows_ranges \gset

SELECT '-- blueproof statistics 1';
SELECT '-- server: PostgreSQL ' || current_setting('server_version');
SELECT '-- collected: ' || to_char(now(), 'YYYY-MM-DD');
SELECT '-- collation: ' || datcollate FROM pg_database WHERE datname = current_database();
SELECT '-- since: ' || to_char(coalesce(d.stats_reset, pg_postmaster_start_time()), 'YYYY-MM-DD')
FROM pg_stat_database d WHERE d.datname = current_database();
-- How long it has counted writes. Where the database's counters were never reset, they began no
-- earlier than the server's own, which a crash sets back (those of 15 and later outlive a restart).
SELECT '-- counted: ' || CASE WHEN d.stats_reset IS NULL THEN 'at most ' ELSE '' END
  || round(extract(epoch FROM now() - coalesce(d.stats_reset,
    least(b.stats_reset, a.stats_reset), pg_postmaster_start_time()))::numeric / 86400, 4)
  || ' days'
FROM pg_stat_database d, pg_stat_bgwriter b, pg_stat_archiver a
WHERE d.datname = current_database();

-- Settings that differ from PostgreSQL 18's own.
SELECT '-- setting: ' || s.name || '=' || current_setting(s.name)
FROM pg_settings s
WHERE s.setting IS DISTINCT FROM
    CASE s.name WHEN 'hash_mem_multiplier' THEN '2' ELSE s.boot_val END
  AND s.name = ANY (ARRAY[
    'constraint_exclusion', 'cpu_index_tuple_cost', 'cpu_operator_cost', 'cpu_tuple_cost',
    'cursor_tuple_fraction', 'debug_parallel_query', 'default_statistics_target',
    'effective_cache_size', 'enable_async_append', 'enable_bitmapscan',
    'enable_distinct_reordering', 'enable_gathermerge', 'enable_group_by_reordering',
    'enable_hashagg', 'enable_hashjoin', 'enable_incremental_sort', 'enable_indexonlyscan',
    'enable_indexscan', 'enable_material', 'enable_memoize', 'enable_mergejoin', 'enable_nestloop',
    'enable_parallel_append', 'enable_parallel_hash', 'enable_partition_pruning',
    'enable_partitionwise_aggregate', 'enable_partitionwise_join', 'enable_presorted_aggregate',
    'enable_self_join_elimination', 'enable_seqscan', 'enable_sort', 'enable_tidscan',
    'from_collapse_limit', 'geqo', 'geqo_effort', 'geqo_threshold', 'hash_mem_multiplier', 'jit',
    'jit_above_cost', 'jit_inline_above_cost', 'jit_optimize_above_cost', 'join_collapse_limit',
    'max_parallel_workers_per_gather', 'min_parallel_index_scan_size',
    'min_parallel_table_scan_size', 'parallel_setup_cost', 'parallel_tuple_cost',
    'plan_cache_mode', 'random_page_cost', 'recursive_worktable_factor', 'seq_page_cost',
    'work_mem'])
ORDER BY s.name;

-- How often rows are written and indexes are read.
SELECT format('-- writes: %I.%I ins=%s upd=%s hot=%s del=%s',
  schemaname, relname, n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del)
FROM pg_stat_user_tables WHERE schemaname || relname !~ '[\n\r]' ORDER BY schemaname, relname;
SELECT format('-- scans: %I.%I %s', schemaname, indexrelname, idx_scan)
FROM pg_stat_user_indexes WHERE schemaname || indexrelname !~ '[\n\r]'
ORDER BY schemaname, indexrelname;

-- Rows and pages, as the last VACUUM or ANALYZE counted them.
SELECT format('SELECT * FROM pg_catalog.pg_restore_relation_stats(''version'', ''%s''::integer, '
  || '''schemaname'', %L, ''relname'', %L, ''relpages'', ''%s''::integer, '
  || '''reltuples'', ''%s''::real, ''relallvisible'', ''%s''::integer);',
  current_setting('server_version_num'), n.nspname, c.relname, c.relpages, c.reltuples,
  c.relallvisible)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'i') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e'
      AND d.objid = coalesce(i.indrelid, c.oid))
ORDER BY n.nspname, c.relname;

-- Columns, and expressions of indexes by their place.
SELECT 'SELECT * FROM pg_catalog.pg_restore_attribute_stats(' || concat_ws(', ',
  format('''version'', ''%s''::integer', current_setting('server_version_num')),
  format('''schemaname'', %L, ''relname'', %L', s.schemaname, s.tablename),
  CASE WHEN c.relkind IN ('i', 'I') THEN format('''attnum'', ''%s''::smallint', a.attnum)
    ELSE format('''attname'', %L', s.attname) END,
  format('''inherited'', ''%s''::boolean', s.inherited),
  format('''null_frac'', ''%s''::real', s.null_frac),
  format('''avg_width'', ''%s''::integer', s.avg_width),
  format('''n_distinct'', ''%s''::real', s.n_distinct),
  '''most_common_vals'', ' || quote_literal(s.most_common_vals::text) || '::text',
  '''most_common_freqs'', ''' || s.most_common_freqs::text || '''::real[]',
  '''histogram_bounds'', ' || quote_literal(s.histogram_bounds::text) || '::text',
  '''correlation'', ''' || s.correlation || '''::real',
  '''most_common_elems'', ' || quote_literal(s.most_common_elems::text) || '::text',
  '''most_common_elem_freqs'', ''' || s.most_common_elem_freqs::text || '''::real[]',
  '''elem_count_histogram'', ''' || s.elem_count_histogram::text || '''::real[]'
\if :knows_ranges
  , '''range_length_histogram'', ' || quote_literal(s.range_length_histogram::text) || '::text',
  '''range_empty_frac'', ''' || s.range_empty_frac || '''::real',
  '''range_bounds_histogram'', ' || quote_literal(s.range_bounds_histogram::text) || '::text'
\endif
  ) || ');'
FROM pg_stats s
JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
WHERE c.relkind IN ('r', 'p', 'm', 'i') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY s.schemaname, s.tablename, a.attnum, s.inherited;

-- Statistics of several columns together. Columns go by name: a copy numbers them anew.
SELECT '-- extended: ' || json_build_object(
  'schema', s.statistics_schemaname, 'name', s.statistics_name,
  'of', json_build_array(s.schemaname, s.tablename),
\if :knows_inherited
  'inherited', s.inherited,
\else
  'inherited', false,
\endif
  'columns', (SELECT json_object_agg(a.attnum, a.attname) FROM pg_attribute a
    WHERE a.attrelid = x.stxrelid AND a.attnum = ANY (x.stxkeys)),
  'n_distinct', s.n_distinct::text, 'dependencies', s.dependencies::text,
\if :knows_expressions
  'expressions', EXISTS (SELECT FROM pg_stats_ext_exprs e
    WHERE e.statistics_schemaname = s.statistics_schemaname
      AND e.statistics_name = s.statistics_name),
  'figures', (SELECT json_agg(json_build_object(
      'at', array_position(pg_get_statisticsobjdef_expressions(x.oid), e.expr),
      'null_frac', e.null_frac, 'avg_width', e.avg_width, 'n_distinct', e.n_distinct,
      'most_common_vals', e.most_common_vals::text,
      'most_common_freqs', e.most_common_freqs::text,
      'histogram_bounds', e.histogram_bounds::text, 'correlation', e.correlation,
      'most_common_elems', e.most_common_elems::text,
      'most_common_elem_freqs', e.most_common_elem_freqs::text,
      'elem_count_histogram', e.elem_count_histogram::text))
    FROM pg_stats_ext_exprs e
    WHERE e.statistics_schemaname = s.statistics_schemaname
      AND e.statistics_name = s.statistics_name AND e.null_frac IS NOT NULL
\if :knows_inherited
      AND e.inherited = s.inherited
\endif
    ),
\endif
  'common', s.most_common_vals IS NOT NULL,
  'combinations', CASE WHEN s.most_common_vals IS NOT NULL THEN json_build_object(
    'values', s.most_common_vals, 'frequencies', s.most_common_freqs,
    'base_frequencies', s.most_common_base_freqs) END)
FROM pg_stats_ext s
JOIN pg_namespace n ON n.nspname = s.statistics_schemaname
JOIN pg_statistic_ext x ON x.stxnamespace = n.oid AND x.stxname = s.statistics_name
ORDER BY s.statistics_schemaname, s.statistics_name;
SELECT '-- complete';

-- What has grown since: the planner reckons with the pages that are there now.
SELECT format('-- pages: %I.%I %s', n.nspname, c.relname, p.pages)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
  LATERAL (SELECT pg_relation_size(c.oid) / current_setting('block_size')::int AS pages) p
WHERE c.relkind IN ('r', 'm', 'i') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND n.nspname || c.relname !~ '[\n\r]' AND p.pages IS DISTINCT FROM c.relpages
ORDER BY n.nspname, c.relname;
