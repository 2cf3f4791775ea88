-- name: my_orders
SELECT id, event_id, status, total_cents, created_at
FROM orders WHERE customer_id = $1 ORDER BY created_at DESC LIMIT 20;

-- name: sign_in
SELECT id FROM customers WHERE lower(email) = lower($1);

-- name: orders_of_day
SELECT count(*), sum(total_cents) FROM orders WHERE created_at::date = $1 AND status = 'paid';

-- name: order_history_page
SELECT id, customer_id, total_cents, created_at
FROM orders ORDER BY created_at DESC LIMIT $1 OFFSET $2;

-- name: mailing_list
SELECT id, email FROM customers WHERE id NOT IN (SELECT customer_id FROM bans);

-- name: sold_for_event
SELECT status, count(*) FROM orders WHERE event_id = $1 GROUP BY status;

-- name: coming_events
SELECT e.id, e.title, v.name FROM events e JOIN venues v ON v.id = e.venue_id
WHERE e.starts_at > now() ORDER BY e.starts_at LIMIT 10;

-- name: close_venue
DELETE FROM venues WHERE id = $1;
