-- Who may do something at present. The fence rises with each holder and tells a late one apart.
CREATE TABLE leases (
  name text PRIMARY KEY,
  fence bigint NOT NULL DEFAULT 1,
  held_until timestamptz NOT NULL
);
