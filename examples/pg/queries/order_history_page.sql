-- order_history_page: page by the last row seen.
-- Parameters: $1 is the last row's created_at, $2 is the last row's id, $3 is your $1.
SELECT id, customer_id, total_cents, created_at
FROM orders
WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3;
