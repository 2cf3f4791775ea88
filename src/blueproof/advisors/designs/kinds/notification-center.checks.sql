-- Shows that a choice counts where it may, nothing goes out twice on one channel, and a digest has its day.
-- Leaves nothing behind; needs the tables of schema.sql.

-- Trial: the default, the choice, and what may not be switched off
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1), (-2);
INSERT INTO notification_types VALUES ('reply', '{push}', false), ('password', '{mail}', true);
INSERT INTO preferences VALUES (-1, 'reply', '{digest}'), (-1, 'password', '{}');
DO $$ BEGIN
  IF channels_of(-1, 'reply') <> '{digest}' OR channels_of(-2, 'reply') <> '{push}'
      OR channels_of(-1, 'password') <> '{mail}' THEN
    RAISE EXCEPTION 'another channel';
  END IF;
END $$;
ROLLBACK;

-- Trial: it goes out twice on one channel
-- Must fail after: ALTER TABLE deliveries DROP CONSTRAINT deliveries_once;
BEGIN;
INSERT INTO deliveries (notification_id, channel) VALUES (1, 'push');
DO $$ BEGIN
  INSERT INTO deliveries (notification_id, channel) VALUES (1, 'push');
  RAISE EXCEPTION 'not refused: twice';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: a digest without its day
-- Must fail after: ALTER TABLE deliveries DROP CONSTRAINT deliveries_digest;
BEGIN;
DO $$ BEGIN
  INSERT INTO deliveries (notification_id, channel) VALUES (1, 'digest');
  RAISE EXCEPTION 'not refused: no day';
EXCEPTION WHEN check_violation THEN NULL;
END $$;
ROLLBACK;

-- Trial: a person has two preferences for one type
-- Must fail after: ALTER TABLE preferences DROP CONSTRAINT preferences_once;
BEGIN;
INSERT INTO people (id) OVERRIDING SYSTEM VALUE VALUES (-1);
INSERT INTO notification_types VALUES ('reply', '{push}', false);
INSERT INTO preferences VALUES (-1, 'reply', '{digest}');
DO $$ BEGIN
  INSERT INTO preferences VALUES (-1, 'reply', '{push}');
  RAISE EXCEPTION 'not refused: two';
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
ROLLBACK;
