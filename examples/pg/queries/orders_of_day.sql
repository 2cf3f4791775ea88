-- orders_of_day: compare the time stamp with the day's bounds.
SELECT count(*), sum(total_cents)
FROM orders
WHERE created_at >= $1::date AND created_at < $1::date + 1 AND status = 'paid';
