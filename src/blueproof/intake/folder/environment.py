"""The names of environment variables, from files that are made to be shown. Never a value."""

import re
from collections.abc import Iterator

from blueproof.intake.folder.found import Finding, Found, Text, technology
from blueproof.sql.secrets import masked

_NAME = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?([A-Z][A-Z0-9_]{1,63})[ \t]*=[ \t]*("[^"]*"|'[^']*'|)""",
    re.MULTILINE,
)
_PROVED = (  # beginnings of names that only one product's settings have
    ("CONVEX_", "convex"),
    ("EXPO_PUBLIC_CONVEX_", "convex"),
    ("NEXT_PUBLIC_CONVEX_", "convex"),
    ("SUPABASE_", "supabase"),
    ("EXPO_PUBLIC_SUPABASE_", "supabase"),
    ("NEXT_PUBLIC_SUPABASE_", "supabase"),
    ("VITE_SUPABASE_", "supabase"),
    ("CLERK_", "clerk"),
    ("NEXT_PUBLIC_CLERK_", "clerk"),
    ("EXPO_PUBLIC_CLERK_", "clerk"),
    ("STRIPE_", "stripe"),
    ("SENTRY_", "sentry"),
    ("TWILIO_", "twilio"),
    ("SENDGRID_", "sendgrid"),
    ("OPENAI_", "openai"),
)


def read_environment(file: Text) -> Iterator[Finding]:
    """The names that a .env.example sets; a quoted value may go over lines."""
    for found in _NAME.finditer(file.text):
        name = found[1]
        if masked(name) != name:
            continue
        line = file.line(found.start(1))
        yield Found(key="environment-variable", value=name, line=line)
        proved = next((id_ for start, id_ in _PROVED if name.startswith(start)), "")
        if proved:
            yield technology(proved, line)
