"""The MCP server, spoken to by the official client in both generations of the protocol."""

import asyncio
import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp.server.mcpserver", reason="the extra mcp (version 2) is not installed")

from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent, TextResourceContents

from blueproof.cli.mcp import command
from blueproof.core.errors import EngineError
from blueproof.mcp import make_server

HANDSHAKE, STATELESS = "2025-11-25", "2026-07-28"
MODES = {HANDSHAKE: "legacy", STATELESS: STATELESS}
REQUEST = (
    "I'm building a React Native app with Expo and need to choose between Convex and Firebase for "
    "my backend. The app will have live updates and user authentication. We expect 5000 users, "
    "and the data must stay in the EU."
)
SCHEMA = """\
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers);
"""
QUERIES = "SELECT * FROM orders WHERE customer_id = $1;\n"
HIDDEN = "hunter2secret"

Talk = Callable[[Client], Awaitable[Any]]


def talk(mode: str, script: Talk, server: Any = None) -> Any:
    async def whole() -> Any:
        async with Client(server or make_server(), mode=MODES[mode]) as client:
            assert client.session.protocol_version == mode
            return await script(client)

    return asyncio.run(whole())


def text_of(result: CallToolResult) -> str:
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    assert "Traceback" not in text + json.dumps(result.structured_content)
    assert "Error" not in text
    return text


def called(mode: str, tool: str, **arguments: Any) -> CallToolResult:
    result: CallToolResult = talk(mode, lambda client: client.call_tool(tool, arguments))
    return result


def content_of(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, text_of(result)
    content: dict[str, Any] | None = result.structured_content
    assert content is not None
    return content


def refused(result: CallToolResult, *words: str) -> None:
    text = text_of(result)
    assert result.is_error
    assert result.structured_content is None
    assert len(text.splitlines()) == 1
    for word in words:
        assert word in text, text


@pytest.mark.parametrize("mode", MODES)
def test_there_are_two_tools_and_they_say_what_must_not_be_made_up(mode: str) -> None:
    tools = {t.name: t for t in talk(mode, lambda client: client.list_tools()).tools}
    assert set(tools) == {"consult", "show_proof"}
    for tool in tools.values():
        assert "Never state a price, limit, benchmark" in (tool.description or "")
    assert "literal quote" in (tools["consult"].description or "")
    schema = tools["consult"].input_schema
    assert set(schema["properties"]) == {"request", "facts", "answers", "files", "sizes"}
    assert schema["required"] == ["request"]


@pytest.mark.parametrize("mode", MODES)
def test_the_json_is_that_of_the_command_line(mode: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "blueproof", REQUEST, "--json", "--no-input"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert content_of(called(mode, "consult", request=REQUEST)) == json.loads(done.stdout)


@pytest.mark.parametrize("mode", MODES)
def test_a_consultation_with_right_wrong_and_contradicting_facts(mode: str) -> None:
    facts = [
        {"key": "offline", "value": "yes", "quote": "React Native app"},
        {"key": "hipaa", "value": True, "quote": "patients' records"},
        {"key": "region", "value": "us", "quote": "Convex and Firebase"},
        {"key": "pick", "value": "convex", "quote": "Convex"},
    ]
    result = called(mode, "consult", request=REQUEST, facts=facts)
    content, text = content_of(result), text_of(result)
    understood = {f["key"]: f["value"] for f in content["understood"]}
    assert understood["offline"] == "yes"
    assert "hipaa" not in understood
    assert "region" not in understood
    assert "pick" not in understood
    first, *_ = content["open_questions"]
    assert (first["id"], first["key"], first["options"]) == ("1", "region", ["eu", "us"])
    assert "hipaa=True: the quote" in text
    assert "'pick' is no fact" in text
    assert "region was read as eu" in text
    assert text.index("Answer: ") < text.index("Ask the person") < text.index("Refused")


def test_what_the_person_answers_settles_a_conflict() -> None:
    facts = [{"key": "region", "value": "us", "quote": "Convex and Firebase"}]
    answers = {"region": "us", "users": 300}
    settled = content_of(
        called(STATELESS, "consult", request=REQUEST, facts=facts, answers=answers)
    )
    assert "region" not in {q["key"] for q in settled["open_questions"]}
    stated = {f["key"]: f["value"] for f in settled["understood"] if f["source"] == "stated"}
    assert stated == {"region": "us", "users": "300"}
    assert {b["size"] for b in settled["bill"]} == {"300 monthly users", "3,000 monthly users"}


def test_the_bill_is_shown_for_the_sizes_asked() -> None:
    content = content_of(called(STATELESS, "consult", request=REQUEST, sizes=[700, 7000]))
    assert {b["size"] for b in content["bill"]} == {"700 monthly users", "7,000 monthly users"}


def both(client: Client) -> Awaitable[tuple[CallToolResult, CallToolResult, CallToolResult]]:
    """A consultation, its first proof, and its last."""

    async def script() -> tuple[CallToolResult, CallToolResult, CallToolResult]:
        facts = [{"key": "offline", "value": "yes", "quote": "React Native app"}]
        held = await client.call_tool("consult", {"request": REQUEST, "facts": facts})
        name = text_of(held).split()[1]
        ids = [p["id"] for p in content_of(held)["proofs"]]
        shown = [
            await client.call_tool("show_proof", {"consultation": name, "proof": proof})
            for proof in (ids[0], ids[-1])
        ]
        return held, shown[0], shown[1]

    return script()


@pytest.mark.parametrize("mode", MODES)
def test_a_proof_is_shown_with_its_figures_and_sources(mode: str) -> None:
    held, first, last = talk(mode, both)
    proofs = {p["id"]: p for p in content_of(held)["proofs"]}
    proof = content_of(first)["proof"]
    assert {**proof, "claim": None} == {**proofs["p1"], "claim": None}
    assert proof["claim"].items() <= proofs["p1"]["claim"].items()
    text = text_of(first)
    for label in ("Proof: p1", "Verdict: proved", "Basis: ", "Measured:", "To repeat: ", "Source"):
        assert label in text
    assert all(source["url"].startswith("https://") for source in content_of(last)["sources"])
    assert content_of(last)["sources"] != []


def test_the_command_that_repeats_a_proof_repeats_it(tmp_path: Path) -> None:
    held, first, _ = talk(STATELESS, both)
    found = re.search(r"^To repeat: (.+)$", text_of(first), re.MULTILINE)
    assert found is not None
    line = found[1].replace("blueproof ", f"{shlex.quote(sys.executable)} -m blueproof ")
    done = subprocess.run(
        ["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "p1" in done.stdout
    saved = json.loads((tmp_path / "again" / "blueprint.json").read_text(encoding="utf-8"))
    assert saved["proofs"][0] == content_of(held)["proofs"][0]
    assert {"key": "offline", "value": "yes"}.items() <= saved["understood"][-1].items()


def test_a_consultation_has_the_same_name_each_time_and_another_for_other_input() -> None:
    names = [
        text_of(called(STATELESS, "consult", **arguments)).split()[1]
        for arguments in (
            {"request": REQUEST},
            {"request": REQUEST},
            {"request": REQUEST, "answers": {"users": "5000"}},
        )
    ]
    assert re.fullmatch(r"[0-9a-f]{8}", names[0])
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize("mode", MODES)
def test_what_is_not_remembered_is_said(mode: str) -> None:
    refused(called(mode, "show_proof", consultation="12345678", proof="p1"), "none yet")

    async def script(client: Client) -> CallToolResult:
        held = await client.call_tool("consult", {"request": REQUEST})
        name = text_of(held).split()[1]
        return await client.call_tool("show_proof", {"consultation": name, "proof": "p999"})

    refused(talk(mode, script), "no proof 'p999'", "p1, p2")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({}, "request"),
        ({"request": 5}, "request"),
        ({"request": "hi"}, "no request"),
        ({"request": "a " * 100_000}, "characters"),
        ({"request": REQUEST, "facts": [{"key": "region"}]}, "quote"),
        ({"request": REQUEST, "facts": [{"key": "a", "value": "b", "quote": "c", "d": 1}]}, "d"),
        ({"request": REQUEST, "facts": "eu"}, "facts"),
        ({"request": REQUEST, "answers": {"region": "mars"}}, "anywhere"),
        ({"request": REQUEST, "answers": {"1": "yes"}}, "key"),
        ({"request": REQUEST, "answers": {"scale.orders": "many"}}, "50k"),
        ({"request": REQUEST, "sizes": [-5]}, "sizes"),
        ({"request": REQUEST, "files": {"../x.sql": SCHEMA}}, "../x.sql"),
        ({"request": REQUEST, "files": {"/etc/x.sql": SCHEMA}}, "/etc/x.sql"),
        ({"request": REQUEST, "files": {"a.sql": "\0"}}, "a.sql"),
        ({"request": REQUEST, "files": {"a.sql": SCHEMA, "a.sql/b.sql": ""}}, "a.sql"),
        (
            {"request": REQUEST, "files": {"db/my.sql": SCHEMA + "CREATE TABLE x (id int,,);"}},
            "db/my.sql:3:",
        ),
    ],
)
def test_bad_input_is_one_line(mode: str, arguments: dict[str, Any], word: str) -> None:
    refused(called(mode, "consult", **arguments), word)


def test_sql_files_are_planned_and_a_manifest_is_read() -> None:
    files = {
        "db/001_init.sql": SCHEMA,
        "db/002_more.sql": "ALTER TABLE orders ADD COLUMN note text;\n",
        "app/queries.sql": f"{QUERIES}SELECT id FROM orders WHERE note = $1;\n",
        "package.json": json.dumps({"name": "shop", "dependencies": {"express": "^5.0.0"}}),
    }
    result = called(STATELESS, "consult", request="Is this fast enough?", files=files)
    content = content_of(result)
    assert any(p["verdict"] == "proved" for p in content["proofs"])
    for column in ("customer_id", "note"):
        assert any(column in r["choice"] for r in content["recommendations"])
    understood = {(f["key"], f["value"]) for f in content["understood"]}
    handed = {b.resource.uri: b.resource for b in result.content if b.type == "resource"}
    name = text_of(result).split()[1]
    index = handed[f"blueproof://{name}/migrations/orders_customer_id_idx.sql"]
    assert isinstance(index, TextResourceContents)
    assert "CREATE INDEX" in index.text
    assert not any(uri.endswith(("/schema.sql", "/queries.sql")) for uri in handed)
    assert {("technology", "express"), ("scale.tables", 2), ("scale.queries", 2)} <= understood
    shown = json.dumps(content)
    assert tempfile.gettempdir() not in shown


def test_a_row_count_that_was_answered_is_given() -> None:
    content = content_of(
        called(
            STATELESS, "consult", request="Is this slow?",
            files={"schema.sql": SCHEMA, "queries.sql": QUERIES},
            answers={"scale.rows.orders": "100", "scale.requests": 40},
        )
    )  # fmt: skip
    stated = {f["key"]: f["value"] for f in content["understood"] if f["source"] == "stated"}
    assert stated == {"scale.rows.orders": 100, "scale.requests": 40}
    assert content["recommendations"] == []  # no index pays on a hundred rows


def test_secrets_are_masked_wherever_they_come_from() -> None:
    url = f"postgres://app:{HIDDEN}@db/shop"
    result = called(
        STATELESS, "consult",
        request=f"{REQUEST} Our database is {url} today.",
        facts=[{"key": "offline", "value": "yes", "quote": url}],
        files={".env": f"DATABASE_URL={url}\n", "package.json": '{"dependencies": {}}'},
    )  # fmt: skip
    assert not result.is_error
    assert HIDDEN not in text_of(result) + json.dumps(result.structured_content)
    answer = called(STATELESS, "consult", request=REQUEST, answers={"region": url})
    refused(answer, "***")
    assert HIDDEN not in text_of(answer)


@pytest.mark.parametrize("mode", MODES)
def test_the_command_serves_on_standard_input_and_output(mode: str, tmp_path: Path) -> None:
    served = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from blueproof.cli.mcp import command; command()"],
        cwd=tmp_path,
    )

    async def script(client: Client) -> CallToolResult:
        files = {"schema.sql": SCHEMA, "queries.sql": QUERIES}
        return await client.call_tool("consult", {"request": "Is this slow?", "files": files})

    assert content_of(talk(mode, script, served))["proofs"] != []
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.mcpserver", None)
    monkeypatch.delitem(sys.modules, "blueproof.mcp")
    with pytest.raises(EngineError, match=r"pip install 'blueproof\[mcp\]'"):
        command.main([], standalone_mode=False)
