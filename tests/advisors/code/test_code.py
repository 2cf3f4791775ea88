"""A source file shows its cause first, with its place, and a sound one is left alone."""

import re
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.code.inbox import GUARD, TABLE
from blueproof.advisors.code.mending import mended
from blueproof.advisors.code.rules import seen_in
from blueproof.advisors.code.sources import evidence_of
from blueproof.advisors.code.subject import Edit, Seen, Source, source_of
from blueproof.advisors.code.telling import told
from blueproof.advisors.code.told import Told
from blueproof.engines.postgres.server import Server, scratch
from blueproof.sql.statements import read_script
from blueproof.syntax.node import is_damaged, parse

HERE = Path(__file__).parent
CASES = yaml_file.load((HERE / "cases.yaml").read_text(encoding="utf-8"))
FAULTY = [case for case in CASES if not case.get("clean")]
CLEAN = [case for case in CASES if case.get("clean")]


def source(case: dict[str, Any]) -> Source:
    path = HERE / "files" / case["file"]
    kept = path if path.exists() else path.with_name(f"{path.name}.txt")
    found = source_of(case["file"], kept.read_text(encoding="utf-8"), case["words"])
    assert found is not None
    return found


def rules(text: str, path: str = "a.ts", words: str = "what is wrong here?") -> set[str]:
    found = source_of(path, text, words)
    assert found is not None
    return {seen.rule for seen in seen_in(found)}


@pytest.mark.parametrize("case", FAULTY, ids=[case["file"] for case in FAULTY])
def test_the_cause_comes_first_with_its_place(case: dict[str, Any]) -> None:
    said = told((source(case),), whole=False)
    assert re.search(case["first"], said.sentences[0]), said.sentences[0]
    assert re.search(case["says"], " ".join(said.sentences[:3])), said.sentences[:3]
    assert set(case["rules"]) <= {finding.rule for finding in said.findings}
    assert said.leads


@pytest.mark.parametrize("case", CLEAN, ids=[case["file"] for case in CLEAN])
def test_a_sound_file_is_left_without_a_finding(case: dict[str, Any]) -> None:
    said = told((source(case),), whole=False)
    assert not said.findings
    assert not said.artifacts
    assert not said.leads


@pytest.mark.parametrize("case", FAULTY, ids=[case["file"] for case in FAULTY])
def test_a_mended_file_parses_and_what_was_mended_is_seen_no_more(case: dict[str, Any]) -> None:
    before = source(case)
    text, done = mended(before, seen_in(before))
    if not text:
        return
    after = source_of(before.path, text, before.words)
    assert after is not None
    assert not is_damaged(after.root)
    again = [seen.rule for seen in seen_in(after)]
    was = [seen.rule for seen in seen_in(before)]
    for seen in done:
        assert again.count(seen.rule) < was.count(seen.rule), seen.rule


def test_most_files_come_back_mended() -> None:
    made = [case["file"] for case in FAULTY if told((source(case),), whole=False).artifacts]
    assert len(made) >= 18, made


def test_a_route_of_webhooks_comes_back_whole_with_its_table() -> None:
    case = next(case for case in FAULTY if case["file"] == "stripe-route.ts")
    files = {a.path: a.text for a in told((source(case),), whole=False).artifacts}
    route = files["mended/stripe-route.ts"]
    tree = parse(route, "stripe-route.ts")
    assert tree is not None
    assert not is_damaged(tree)
    assert route.index("received_events") < route.index("received: true")
    assert "idempotencyKey: event.id" in route
    assert "constructEvent(body, signature" in route
    assert "ROW LEVEL SECURITY" in files["mended/received_events.sql"]


def test_a_route_of_express_gets_the_raw_body_and_adds_without_a_guard() -> None:
    case = next(case for case in FAULTY if case["file"] == "topup-hook.ts")
    said = told((source(case),), whole=False)
    (file,) = [a for a in said.artifacts if a.path == "mended/topup-hook.ts"]
    assert "constructEvent((req as any).rawBody, signature" in file.text
    assert "rawBody = raw" in file.text
    assert "set tokens = tokens + $1 where" in file.text
    assert ">=" not in file.text  # what is added is never too much for what is there
    assert not any("tokens >=" in finding.says for finding in said.findings)


def files_of(name: str) -> str:
    case = next(case for case in FAULTY if case["file"] == name)
    (file,) = told((source(case),), whole=False).artifacts
    return file.text


def test_a_filter_of_convex_comes_back_as_a_range_of_its_index() -> None:
    text = files_of("like.mutation.ts")
    assert '.withIndex("by_postId_and_userId", (q) => q.eq("postId", postId)' in text
    assert ".filter(" not in text


def test_a_trigger_that_calls_itself_comes_back_for_new_documents_alone() -> None:
    text = files_of("onMessageWritten.ts")
    assert "onDocumentCreated(" in text
    assert "onDocumentWritten" not in text
    assert ".after" not in text
    assert text.index("doneEvents/${event.id}") < text.index("sendEachForMulticast")


def test_a_webhook_of_stripe_comes_back_with_its_signature_checked() -> None:
    text = files_of("edge-checkout.ts")
    assert "constructEventAsync(" in text
    assert "await req.text()" in text
    assert "req.json()" not in text
    assert "const { data, error } = await admin" in text


def test_an_effect_keeps_what_it_hangs_on_and_drops_what_it_sets() -> None:
    assert "}, [uid]);" in files_of("useMyMessages.tsx")


def test_a_trigger_of_the_first_generation_turns_back_at_its_own_change() -> None:
    text = files_of("syncProfile.js")
    assert "const before = change.before.data();" in text
    assert "before.firstName === data.firstName && before.lastName === data.lastName" in text


def test_work_that_waits_for_a_state_turns_back_where_the_state_stays() -> None:
    text = files_of("confirmed.js")
    assert "if (before?.state === booking.state) return;" in text
    assert "onDocumentCreated" not in text


def test_a_message_of_a_queue_is_taken_alone_hidden_long_enough_and_paid_once() -> None:
    text = files_of("charges.py")
    assert "MaxNumberOfMessages=1, VisibilityTimeout=270" in text
    assert 'idempotency_key=m["MessageId"]' in text


def test_bytes_and_not_a_blob_go_up_and_may_replace_what_is_there() -> None:
    text = files_of("uploadAvatar.ts")
    assert "res.arrayBuffer()" in text
    assert "upsert: true" in text


def test_what_is_given_back_is_all_that_is_read() -> None:
    text = files_of("messages.list.ts")
    assert '.order("desc").take(50)' in text
    assert "collect(" not in text


def test_amounts_of_money_and_rates_are_no_numbers_of_things() -> None:
    told_of = Told("a $190 invocations bill, $12, invocations rose; ~2k messages a day")
    assert told_of.of("invocation") is None
    assert told_of.many() is None
    assert told_of.of("message") == 2000


def test_what_is_left_to_be_done_by_hand_is_said_with_the_file() -> None:
    case = next(case for case in FAULTY if case["file"] == "like.mutation.ts")
    said = told((source(case),), whole=False)
    assert "line 12 (cx-hot-row) remains to be done by hand" in said.sentences[-1]


def test_figures_of_senders_and_limits_have_a_published_source() -> None:
    for rule, text in (
        ("wh-slow-before-ack", "x-github-event"),
        ("wh-slow-before-ack", "shopify"),
        ("fs-hot-document", ""),
        ("push-over-limit", ""),
        ("ddb-scan", ""),
        ("fb-writes-itself", ""),
        ("cx-action-dies", ""),
    ):
        assert evidence_of(rule, text), rule


def test_documents_that_are_counted_come_back_counted_by_the_server() -> None:
    case = next(case for case in FAULTY if case["file"] == "ConversationList.tsx")
    (file,) = told((source(case),), whole=False).artifacts
    assert "await getCountFromServer(\n" in file.text or "getCountFromServer(query" in file.text
    assert "unread.data().count" in file.text


def test_an_event_is_taken_once_at_a_time_and_again_when_its_time_is_over() -> None:
    with Server() as server, scratch(server) as name:
        session = server.guest(name)
        for statement in read_script(TABLE + GUARD, path="t.sql").statements:
            session.run(statement.text)
        keep = (
            "INSERT INTO received_events (source, event_id, payload) "
            "VALUES ('stripe', 'e1', '{}') ON CONFLICT DO NOTHING"
        )
        session.run(keep)
        session.run(keep)
        taken = "SELECT event_id FROM claim_events(20)"
        assert len(session.run(taken)) == 1
        assert not session.run(taken)
        session.run("UPDATE received_events SET claimed_until = now() - interval '1 minute'")
        assert len(session.run(taken)) == 1
        session.run("UPDATE received_events SET done_at = now(), claimed_until = now()")
        assert not session.run(taken)
        session.close()


NEAR = {
    "a loop over batches": "for (const batch of chunk(ids, 100)) { await db.query(sql, [batch]); }",
    "a fixed list": "for (const t of ['a', 'b']) { await db.query(`DELETE FROM ${'x'}`, [t]); }",
    "paging": "let c; while (true) { const r = await prisma.a.findMany({ take: 9, cursor: c }); }",
    "a tagged template": "async (req) => sql`SELECT * FROM a WHERE id = ${req.id}`",
    "placeholders": (
        "async function f(ids: string[]) { const p = ids.map((_, i) => `$${i + 1}`).join(', ');"
        " return db.query(`SELECT id FROM a WHERE id IN (${p}) LIMIT 9`, ids); }"
    ),
    "a transaction": (
        "await runTransaction(db, async (tx) => { const s = await tx.get(ref);"
        " tx.update(ref, { n: s.data().n + 1 }); });"
    ),
    "a lock": (
        "async function f(c) { const { rows } = await c.query("
        "'SELECT n FROM a WHERE id = 1 FOR UPDATE');"
        " await c.query('UPDATE a SET n = $1 WHERE id = 1', [rows[0].n + 1]); }"
    ),
    "one pool": "const p = new Pool();\nexport const handler = async () => p.query('SELECT 1');",
    "a pool made once": "let pool; function getPool() { pool ??= new Pool(); return pool; }",
    "a token verified": "function f(req) { return jwt.verify(req.token, KEY); }",
    "a client that asks its own server": "async function f() { return fetch('/api/me'); }",
    "a filter of an index's range": (
        "export const a = query({ handler: async (ctx) => ctx.db.query('t')"
        ".withIndex('by_a', (q) => q.eq('a', 1)).filter((q) => q.gt(q.field('n'), 1)).first() });"
    ),
    "a counter of one's own row": (
        "export const a = mutation({ handler: async (ctx, { id }) => { const me = await "
        "ctx.db.get(id); await ctx.db.patch(id, { n: me.n + 1 }); } });"
    ),
    "fetch in an action": (
        "export const a = action({ handler: async (ctx) => { const r = await fetch(URL, { signal:"
        " AbortSignal.timeout(9) }); await ctx.runMutation(internal.a.b, { s: r.status }); } });"
    ),
    "a trigger that writes elsewhere": (
        "export const f = onDocumentUpdated('a/{id}', async (event) => {"
        " await db.doc(`b/${event.params.id}`).set({ n: event.data.after.data().n }); });"
    ),
    "a trigger that turns back": (
        "export const f = onDocumentWritten('a/{id}', async (event) => {"
        " if (event.data.after.data().slug) return;"
        " await event.data.after.ref.update({ slug: 'x' }); });"
    ),
    "an upload under a new name": (
        "async function up(b) { return supabase.storage.from('a')"
        ".upload(`${Date.now()}.jpg`, b, { contentType: 'image/jpeg' }); }"
    ),
    "an effect that sets another thing": (
        "function A({ id }) { const [all, setAll] = useState([]);"
        " useEffect(() => onSnapshot(doc(db, 'a', id), (s) => setAll(s.data())), [id]); }"
    ),
    "awaited work": "export default async function f(req, res) { await sendMail(1); res.end(); }",
}


@pytest.mark.parametrize("code", NEAR.values(), ids=NEAR)
def test_what_only_looks_like_a_fault_is_left_alone(code: str) -> None:
    assert not rules(code, words="on Vercel, is this ok?")


ONCE = {
    "a list that is sent one by one": (
        "export async function flush() { const all = JSON.parse(await AsyncStorage.getItem('q'));"
        " for (const one of all) { const r = await fetch('/o', { method: 'POST', body: one });"
        " if (!r.ok) return; await AsyncStorage.setItem('q', rest(one)); } }"
    ),
    "a payment with its key": (
        "export const handler = async (e) => { for (const r of e.jobs) {"
        " await stripe.paymentIntents.create({ amount: 1 }, { idempotencyKey: r.id }); } };"
    ),
}


@pytest.mark.parametrize("code", ONCE.values(), ids=ONCE)
def test_what_is_sent_or_paid_once_is_not_said_to_be_done_twice(code: str) -> None:
    found = rules(code, words="orders come twice, is this ok?")
    assert not found & {"outbox-sends-again", "outbox-status-ignored", "pay-without-key"}


PYTHON_NEAR = {
    "a time limit": "def f():\n    return requests.get(URL, timeout=5).json()\n",
    "an atomic sum": "def f(w):\n    Wallet.objects.filter(id=w).update(n=F('n') - 1)\n",
    "a locked row": (
        "def f(u):\n    with transaction.atomic():\n"
        "        w = Wallet.objects.select_for_update().get(user=u)\n"
        "        w.n = w.n - 1\n        w.save()\n"
    ),
    "what is joined": (
        "def f():\n    for e in Entry.objects.select_related('shop').all():\n"
        "        print(e.shop.name)\n"
    ),
    "parameters": 'def f(c, q):\n    c.execute("SELECT id FROM a WHERE n = %s", (q,))\n',
}


@pytest.mark.parametrize("code", PYTHON_NEAR.values(), ids=PYTHON_NEAR)
def test_python_that_only_looks_like_a_fault_is_left_alone(code: str) -> None:
    assert not rules(code, "a.py")


def test_of_a_folder_only_what_the_words_tell_of_is_said() -> None:
    case = next(case for case in FAULTY if case["file"] == "likes.ts")
    text = (HERE / "files" / "likes.ts").read_text(encoding="utf-8")
    other = source_of("likes.ts", text, "Where does the bill of S3 come from?")
    assert other is not None
    assert not told((other,), whole=True).sentences
    assert told((source(case),), whole=True).leads


def test_no_change_leaves_a_file_that_does_not_parse() -> None:
    broken = source_of("a.ts", "export async function f( {", "review")
    assert broken is None or not mended(broken, seen_in(broken))[0]


def test_a_change_that_leaves_no_program_is_left_out() -> None:
    found = source_of("a.ts", "const a = f(1);\n", "review")
    assert found is not None
    breaks = Seen(rule="x", line=1, what="w", do="d", edits=(Edit(start=10, end=15, text="f(("),))
    sound = Seen(rule="y", line=1, what="w", do="d", edits=(Edit(start=12, end=13, text="2"),))
    assert mended(found, (breaks,)) == ("", ())
    assert mended(found, (breaks, sound)) == ("const a = f(2);\n", (sound,))


def test_of_several_files_those_lead_that_are_about_what_the_words_name() -> None:
    words = "Some orders stay pending and the mail comes twice. Why does that happen?"
    files = [
        source_of(name, (HERE / "files" / name).read_text(encoding="utf-8"), words)
        for name in ("useLists.ts", "stripe-route.ts")
    ]
    said = told(tuple(each for each in files if each), whole=True)
    assert said.sentences[0].startswith("stripe-route.ts:")
    assert all("useLists" not in finding.where for finding in said.findings)


def test_the_newest_are_kept_by_a_limit_whatever_the_order() -> None:
    code = "getDocs(query(collection(db, 'messages'), orderBy('at')));"
    rising = source_of("a.ts", f"import {{ getDocs }} from 'firebase/firestore';\n{code}", "reads")
    assert rising is not None
    assert "limitToLast(50)" in mended(rising, seen_in(rising))[0]
    falling = source_of("a.ts", rising.text.replace("'at'", "'at', 'desc'"), "reads")
    assert falling is not None
    assert ", limit(50)" in mended(falling, seen_in(falling))[0]
