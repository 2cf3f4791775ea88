"""Source files that are handed over, by themselves, in a folder, or within the words."""

from pathlib import Path

import pytest

from blueproof.consult import consult
from blueproof.core.errors import InputError
from blueproof.intake.code_files import MOST_BYTES, pasted_code, without_code
from blueproof.intake.paths import with_paths
from blueproof.intake.texts import with_texts
from blueproof.intake.words.read import read_request

HOOK = """\
import { collection, onSnapshot } from 'firebase/firestore';
import { useEffect } from 'react';
export function useAll(set) {
  useEffect(() => onSnapshot(collection(db, 'lists'), (s) => set(s.docs)), []);
}
"""
ASKED = "Our Firestore reads exploded, why?"


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_source_file_is_taken_with_its_secrets_masked(tmp_path: Path) -> None:
    path = written(tmp_path, "pay.ts", "const k = 'sk_live_abcdefghijklmnop1234';\n")
    (code,) = with_paths(read_request(ASKED), (path,)).documents
    assert code.role == "code"
    assert "abcdefgh" not in code.text


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xd8\xff\xe0 image", "not UTF-8 text"), (b"a\0b", "not text"),
     (b"x" * (MOST_BYTES + 1), "more than 256 kB")],
)  # fmt: skip
def test_what_is_no_text_is_refused_in_a_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = written(tmp_path, "a.ts", content)
    with pytest.raises(InputError, match=says):
        with_paths(read_request(ASKED), (path,))


def test_the_code_answers_first_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "useAll.js", HOOK)
    found = consult(with_paths(read_request(ASKED), (path,)))
    assert found.answer.startswith("useAll.js:4: onSnapshot listens to the whole collection lists")
    assert [a.path for a in found.artifacts] == ["mended/useAll.js"]


def test_code_in_a_folder_answers_what_the_words_tell_of(tmp_path: Path) -> None:
    written(tmp_path, "src/hooks/useAll.js", HOOK)
    written(tmp_path, "package.json", '{"dependencies": {"firebase": "11.0.0"}}')
    found = consult(with_paths(read_request(ASKED), (tmp_path,)))
    assert found.answer.startswith("useAll.js:4:")
    other = consult(
        with_paths(read_request("How do I deploy this to AWS with CI/CD?"), (tmp_path,))
    )
    assert "useAll.js" not in other.answer


def test_code_in_fences_is_a_file_of_its_own() -> None:
    request = f"{ASKED}\n\n```ts\n// src/useAll.ts\n{HOOK}```\nHow do I bring it down?"
    (code,) = pasted_code(request)
    assert code.place(1)[0] == "src/useAll.ts"
    assert "onSnapshot" not in without_code(request)
    assert consult(read_request(request)).answer.startswith("useAll.ts:5: onSnapshot")


def test_sql_and_rules_in_fences_are_no_source_files() -> None:
    assert not pasted_code("why?\n```sql\nSELECT 1\n```\n```\ncreate table a (id int);\n```")
    assert not pasted_code("why?\n```\nmatch /a/{b} { allow read; }\n```")


def test_files_given_as_texts_are_read_alike() -> None:
    brief = with_texts(read_request(ASKED), {"src/useAll.js": HOOK})
    assert consult(brief).answer.startswith("useAll.js:4:")


def test_another_language_is_said_to_be_unread(tmp_path: Path) -> None:
    path = written(tmp_path, "main.go", "package main\n")
    found = consult(with_paths(read_request("Stripe webhook is delivered twice, why?"), (path,)))
    assert "main.go" not in found.answer
    assert any("main.go" in each.statement for each in found.not_proved)


def test_code_beside_tables_is_told_of_after_them(tmp_path: Path) -> None:
    schema = written(tmp_path, "schema.sql", "CREATE TABLE t (id bigint PRIMARY KEY, n int);\n")
    code = written(tmp_path, "useAll.js", HOOK)
    found = consult(with_paths(read_request("review the schema"), (schema, code)))
    assert "useAll.js:4" in found.answer
    assert not found.answer.startswith("useAll.js")
