"""A step that speaks of GitHub Actions is told for the CI that the words name."""

import pytest

from blueproof.advisors.known.own_ci import with_own_ci
from blueproof.core.blueprint import Conclusion
from blueproof.intake.words.read import read_request

SAID = Conclusion(answer="Let GitHub Actions run it.")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("We use Bitbucket, not GitHub. How do we deploy?", "Let Bitbucket Pipelines run it."),
        ("Deploys run in Jenkins by hand", "Let Jenkins run it."),
        ("How do we deploy without downtime?", "Let GitHub Actions run it."),
        ("Should we leave Jenkins for GitHub Actions?", "Let GitHub Actions run it."),
    ],
)
def test_the_ci_that_is_named_runs_it(words: str, answer: str) -> None:
    assert with_own_ci(SAID, read_request(words)).answer == answer
