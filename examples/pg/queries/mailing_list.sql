-- mailing_list: ask NOT EXISTS instead of NOT IN.
SELECT id, email
FROM customers
WHERE NOT EXISTS(SELECT 1 FROM bans WHERE bans.customer_id = customers.id);
