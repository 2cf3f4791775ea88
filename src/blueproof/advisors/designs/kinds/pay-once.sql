-- One order for each checkout, one payment for each order, one effect for each event.
CREATE TABLE orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  checkout_key uuid NOT NULL CONSTRAINT orders_checkout_once UNIQUE,
  customer_id bigint NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  state text NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'paid', 'failed', 'refunded')),
  payment_id text CONSTRAINT orders_payment_once UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT orders_paid CHECK (state IN ('pending', 'failed') OR payment_id IS NOT NULL)
);

CREATE TABLE payment_events (
  id text CONSTRAINT payment_events_once PRIMARY KEY,
  type text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now()
);

-- The webhook, after its signature was checked, in one statement:
-- WITH fresh AS (INSERT INTO payment_events (id, type) VALUES ($1, $2)
--                ON CONFLICT DO NOTHING RETURNING id)
-- UPDATE orders SET state = 'paid'
--   WHERE payment_id = $3 AND state = 'pending' AND EXISTS (SELECT FROM fresh);
