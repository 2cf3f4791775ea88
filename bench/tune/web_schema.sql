-- The large tables of the web application. Keys as an ORM makes them, indexes as people add them.
CREATE TABLE tenants (
  id bigint PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  name text NOT NULL,
  plan text NOT NULL,
  settings jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  suspended_at timestamptz
);
CREATE TABLE users (
  id bigint PRIMARY KEY,
  tenant_id bigint NOT NULL REFERENCES tenants,
  email text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  locale text NOT NULL,
  last_seen_at timestamptz,
  created_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE INDEX users_email_idx ON users (email);
CREATE INDEX users_deleted_at_idx ON users (deleted_at);
CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users,
  token text NOT NULL,
  ip inet NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE projects (
  id bigint PRIMARY KEY,
  tenant_id bigint NOT NULL REFERENCES tenants,
  key text NOT NULL,
  name text NOT NULL,
  archived boolean NOT NULL,
  owner_id bigint NOT NULL REFERENCES users,
  created_at timestamptz NOT NULL
);
CREATE TABLE issues (
  id bigint PRIMARY KEY,
  tenant_id bigint NOT NULL REFERENCES tenants,
  project_id bigint NOT NULL REFERENCES projects,
  number integer NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  status text NOT NULL,
  priority smallint NOT NULL,
  author_id bigint NOT NULL REFERENCES users,
  assignee_id bigint REFERENCES users,
  tags text[] NOT NULL,
  custom jsonb NOT NULL,
  due_on date,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  closed_at timestamptz,
  deleted_at timestamptz
);
CREATE INDEX issues_status_idx ON issues (status);
CREATE INDEX issues_project_id_idx ON issues (project_id);
CREATE INDEX issues_project_id_number_idx ON issues (project_id, number);
CREATE TABLE issue_watchers (
  issue_id bigint NOT NULL REFERENCES issues,
  user_id bigint NOT NULL REFERENCES users,
  PRIMARY KEY (issue_id, user_id)
);
CREATE TABLE comments (
  id bigint PRIMARY KEY,
  issue_id bigint NOT NULL REFERENCES issues,
  author_id bigint NOT NULL REFERENCES users,
  body text NOT NULL,
  created_at timestamptz NOT NULL,
  deleted_at timestamptz
);
CREATE TABLE attachments (
  id bigint PRIMARY KEY,
  owner_type text NOT NULL,
  owner_id bigint NOT NULL,
  file_name text NOT NULL,
  bytes bigint NOT NULL,
  checksum text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE events (
  id bigint PRIMARY KEY,
  tenant_id bigint NOT NULL,
  actor_id bigint,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE notifications (
  id bigint PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users,
  kind text NOT NULL,
  subject_id bigint NOT NULL,
  read_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE TABLE jobs (
  id bigint PRIMARY KEY,
  queue text NOT NULL,
  status text NOT NULL,
  priority smallint NOT NULL,
  attempts smallint NOT NULL,
  payload jsonb NOT NULL,
  run_at timestamptz NOT NULL,
  finished_at timestamptz
);
CREATE INDEX jobs_status_idx ON jobs (status);
CREATE TABLE products (
  id bigint PRIMARY KEY,
  tenant_id bigint NOT NULL REFERENCES tenants,
  sku text NOT NULL,
  name text NOT NULL,
  description text NOT NULL,
  category_id integer NOT NULL,
  price numeric(12,2) NOT NULL,
  attributes jsonb NOT NULL,
  active boolean NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  tenant_id bigint NOT NULL REFERENCES tenants,
  customer_id bigint NOT NULL REFERENCES users,
  status text NOT NULL,
  total numeric(12,2) NOT NULL,
  currency char(3) NOT NULL,
  coupon text,
  placed_at timestamptz NOT NULL,
  shipped_at timestamptz
);
CREATE INDEX orders_tenant_id_idx ON orders (tenant_id);
CREATE TABLE order_items (
  id bigint PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders,
  product_id bigint NOT NULL REFERENCES products,
  quantity integer NOT NULL,
  price numeric(12,2) NOT NULL
);
CREATE TABLE payments (
  id bigint PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders,
  provider text NOT NULL,
  provider_ref text NOT NULL,
  state text NOT NULL,
  amount numeric(12,2) NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE reviews (
  id bigint PRIMARY KEY,
  product_id bigint NOT NULL REFERENCES products,
  user_id bigint NOT NULL REFERENCES users,
  stars smallint NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE channels (
  id bigint PRIMARY KEY,
  tenant_id bigint NOT NULL REFERENCES tenants,
  name text NOT NULL,
  private boolean NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE channel_members (
  channel_id bigint NOT NULL REFERENCES channels,
  user_id bigint NOT NULL REFERENCES users,
  last_read_message_id bigint NOT NULL,
  muted boolean NOT NULL,
  PRIMARY KEY (channel_id, user_id)
);
CREATE TABLE messages (
  id bigint PRIMARY KEY,
  channel_id bigint NOT NULL REFERENCES channels,
  author_id bigint NOT NULL REFERENCES users,
  thread_id bigint,
  body text NOT NULL,
  created_at timestamptz NOT NULL,
  edited_at timestamptz,
  deleted_at timestamptz
);
CREATE TABLE reactions (
  message_id bigint NOT NULL REFERENCES messages,
  user_id bigint NOT NULL REFERENCES users,
  emoji text NOT NULL,
  PRIMARY KEY (message_id, user_id, emoji)
);
CREATE TABLE webhook_deliveries (
  id bigint PRIMARY KEY,
  tenant_id bigint NOT NULL,
  url text NOT NULL,
  status_code integer,
  next_try_at timestamptz,
  attempts smallint NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL, eu boolean NOT NULL);
CREATE TABLE categories (
  id integer PRIMARY KEY,
  parent_id integer REFERENCES categories,
  name text NOT NULL
);
