-- Rows for the web application. pick() hashes a row number, so every machine gets the same rows.
CREATE FUNCTION pick(i bigint, seed bigint, among bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
AS $$ SELECT abs(hashint8extended(i, seed) % among) $$;
-- Few values are frequent: a power of an even spread.
CREATE FUNCTION skewed(i bigint, seed bigint, among bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
AS $$ SELECT floor(among * power(abs(hashint8extended(i, seed) % 1000000) / 1000000.0, 4))::bigint $$;
CREATE FUNCTION moment(i bigint, seed bigint, days integer) RETURNS timestamptz LANGUAGE sql IMMUTABLE
AS $$ SELECT timestamptz '2026-11-01' - (abs(hashint8extended(i, seed) % (days * 86400)) * interval '1 second') $$;
CREATE FUNCTION words(i bigint, seed bigint, many integer) RETURNS text LANGUAGE sql IMMUTABLE
AS $$
  SELECT string_agg((ARRAY['login','button','crash','slow','page','export','invoice','customer','error',
    'timeout','mobile','search','filter','upload','image','email','report','payment','refund','order',
    'shipping','dark','mode','keyboard','shortcut','webhook','retry','token','expired','password',
    'reset','chart','table','column','sort','cache','stale','update','install','license','quota','limit',
    'tenant','invite','member','role','access','denied','draft','publish'])
    [1 + skewed(i * 64 + w, seed, 50)], ' ')
  FROM generate_series(1, many) w
$$;

INSERT INTO countries
SELECT chr(65 + i / 26) || chr(65 + i % 26), 'Country ' || i, i % 7 = 0 FROM generate_series(0, 199) i;
INSERT INTO categories SELECT i, nullif(i / 10, 0), 'Category ' || i FROM generate_series(1, 400) i;
INSERT INTO tenants
SELECT i, 'tenant-' || i, 'Tenant ' || i, (ARRAY['free','free','free','team','business'])[1 + i % 5],
  jsonb_build_object('theme', 'dark', 'seats', i % 50), moment(i, 1, 1500),
  CASE WHEN i % 97 = 0 THEN moment(i, 2, 300) END
FROM generate_series(1, 2000) i;
INSERT INTO users
SELECT i, 1 + skewed(i, 3, 2000), 'User' || i || '@Example' || pick(i, 4, 500) || '.com', words(i, 5, 2),
  (ARRAY['member','member','member','member','admin','owner'])[1 + pick(i, 6, 6)],
  (ARRAY['en','en','en','de','fr','ja'])[1 + pick(i, 7, 6)], moment(i, 8, 400), moment(i, 9, 1500),
  CASE WHEN pick(i, 10, 20) = 0 THEN moment(i, 11, 300) END
FROM generate_series(1, 120000) i;
INSERT INTO sessions
SELECT md5('s' || i)::uuid, 1 + skewed(i, 12, 120000), md5('token' || i), ('10.0.' || i % 250 || '.7')::inet,
  moment(i, 13, 400) + interval '30 days', moment(i, 13, 400)
FROM generate_series(1, 250000) i;
INSERT INTO projects
SELECT i, 1 + skewed(i, 14, 2000), 'P' || i, words(i, 15, 3), pick(i, 16, 4) = 0, 1 + pick(i, 17, 120000),
  moment(i, 18, 1500)
FROM generate_series(1, 15000) i;
INSERT INTO issues
SELECT i, p.tenant_id, p.id, i / 15, words(i, 20, 6), words(i, 21, 25), s.status,
  pick(i, 22, 5), 1 + skewed(i, 23, 120000), CASE WHEN pick(i, 24, 3) > 0 THEN 1 + skewed(i, 25, 120000) END,
  ARRAY[words(i, 26, 1), words(i, 27, 1)],
  jsonb_build_object('severity', 'S' || pick(i, 28, 5), 'estimate', pick(i, 29, 40), 'customer', pick(i, 30, 3000)),
  CASE WHEN pick(i, 31, 4) = 0 THEN moment(i, 32, 400)::date + 60 END, c.at, c.at + interval '3 days',
  CASE WHEN s.status = 'closed' THEN c.at + interval '9 days' END,
  CASE WHEN pick(i, 34, 25) = 0 THEN c.at + interval '20 days' END
FROM generate_series(1, 400000) i
JOIN projects p ON p.id = 1 + skewed(i, 19, 15000)
CROSS JOIN LATERAL (SELECT moment(i, 33, 1400) AS at) c
CROSS JOIN LATERAL (SELECT CASE WHEN pick(i, 35, 100) < 88 THEN 'closed' WHEN pick(i, 35, 100) < 97 THEN 'open'
  WHEN pick(i, 35, 100) < 99 THEN 'in_progress' ELSE 'blocked' END AS status) s;
INSERT INTO issue_watchers
SELECT DISTINCT 1 + pick(i, 36, 400000), 1 + skewed(i, 37, 120000) FROM generate_series(1, 600000) i;
INSERT INTO comments
SELECT i, 1 + skewed(i, 38, 400000), 1 + skewed(i, 39, 120000), words(i, 40, 12), moment(i, 41, 1400),
  CASE WHEN pick(i, 42, 30) = 0 THEN moment(i, 43, 100) END
FROM generate_series(1, 700000) i;
INSERT INTO attachments
SELECT i, (ARRAY['Issue','Issue','Comment','Message'])[1 + pick(i, 44, 4)], 1 + pick(i, 45, 400000),
  'file' || i || '.png', pick(i, 46, 5000000), md5('a' || i), moment(i, 47, 1400)
FROM generate_series(1, 200000) i;
INSERT INTO events
SELECT i, 1 + skewed(i, 48, 2000), CASE WHEN pick(i, 49, 10) > 0 THEN 1 + pick(i, 50, 120000) END,
  (ARRAY['issue.opened','issue.closed','comment.created','login','login','login','order.paid','export.failed'])
  [1 + skewed(i, 51, 8)], jsonb_build_object('ip', '10.1.' || pick(i, 52, 250) || '.9', 'subject', pick(i, 53, 400000)),
  timestamptz '2025-01-01' + i * interval '55 seconds'
FROM generate_series(1, 1000000) i;
INSERT INTO notifications
SELECT i, 1 + skewed(i, 54, 120000), (ARRAY['mention','assigned','comment','digest'])[1 + pick(i, 55, 4)],
  1 + pick(i, 56, 400000), CASE WHEN pick(i, 57, 15) > 0 THEN moment(i, 58, 300) END, moment(i, 59, 400)
FROM generate_series(1, 800000) i;
INSERT INTO jobs
SELECT i, (ARRAY['default','mail','export','webhook'])[1 + skewed(i, 60, 4)],
  CASE WHEN pick(i, 61, 1000) < 985 THEN 'done' WHEN pick(i, 61, 1000) < 995 THEN 'failed' ELSE 'ready' END,
  pick(i, 62, 10), pick(i, 63, 4), jsonb_build_object('id', i),
  timestamptz '2026-11-01' - (500000 - i) * interval '40 seconds',
  CASE WHEN pick(i, 61, 1000) < 985 THEN timestamptz '2026-11-01' - (500000 - i) * interval '40 seconds' END
FROM generate_series(1, 500000) i;
INSERT INTO products
SELECT i, 1 + skewed(i, 64, 2000), 'SKU-' || i, words(i, 65, 3), words(i, 66, 30), 1 + skewed(i, 67, 400),
  (1 + skewed(i, 68, 200000)) / 100.0,
  jsonb_build_object('color', (ARRAY['red','green','blue','black'])[1 + pick(i, 69, 4)], 'size', pick(i, 70, 12),
    'brand', 'B' || skewed(i, 71, 300)), pick(i, 72, 8) > 0, moment(i, 73, 1500)
FROM generate_series(1, 60000) i;
INSERT INTO orders
SELECT i, 1 + skewed(i, 74, 2000), 1 + skewed(i, 75, 120000),
  CASE WHEN pick(i, 76, 1000) < 940 THEN 'delivered' WHEN pick(i, 76, 1000) < 980 THEN 'cancelled'
    WHEN pick(i, 76, 1000) < 992 THEN 'shipped' ELSE 'pending' END,
  (100 + skewed(i, 77, 500000)) / 100.0, (ARRAY['EUR','EUR','USD'])[1 + pick(i, 78, 3)],
  CASE WHEN pick(i, 79, 50) = 0 THEN 'SAVE' || pick(i, 80, 200) END,
  timestamptz '2023-01-01' + i * interval '4 minutes', CASE WHEN pick(i, 76, 1000) < 940
    THEN timestamptz '2023-01-03' + i * interval '4 minutes' END
FROM generate_series(1, 450000) i;
INSERT INTO order_items
SELECT i, 1 + i / 3, 1 + skewed(i, 81, 60000), 1 + pick(i, 82, 4), (1 + skewed(i, 83, 200000)) / 100.0
FROM generate_series(1, 1300000) i;
INSERT INTO payments
SELECT i, i, (ARRAY['card','card','paypal','sepa'])[1 + pick(i, 84, 4)], md5('p' || i),
  CASE WHEN pick(i, 85, 200) = 0 THEN 'failed' ELSE 'captured' END, (100 + skewed(i, 77, 500000)) / 100.0,
  timestamptz '2023-01-01' + i * interval '4 minutes'
FROM generate_series(1, 450000) i;
INSERT INTO reviews
SELECT i, 1 + skewed(i, 86, 60000), 1 + pick(i, 87, 120000), 1 + pick(i, 88, 5), words(i, 89, 20), moment(i, 90, 1400)
FROM generate_series(1, 200000) i;
INSERT INTO channels
SELECT i, 1 + skewed(i, 91, 2000), words(i, 92, 2), pick(i, 93, 5) = 0, moment(i, 94, 1500)
FROM generate_series(1, 20000) i;
INSERT INTO messages
SELECT i, 1 + skewed(i, 95, 20000), 1 + skewed(i, 96, 120000), CASE WHEN pick(i, 97, 6) = 0 THEN greatest(1, i - pick(i, 98, 500)) END,
  words(i, 99, 10), timestamptz '2025-06-01' + i * interval '45 seconds',
  CASE WHEN pick(i, 100, 40) = 0 THEN timestamptz '2026-10-01' END, CASE WHEN pick(i, 101, 60) = 0 THEN timestamptz '2026-10-01' END
FROM generate_series(1, 1000000) i;
INSERT INTO channel_members
SELECT DISTINCT ON (1, 2) 1 + skewed(i, 102, 20000), 1 + pick(i, 103, 120000), 900000 + pick(i, 104, 100000), pick(i, 105, 8) = 0
FROM generate_series(1, 300000) i;
INSERT INTO reactions
SELECT DISTINCT 1 + pick(i, 106, 1000000), 1 + pick(i, 107, 120000), (ARRAY['+1','tada','heart','eyes'])[1 + skewed(i, 108, 4)]
FROM generate_series(1, 500000) i;
INSERT INTO webhook_deliveries
SELECT i, 1 + skewed(i, 109, 2000), 'https://hooks.example/' || pick(i, 110, 900),
  CASE WHEN pick(i, 111, 100) < 96 THEN 200 WHEN pick(i, 111, 100) < 99 THEN 500 END,
  CASE WHEN pick(i, 111, 100) >= 96 THEN moment(i, 112, 3) END, 1 + pick(i, 113, 5), timestamptz '2026-01-01' + i * interval '60 seconds'
FROM generate_series(1, 400000) i;
