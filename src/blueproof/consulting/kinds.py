"""Which kind of question a request asks."""

from blueproof.core.blueprint import QuestionKind
from blueproof.core.brief import Brief


def kind_of(brief: Brief, otherwise: QuestionKind = "how") -> QuestionKind:
    """The kind of the question, as it was read."""
    kinds: dict[str, QuestionKind] = {
        "yes-no": "yes-no", "which": "which", "how-much": "how-much", "why": "why", "how": "how",
        "is-this-fine": "is-this-fine", "review": "review", "build": "build",
    }  # fmt: skip
    said = next((str(f.value) for f in brief.facts if f.key == "kind"), otherwise)
    return kinds[said]
