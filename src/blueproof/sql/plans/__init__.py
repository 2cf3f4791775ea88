"""Plans as people paste them: EXPLAIN's text, JSON, YAML and XML, damaged or not, as one tree."""
