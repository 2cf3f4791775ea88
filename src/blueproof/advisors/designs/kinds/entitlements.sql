-- Access is worked out from subscriptions of every source.
CREATE TABLE people (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);

CREATE TABLE subscriptions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner_id bigint NOT NULL REFERENCES people (id),
  source text NOT NULL CHECK (source IN ('app_store', 'play', 'stripe', 'support')),
  external_id text NOT NULL,
  plan text NOT NULL,
  seats int NOT NULL DEFAULT 1 CHECK (seats > 0),
  state text NOT NULL CHECK (state IN ('trial', 'active', 'grace', 'ended', 'refunded')),
  paid_until timestamptz NOT NULL,
  given_by text,
  CONSTRAINT subscriptions_once UNIQUE (source, external_id),
  CONSTRAINT subscriptions_given CHECK ((source = 'support') = (given_by IS NOT NULL))
);
CREATE INDEX subscriptions_owner_idx ON subscriptions (owner_id);

-- Others who are covered, the owner not among them.
CREATE TABLE subscription_members (
  subscription_id bigint NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
  person_id bigint NOT NULL REFERENCES people (id),
  PRIMARY KEY (subscription_id, person_id)
);
CREATE INDEX subscription_members_person_idx ON subscription_members (person_id);

CREATE TABLE store_events (
  source text NOT NULL,
  id text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT store_events_once PRIMARY KEY (source, id)
);

CREATE FUNCTION seats_left() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE most int; BEGIN
  SELECT seats INTO most FROM subscriptions WHERE id = NEW.subscription_id FOR UPDATE;
  IF (SELECT count(*) FROM subscription_members WHERE subscription_id = NEW.subscription_id)
      >= most - 1 THEN
    RAISE EXCEPTION 'no seat left' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER seats_left BEFORE INSERT ON subscription_members
  FOR EACH ROW EXECUTE FUNCTION seats_left();

CREATE FUNCTION has_access(person bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM subscriptions s
    WHERE s.state IN ('trial', 'active', 'grace') AND s.paid_until > now()
      AND (s.owner_id = person OR EXISTS (SELECT FROM subscription_members m
        WHERE m.subscription_id = s.id AND m.person_id = person)))
$$;
