-- name: open_issues_of_project
SELECT id, number, title, priority, assignee_id FROM issues
WHERE project_id = 12 AND status = 'open' AND deleted_at IS NULL
ORDER BY priority, created_at DESC LIMIT 50;

-- name: my_open_issues
SELECT id, title, priority, updated_at FROM issues
WHERE assignee_id = 4711 AND status IN ('open', 'in_progress') AND deleted_at IS NULL
ORDER BY updated_at DESC LIMIT 25;

-- name: issue_by_number
SELECT * FROM issues WHERE project_id = 3021 AND number = 17204;

-- name: issue_by_id
SELECT * FROM issues WHERE id = 123456;

-- name: issue_page_two
SELECT id, title, updated_at FROM issues
WHERE tenant_id = 37 AND deleted_at IS NULL AND (updated_at, id) < ('2026-03-01', 200000)
ORDER BY updated_at DESC, id DESC LIMIT 50;

-- name: blocked_everywhere
SELECT tenant_id, count(*) FROM issues
WHERE status = 'blocked' AND deleted_at IS NULL GROUP BY tenant_id ORDER BY 2 DESC LIMIT 20;

-- name: overdue_issues
SELECT i.id, i.title, u.email FROM issues i JOIN users u ON u.id = i.assignee_id
WHERE i.tenant_id = 151 AND i.due_on < '2026-11-01' AND i.closed_at IS NULL AND i.deleted_at IS NULL
ORDER BY i.due_on LIMIT 50;

-- name: issues_by_tag
SELECT id, title FROM issues WHERE tags @> ARRAY['license'] AND tenant_id = 25 LIMIT 50;

-- name: issues_by_severity
SELECT id, title FROM issues
WHERE tenant_id = 310 AND custom->>'severity' = 'S4' AND deleted_at IS NULL
ORDER BY created_at DESC LIMIT 20;

-- name: issues_of_customer
SELECT id, title, status FROM issues WHERE custom @> '{"customer": 1234}';

-- name: issue_text_search
SELECT id, title FROM issues
WHERE to_tsvector('english', title || ' ' || body) @@ to_tsquery('english', 'webhook & quota')
ORDER BY created_at DESC LIMIT 20;

-- name: issue_title_contains
SELECT id, title FROM issues WHERE tenant_id = 4 AND title ILIKE '%license quota%' LIMIT 20;

-- name: comments_of_issue
SELECT c.id, c.body, u.name FROM comments c JOIN users u ON u.id = c.author_id
WHERE c.issue_id = 2501 AND c.deleted_at IS NULL ORDER BY c.created_at;

-- name: comment_counts
SELECT i.id, (SELECT count(*) FROM comments c WHERE c.issue_id = i.id) AS comments
FROM issues i WHERE i.project_id = 777 AND i.status = 'open';

-- name: latest_comment_per_issue
SELECT DISTINCT ON (c.issue_id) c.issue_id, c.body, c.created_at FROM comments c
WHERE c.issue_id IN (11, 250, 3300, 41000, 52001, 61234) ORDER BY c.issue_id, c.created_at DESC;

-- name: watchers_to_mail
SELECT u.email FROM issue_watchers w JOIN users u ON u.id = w.user_id
WHERE w.issue_id = 98765 AND u.deleted_at IS NULL;

-- name: issues_watched_by_user
SELECT i.id, i.title FROM issue_watchers w JOIN issues i ON i.id = w.issue_id
WHERE w.user_id = 31415 AND i.deleted_at IS NULL ORDER BY i.updated_at DESC LIMIT 25;

-- name: attachments_of_issue
SELECT id, file_name, bytes FROM attachments WHERE owner_type = 'Issue' AND owner_id = 123456;

-- name: duplicate_uploads
SELECT id, file_name FROM attachments WHERE checksum = '0cc175b9c0f1b6a831c399e269772661';

-- name: closed_per_month
SELECT date_trunc('month', closed_at) AS month, count(*) FROM issues
WHERE tenant_id = 2 AND closed_at >= '2026-01-01' GROUP BY 1 ORDER BY 1;

-- name: mean_time_to_close
SELECT project_id, avg(closed_at - created_at) FROM issues
WHERE tenant_id = 60 AND status = 'closed' GROUP BY project_id;

-- name: projects_without_issues
SELECT p.id, p.name FROM projects p
WHERE p.tenant_id = 88 AND NOT EXISTS (SELECT FROM issues i WHERE i.project_id = p.id);

-- name: login
SELECT id, tenant_id, role FROM users WHERE lower(email) = 'user4711@example101.com' AND deleted_at IS NULL;

-- name: user_by_email
SELECT id, name FROM users WHERE email = 'User999@Example1.com';

-- name: members_of_tenant
SELECT id, name, role, last_seen_at FROM users
WHERE tenant_id = 17 AND deleted_at IS NULL ORDER BY name LIMIT 100;

-- name: admins_of_tenant
SELECT id, email FROM users WHERE tenant_id = 1 AND role = 'owner' AND deleted_at IS NULL;

-- name: autocomplete_user
SELECT id, name FROM users WHERE tenant_id = 9 AND name LIKE 'license%' ORDER BY name LIMIT 10;

-- name: idle_users
SELECT count(*) FROM users WHERE last_seen_at < '2025-12-01' AND deleted_at IS NULL;

-- name: session_by_token
SELECT user_id, expires_at FROM sessions WHERE token = 'd41d8cd98f00b204e9800998ecf8427e';

-- name: sessions_of_user
SELECT id, ip, created_at FROM sessions WHERE user_id = 42 AND expires_at > '2026-11-01' ORDER BY created_at DESC;

-- name: expired_sessions
SELECT id FROM sessions WHERE expires_at < '2025-10-10' LIMIT 1000;

-- name: unread_notifications
SELECT count(*) FROM notifications WHERE user_id = 5 AND read_at IS NULL;

-- name: notification_list
SELECT id, kind, subject_id, read_at FROM notifications WHERE user_id = 31 ORDER BY created_at DESC LIMIT 30;

-- name: next_job
SELECT id, payload FROM jobs WHERE status = 'ready' AND queue = 'default' AND run_at <= '2026-11-01'
ORDER BY priority, run_at LIMIT 1 FOR UPDATE SKIP LOCKED;

-- name: failed_jobs
SELECT id, queue, attempts FROM jobs WHERE status = 'failed' AND attempts >= 3 ORDER BY run_at DESC LIMIT 50;

-- name: jobs_per_queue
SELECT queue, status, count(*) FROM jobs WHERE finished_at IS NULL GROUP BY queue, status;

-- name: old_jobs
SELECT id FROM jobs WHERE status = 'done' AND finished_at < '2026-03-20' LIMIT 5000;

-- name: tenant_feed
SELECT id, kind, payload, created_at FROM events WHERE tenant_id = 140 ORDER BY created_at DESC LIMIT 50;

-- name: events_of_yesterday
SELECT kind, count(*) FROM events
WHERE created_at >= '2026-09-01' AND created_at < '2026-09-02' GROUP BY kind;

-- name: actor_history
SELECT kind, created_at FROM events WHERE actor_id = 777 AND kind <> 'login' ORDER BY id DESC LIMIT 100;

-- name: events_on_subject
SELECT id, kind FROM events WHERE payload->>'subject' = '123456';

-- name: failed_exports
SELECT tenant_id, max(created_at) FROM events WHERE kind = 'export.failed' GROUP BY tenant_id;

-- name: events_total
SELECT count(*) FROM events;

-- name: catalogue_page
SELECT id, name, price FROM products WHERE tenant_id = 3 AND category_id = 7 AND active ORDER BY price LIMIT 40;

-- name: product_by_sku
SELECT id, name, price FROM products WHERE tenant_id = 30 AND sku = 'SKU-30303';

-- name: products_by_attribute
SELECT id, name FROM products WHERE attributes @> '{"brand": "B77", "color": "red"}' AND active;

-- name: product_search
SELECT id, name FROM products WHERE description ILIKE '%expired token%' AND active LIMIT 20;

-- name: product_rating
SELECT avg(stars), count(*) FROM reviews WHERE product_id = 1234;

-- name: best_sellers
SELECT oi.product_id, sum(oi.quantity) AS sold FROM order_items oi JOIN orders o ON o.id = oi.order_id
WHERE o.tenant_id = 12 AND o.placed_at >= '2026-01-01' GROUP BY oi.product_id ORDER BY sold DESC LIMIT 10;

-- name: orders_of_customer
SELECT id, status, total, placed_at FROM orders WHERE customer_id = 2024 ORDER BY placed_at DESC LIMIT 20;

-- name: order_with_items
SELECT o.id, o.total, oi.product_id, oi.quantity, p.name
FROM orders o JOIN order_items oi ON oi.order_id = o.id JOIN products p ON p.id = oi.product_id
WHERE o.id = 345678;

-- name: pending_orders
SELECT id, customer_id, total FROM orders WHERE status = 'pending' AND placed_at < '2026-05-20' ORDER BY placed_at LIMIT 100;

-- name: revenue_per_day
SELECT placed_at::date AS day, sum(total) FROM orders
WHERE tenant_id = 1 AND status = 'delivered' AND placed_at >= '2026-04-01' GROUP BY 1 ORDER BY 1;

-- name: coupon_use
SELECT count(*), sum(total) FROM orders WHERE coupon = 'SAVE77';

-- name: payment_by_reference
SELECT order_id, state FROM payments WHERE provider = 'card' AND provider_ref = '900150983cd24fb0d6963f7d28e17f72';

-- name: unpaid_orders
SELECT o.id, o.total FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.state = 'captured'
WHERE o.tenant_id = 45 AND o.status = 'shipped' AND p.id IS NULL;

-- name: recent_messages
SELECT m.id, m.body, m.created_at, u.name FROM messages m JOIN users u ON u.id = m.author_id
WHERE m.channel_id = 20 AND m.deleted_at IS NULL ORDER BY m.id DESC LIMIT 50;

-- name: thread
SELECT id, author_id, body FROM messages WHERE thread_id = 654321 AND deleted_at IS NULL ORDER BY created_at;

-- name: unread_per_channel
SELECT cm.channel_id, count(m.id) FROM channel_members cm
JOIN messages m ON m.channel_id = cm.channel_id AND m.id > cm.last_read_message_id AND m.deleted_at IS NULL
WHERE cm.user_id = 1212 AND NOT cm.muted GROUP BY cm.channel_id;

-- name: channels_of_user
SELECT c.id, c.name FROM channel_members cm JOIN channels c ON c.id = cm.channel_id WHERE cm.user_id = 99;

-- name: last_message_per_channel
SELECT c.id, c.name, l.created_at FROM channels c
LEFT JOIN LATERAL (SELECT m.created_at FROM messages m WHERE m.channel_id = c.id ORDER BY m.created_at DESC LIMIT 1) l ON true
WHERE c.tenant_id = 505 AND NOT c.private;

-- name: message_search
SELECT id, channel_id, body FROM messages
WHERE to_tsvector('simple', body) @@ plainto_tsquery('simple', 'publish draft denied') ORDER BY id DESC LIMIT 20;

-- name: reactions_of_message
SELECT emoji, count(*) FROM reactions WHERE message_id = 424242 GROUP BY emoji;

-- name: webhooks_to_retry
SELECT id, url FROM webhook_deliveries WHERE next_try_at <= '2026-10-30' AND attempts < 5 ORDER BY next_try_at LIMIT 100;

-- name: webhook_failures
SELECT url, count(*) FROM webhook_deliveries
WHERE tenant_id = 2 AND status_code >= 500 AND created_at >= '2026-08-01' GROUP BY url ORDER BY 2 DESC LIMIT 10;

-- name: tenant_by_slug
SELECT id, plan, settings FROM tenants WHERE slug = 'tenant-1234';

-- name: country_list
SELECT code, name FROM countries WHERE eu ORDER BY name;

-- name: subcategories
SELECT id, name FROM categories WHERE parent_id = 12 ORDER BY name;
