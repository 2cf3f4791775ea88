"""blueproof limits and blueproof pattern, and thin answers, as a person meets them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from blueproof.cli.main import commands, main
from blueproof.core.errors import UsageError
from blueproof.facts.entries import limits, patterns

THIN = (
    "What is the maximum timeout of a Lambda function?",
    "API Gateway cuts my upload at 10 MB",
    "how long can an SQS message be kept?",
    "How many topics can an FCM app instance subscribe to?",
)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(commands, arguments, catch_exceptions=False, standalone_mode=False)
    assert done.exit_code == 0, done.output
    return done.output


def refused(*arguments: str) -> str:
    with pytest.raises(UsageError) as told:
        CliRunner().invoke(commands, arguments, catch_exceptions=False, standalone_mode=False)
    return str(told.value)


def test_the_limits_of_a_product_come_with_source_way_round_and_kind() -> None:
    shown = " ".join(run("limits", "lambda", "payload").split())
    assert "6 MB payload of a synchronous call or its answer hard" in shown
    assert "way round: the client uploads to S3 with a presigned URL" in shown
    assert "https://docs.aws.amazon.com/lambda/" in shown


def test_a_misspelt_product_is_understood_and_an_unknown_one_refused() -> None:
    assert run("limits", "lamda") == run("limits", "lambda")
    assert "no product 'lampda'" in refused("limits", "lampda")
    assert "no limit of AWS Lambda is about 'bananas'" in refused("limits", "lambda", "bananas")


def test_limits_as_data_are_the_same_limits() -> None:
    told = json.loads(run("limits", "convex", "--json"))
    assert {each["id"] for each in told} == {
        limit.id for limit in limits().values() if "convex" in limit.of
    }
    assert all(each["source"].startswith("https://") and each["checked"] for each in told)


def test_products_are_listed_where_none_is_named() -> None:
    lines = run("limits").splitlines()
    assert any(line.split() == ["27", "aws-lambda"] or "aws-lambda" in line for line in lines)


def test_every_pattern_is_listed_shown_and_written(tmp_path: Path) -> None:
    listed = {line.split()[0] for line in run("pattern").splitlines()}
    assert listed == set(patterns())
    for pattern in patterns().values():
        out = tmp_path / pattern.id
        assert pattern.name in run("pattern", pattern.id, "--out", str(out))
        for code in pattern.code:
            assert (out / code.path).read_text() == pattern.text(code.path)


def test_a_file_that_is_there_with_another_text_is_kept(tmp_path: Path) -> None:
    (tmp_path / "jobs.sql").write_text("mine")
    assert "jobs.sql is there" in refused("pattern", "job-queue", "--out", str(tmp_path))
    assert (tmp_path / "jobs.sql").read_text() == "mine"
    assert not (tmp_path / "jobs.ts").exists()
    assert "did you mean job-queue?" in refused("pattern", "jobqueue")


@pytest.mark.parametrize("words", THIN)
def test_a_thin_question_gets_a_thin_answer_and_no_files(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    shown = run(words, "--no-input")
    assert len([line for line in shown.splitlines() if line.strip()]) <= 15, shown
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_written_where_one_is_named(tmp_path: Path) -> None:
    run(THIN[0], "--no-input", "--out", str(tmp_path / "answer"))
    assert (tmp_path / "answer" / "report.md").exists()


def test_options_may_stand_before_the_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["blueproof", "--no-input", THIN[1]])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert "10 MB" in capsys.readouterr().out
