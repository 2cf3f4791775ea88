"""What the expressions of a stack come to, as far as the files alone tell.

What only AWS can tell stays as a name in angle brackets: `<aws_vpc.main.id>`.
"""

import re
from collections.abc import Mapping

from blueproof.cloud.stack import Call, Expr, Resource, Stack, Table, Value, as_text

_TEMPLATE = re.compile(r"\$\{([^{}]*)\}")
_REFERENCE = re.compile(r"^(?:data\.)?aws_[a-z0-9_]+\.[A-Za-z][\w-]*")
_DEEPEST = 8  # names that refer to one another end there
# Attributes that the person's own argument decides.
_NAMED = {"name", "bucket", "family", "function_name", "identifier", "id"}
_IAM = {"aws_iam_role": "role", "aws_iam_policy": "policy"}
_ARGUMENT = {"id": ("bucket", "name"), "identifier": ("identifier",)}


class Values:
    """The values of one stack; `given` are inputs that somebody sets."""

    def __init__(self, stack: Stack, given: Mapping[str, str] | None = None) -> None:
        self.stack = stack
        self._given = dict(given or {})
        self._variables = {v.name: v.default for v in stack.variables}
        self._locals = dict(
            entry for _, head, body in stack.settings if head == "locals" for entry in body.entries
        )

    def text(self, value: Value, depth: int = 0) -> str:
        """A value as text, its templates filled in."""
        if isinstance(value, Expr):
            return self._of(value.text, depth)
        if isinstance(value, str):
            return _TEMPLATE.sub(lambda m: self._of(m[1], depth), value)
        return as_text(value)

    def texts(self, value: Value) -> tuple[str, ...]:
        """A list of values as texts; a single one counts as a list of one."""
        if value is None:
            return ()
        several = value if isinstance(value, tuple) else (value,)
        return tuple(self.text(each) for each in several)

    def _of(self, words: str, depth: int) -> str:
        words = words.strip()
        kind, _, name = words.partition(".")
        if depth > _DEEPEST:
            return f"<{words}>"
        if kind == "var" and name in self._given:
            return self._given[name]
        if kind == "var" and self._variables.get(name) is not None:
            return self.text(self._variables[name], depth + 1)
        if kind == "local" and name in self._locals:
            return self.text(self._locals[name], depth + 1)
        return self._argument(words, depth) or f"<{words}>"

    def _argument(self, words: str, depth: int) -> str:
        """The argument behind an attribute such as aws_s3_bucket.state.bucket; "" if none."""
        address, _, attribute = words.rpartition(".")
        resource = self.stack.named(address)
        if resource is None:
            return ""
        if resource.kind in _IAM and attribute == "arn":
            name = self.text(resource.body.get("name"), depth + 1)
            return f"arn:aws:iam::<account>:{_IAM[resource.kind]}/{name}"
        if attribute not in _NAMED:
            return ""
        names = _ARGUMENT.get(attribute, (attribute,))
        found = next((v for n in names if (v := resource.body.get(n)) is not None), None)
        return self.text(found, depth + 1) if found is not None else ""

    def resource(self, value: Value) -> Resource | None:
        """The resource that a value refers to."""
        if not isinstance(value, Expr):
            return None
        found = _REFERENCE.match(value.text)
        return self.stack.named(found[0]) if found else None

    def resources(self, value: Value) -> tuple[Resource, ...]:
        """The resources that a list of values refers to."""
        several = value if isinstance(value, tuple) else (value,)
        return tuple(r for each in several if (r := self.resource(each)))


def records(value: Value) -> tuple[Table, ...]:
    """The maps in a list, `jsonencode` taken off."""
    if isinstance(value, Call):
        return records(value.value)
    several = value if isinstance(value, tuple) else (value,)
    return tuple(each for each in several if isinstance(each, Table))
