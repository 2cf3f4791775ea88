"""A webhook's route that keeps the event, answers, and works it off after: the whole file.

The person's own code stays as it is: what checks the signature before the answer, what does the
work in a function of its own, which a schedule calls again for what failed.
"""

import re
from dataclasses import dataclass

from blueproof.advisors.code.subject import Source, source_of
from blueproof.advisors.code.webhooks import hook_of, sender_of
from blueproof.syntax.node import Node, is_damaged
from blueproof.syntax.places import identifiers

TABLE = """\
-- Events as they came: kept before the answer, worked off after it, each once.
CREATE TABLE received_events (
  source text NOT NULL,
  event_id text NOT NULL,
  payload jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  claimed_until timestamptz NOT NULL DEFAULT now(),
  tries integer NOT NULL DEFAULT 0,
  done_at timestamptz,
  PRIMARY KEY (source, event_id)
);
CREATE INDEX ON received_events (claimed_until) WHERE done_at IS NULL;

-- Takes events that wait, for two minutes; a worker that dies leaves them to the next.
CREATE FUNCTION claim_events(most integer) RETURNS SETOF received_events
LANGUAGE sql SET search_path = '' AS $$
  UPDATE public.received_events AS e
     SET claimed_until = now() + interval '2 minutes', tries = e.tries + 1
   WHERE (e.source, e.event_id) IN (
     SELECT w.source, w.event_id FROM public.received_events AS w
      WHERE w.done_at IS NULL AND w.claimed_until <= now() AND w.tries < 20
      ORDER BY w.received_at LIMIT most FOR UPDATE SKIP LOCKED)
  RETURNING e.*;
$$;
"""
GUARD = """
-- No policy: of the roles of the API only the service key gets at it.
ALTER TABLE received_events ENABLE ROW LEVEL SECURITY;
"""
TABLE_PATH = "mended/received_events.sql"
_SUPABASE = (
    """\
  const { error: lost } = await HOLD
    .from('received_events')
    .upsert(
      { source: 'SENDER', event_id: EVENT.id, payload: EVENT },
      { onConflict: 'source,event_id', ignoreDuplicates: true },
    );
  if (lost) return new Response('not kept', { status: 500 });
""",
    """\
  const { data: waiting, error } = await HOLD.rpc('claim_events', { most: 20 });
  if (error) throw error;
""",
    """\
      const { error: unmarked } = await HOLD
        .from('received_events')
        .update({ done_at: new Date().toISOString() })
        .eq('source', each.source)
        .eq('event_id', each.event_id);
      if (unmarked) throw unmarked;
""",
)
_POOL = (
    """\
  await HOLD.query(
    `INSERT INTO received_events (source, event_id, payload) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING`,
    ['SENDER', EVENT.id, JSON.stringify(EVENT)],
  );
""",
    """\
  const { rows: waiting } = await HOLD.query('SELECT * FROM claim_events($1)', [20]);
""",
    """\
      await HOLD.query(
        'UPDATE received_events SET done_at = now() WHERE source = $1 AND event_id = $2',
        [each.source, each.event_id],
      );
""",
)
_ROUTE = """\
  // Kept before the answer: a delivery that comes again finds its id and adds nothing.
KEEP
  after(workOff);
ANSWER
}

/** For what failed the first time: a schedule calls this every minute. */
export async function GET(request: Request) {
  if (request.headers.get('authorization') !== `Bearer ${process.env.CRON_SECRET}`) {
    return new Response('not allowed', { status: 401 });
  }
  await workOff();
  return new Response('done');
}

async function workOff() {
TAKE  for (const each of waiting) {
    try {
      await work(each.payload as TYPE);
MARK    } catch (failure) {
      console.error('event left for the next round', each.event_id, failure);
    }
  }
}

async function work(EVENT: TYPE) {
BODY
}
"""


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """A route in its parts: what checks, what works, and what answers."""

    function: Node
    checks: list[Node]
    works: list[Node]
    answer: Node
    event: str


def with_inbox(source: Source) -> str:
    """The route that keeps events first; "" where it is no route that can be parted."""
    parts = _parted(source)
    held = _store(source)
    if parts is None or held is None or not source.path.endswith((".ts", ".tsx")):
        return ""
    name, (keep, take, mark) = held
    typed = re.search(rf"let {parts.event}: ([\w.]+)", source.text)
    given = {"HOLD": name, "SENDER": sender_of(source)[0].lower(), "EVENT": parts.event}
    body = _body(source, parts, name)
    route = _ROUTE.replace("KEEP\n", keep).replace("TAKE", take).replace("MARK", mark)
    for mark_of, value in given.items():
        route = re.sub(rf"\b{mark_of}\b", value, route)
    route = route.replace("TYPE", typed[1] if typed else "Stripe.Event")
    route = route.replace("ANSWER", f"  {parts.answer.text}")
    route = route.replace("BODY", f"  {_keyed(body, parts.event)}")
    head = source.text[: parts.checks[-1].end]
    lifted = next((w for w in parts.works if re.match(rf"const {name} = createClient\(", w.text)),
                  None)  # fmt: skip
    if lifted is not None:
        top = next((n for n in parts.function.above() if n.kind == "export_statement"), None)
        at = top.start if top else parts.function.start
        head = f"{head[:at]}{lifted.text}\n\n{head[at:]}"
    text = f"{head}\n\n{route}{source.text[parts.function.end :].lstrip()}"
    text = _with_after(text)
    made = source_of(source.path, text, source.words)
    return text if made is not None and not is_damaged(made.root) else ""


def _body(source: Source, parts: _Parts, name: str) -> str:
    """The work, without the client that is made at the top of the file instead."""
    made = next(
        (w for w in parts.works if w.text.startswith(f"const {name} = createClient(")), None
    )
    text = source.text[parts.works[0].start : parts.works[-1].end]
    return text if made is None else text.replace(made.text, "", 1).lstrip()


def _with_after(text: str) -> str:
    found = re.search(r"import \{ ([^}]*?),? \} from 'next/server';", text)
    if found is None:
        return f"import {{ after }} from 'next/server';\n{text}"
    names = f"import {{ {found[1]}, after }} from 'next/server';"
    return text[: found.start()] + names + text[found.end() :]


def _parted(source: Source) -> _Parts | None:
    handler = hook_of(source)
    body = handler.function.child("body") if handler and handler.where == "next" else None
    if handler is None or body is None or "after(" in source.text:
        return None
    made = next((c for c in source.within(body) if c.last.startswith("constructEvent")), None)
    if made is None:
        return None
    at = next(i for i, part in enumerate(body.parts) if part.holds(made.node))
    rest = body.parts[at + 1 :]
    if not rest[:-1] or rest[-1].kind != "return_statement":
        return None
    held = next((n for n in made.node.above() if n.kind in
                 {"assignment_expression", "variable_declarator"}), None)  # fmt: skip
    name = (held.child("left") or held.child("name")) if held else None
    given = handler.function.child("parameters")
    request = identifiers(given) if given else set()
    works = rest[:-1]
    if name is None or any(request & identifiers(part) for part in works):
        return None
    return _Parts(function=handler.function, checks=body.parts[: at + 1], works=works,
                  answer=rest[-1], event=name.text)  # fmt: skip


def _store(source: Source) -> tuple[str, tuple[str, str, str]] | None:
    """What the file keeps its data with: its name, and how events are kept there."""
    handler = hook_of(source)
    for call in source.within(handler.function) if handler else ():
        if call.link("from") and re.match(r"(?i)supabase|admin|db|client", call.root):
            return call.root, _SUPABASE
        if call.last == "query" and call.root in {"pool", "db"}:
            return call.root, _POOL
    return None


def _keyed(body: str, event: str) -> str:
    """The work with the event's id as the key under which a mail is sent once."""
    return re.sub(
        r"(emails\.send\(\{.*?\n\s*\})\);",
        rf"\1, {{ idempotencyKey: {event}.id }});",
        body,
        flags=re.DOTALL,
    )
