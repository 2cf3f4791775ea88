"""Passwords, keys and tokens struck out of text before it is shown or saved."""

import re

_URL = re.compile(
    r"""(://[^\s:/@'"]{0,200}:)(?!\d+(?:[/?]|$))[^\s'"@]{1,300}(?:@[^\s'"@/?]{0,300}(?=@))*@"""
)
_PEM = re.compile(
    r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)"
    r"(?:.{1,20000}?(?=-----END [A-Z ]*PRIVATE KEY-----)|[\w+/=\s\\]+)",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"""\b(?:(AKIA|ASIA)[0-9A-Z]{16}\b
      | (eyJ)[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?
      | ((?:sk|rk)_(?:live|test)_|whsec_|gh[opsur]_|npm_|sbp_)[A-Za-z0-9]{16,}
      | (github_pat_|glpat-|xox[abprs]-|sb_secret_|sk-|AIza)(?=[\w-]*\d)[\w-]{20,})""",
    re.VERBOSE,
)
# The look at the first letter spares most places of a text eleven attempts.
_ASSIGNED = re.compile(
    r"""(?P<key>(?=[abeiprs])(?:passw(?:or)?d|passphrase|pwd|secret(?:_?key)?|identified\ by
      | accountkey|service_key
      | (?:api|access|private|service_role|signing|encryption)[_-]?key
      | (?:access|auth|api|bearer|refresh|session)[_-]?token))
    (?P<sign>["']?\s*(?:={1,2}|:=|=>)\s* | ["']?\s*:(?!:)\s*(?=["'])
           | "?\s+(?:to\s+)?(?=[eE$]?['$]))
    (?:(?P<quoted>(?P<doubled>''[^'\n]+'')|[eE]?'(?:[^'\n]|'')*'|"[^"\n]*"|\$\$[^$\n]*\$\$)
      | (?P<bare>[^\s'"&;]*[^\s'"&;,).]))""",
    re.VERBOSE | re.IGNORECASE,
)
_SAID = re.compile(  # as people write it in a sentence, or on a command line
    r"""(?P<key>\b(?:passw(?:or)?d|passphrase|pwd|pw|pass(?:code)?|(?:x-)?api[-_ ]?key
      |secret(?:[-_ ]key)?|token|kennwort|passwort|contrase\u00f1a|mot\ de\ passe)
      \s*(?:\bis\b|\bare\b|=|:|\bist\b|\bes\b|\best\b)\s*["'`]?
      |\bauth\s+["'`]|(?<=\s)-p\ ?(?=\S*\d)|--password[= ])
    (?P<value>(?=[^\s"'`]*[\d!@$%^&*_-])[^\s"'`,;]{5,})""",
    re.VERBOSE | re.IGNORECASE,
)
_EMPTY_OR_JOINED = re.compile(r"[eE]?['\"$]+(?:\s*(?:\|\||[,)]).*)?", re.DOTALL)
_EXPRESSION = re.compile(
    r"\$[\d{(]|[:@]\w|[?({*]|%[sL(]|[\w.]+\(|(?:null|true|false|default)\b"
    r"|(?:\w+\.)*\w*(?:passw|pwd|secret|hash|key|token)\w*$",
    re.IGNORECASE,
)
_SQL_BEFORE = re.compile(
    r"(?:[,(]|\b(?:set|where|and|or|on|when|not|having|if|then|else|select|by|return)\s)"
    r'\s*[\w."-]*$',
    re.IGNORECASE,
)
_CONNECTION = re.compile(r"\b(?:host|hostaddr|dbname|sslmode|user|username|server)=[^\s'\"$:?%]")
_RANDOM = re.compile(r"(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[\w/+=-]{20,}")
# What people call a function's argument, or a row within a trigger, in SQL.
_ARGUMENT = re.compile(
    r"(?:(?:p|in|arg)_|_|(?:new|old|excluded)\.)[a-z_]*(?:token|key|code|secret|passw)[a-z_]*\)?",
    re.IGNORECASE,
)
_NEAR = 80


def masked(text: str) -> str:
    """The text with *** in place of its secrets; column names and placeholders stay.

    >>> masked("postgres://app:hunter2@db/shop")
    'postgres://app:***@db/shop'
    """
    before = ""
    while text != before:  # what is struck out may lay another secret bare
        before = text
        text = _PEM.sub(r"\1***", _URL.sub(r"\1***@", text))
        text = _TOKEN.sub(lambda found: f"{found[found.lastindex or 0]}***", text)
        text = _ASSIGNED.sub(_assigned, text)
    return text


def masked_words(text: str) -> str:
    """The text of a person's request masked: also what they call a password in a sentence.

    >>> masked_words("my pw is Kanarienvogel9 and mysql -uroot -pGeheim123")
    'my pw is *** and mysql -uroot -p***'
    """
    return _SAID.sub(_said, masked(text))


def _said(found: re.Match[str]) -> str:
    """The secret struck out, but not the argument of a function: where token = p_token."""
    before = found.string[max(0, found.start() - _NEAR) : found.start()]
    if _ARGUMENT.fullmatch(found["value"]) and _SQL_BEFORE.search(before):
        return found[0]
    return f"{found['key']}***"


def _assigned(found: re.Match[str]) -> str:
    if not (_is_quoted_secret(found) if found["quoted"] else _is_bare_secret(found)):
        return found[0]
    quote = (found["quoted"] or "").lstrip("eE")[:1].replace("$", "$$")
    quote = "''" if found["doubled"] else quote
    return f"{found['key']}{found['sign']}{quote}***{quote}"


def _is_quoted_secret(found: re.Match[str]) -> bool:
    """Whether it is one: not '', no piece of a longer text, no column after a column's name."""
    sign = found["sign"].lower()
    if _EMPTY_OR_JOINED.fullmatch(found["quoted"]) or found.string.startswith(".", found.end()):
        return False
    return bool(sign.strip()) or found["key"].lower() in {"password", "identified by"}


def _is_bare_secret(found: re.Match[str]) -> bool:
    """Whether password=abc stands in a connection string or a list of settings, not in SQL."""
    value, (start, end) = found["bare"], found.span()
    if _EXPRESSION.match(value):
        return False
    if found["sign"].strip() != found["sign"]:
        return bool(_RANDOM.fullmatch(value))
    around = found.string[max(0, start - _NEAR) : end + _NEAR]
    before = found.string[max(0, start - _NEAR) : start]
    return bool(_CONNECTION.search(around)) or not _SQL_BEFORE.search(before)
