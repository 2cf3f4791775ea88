-- name: claim
SELECT id FROM jobs
WHERE queue = 'default' AND state = 'queued' AND run_at <= now()
ORDER BY priority DESC, run_at LIMIT 1 FOR UPDATE SKIP LOCKED;

-- name: series
SELECT at, value FROM readings WHERE device_id = ? AND metric = ? AND at >= ? AND at < ? ORDER BY at;
