-- What came in, with its rest and its end; what went out, never changed.
CREATE TABLE people (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);

CREATE TABLE grants (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person_id bigint NOT NULL REFERENCES people (id),
  source text NOT NULL CHECK (source IN ('bought', 'free', 'support', 'opening')),
  reference text NOT NULL CONSTRAINT grants_once UNIQUE,
  amount int NOT NULL CHECK (amount > 0),
  rest int NOT NULL,
  expires_at timestamptz NOT NULL DEFAULT 'infinity',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT grants_rest CHECK (rest BETWEEN 0 AND amount)
);
CREATE INDEX grants_open_idx ON grants (person_id, expires_at) WHERE rest > 0;

CREATE TABLE entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  grant_id bigint NOT NULL REFERENCES grants (id),
  amount int NOT NULL CHECK (amount <> 0),
  reason text NOT NULL CHECK (reason IN ('spent', 'returned', 'expired', 'refunded')),
  reference text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT entries_once UNIQUE (grant_id, reason, reference)
);

CREATE FUNCTION entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'an entry is not changed' USING ERRCODE = '23001';
END $$;
CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries
  FOR EACH ROW EXECUTE FUNCTION entries_stay();

-- What ends first is spent first; the same reference spends once.
CREATE FUNCTION spend(person bigint, wanted int, ref text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE open grants; part int; missing int := wanted; BEGIN
  IF wanted <= 0 THEN
    RAISE EXCEPTION 'nothing to spend' USING ERRCODE = '23514';
  END IF;
  PERFORM FROM people WHERE id = person FOR UPDATE;
  IF EXISTS (SELECT FROM entries e JOIN grants g ON g.id = e.grant_id
      WHERE g.person_id = person AND e.reason = 'spent' AND e.reference = ref) THEN
    RETURN false;
  END IF;
  FOR open IN SELECT * FROM grants WHERE person_id = person AND rest > 0 AND expires_at > now()
      ORDER BY expires_at, id LOOP
    EXIT WHEN missing = 0;
    part := least(open.rest, missing);
    UPDATE grants SET rest = rest - part WHERE id = open.id;
    INSERT INTO entries (grant_id, amount, reason, reference) VALUES (open.id, -part, 'spent', ref);
    missing := missing - part;
  END LOOP;
  IF missing > 0 THEN
    RAISE EXCEPTION 'not enough' USING ERRCODE = '23514';
  END IF;
  RETURN true;
END $$;

-- The balance: SELECT coalesce(sum(rest), 0) FROM grants WHERE person_id = $1 AND expires_at > now();
