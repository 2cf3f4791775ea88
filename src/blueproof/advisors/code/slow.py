"""Which calls of a program take long: mail, other services, models, builds."""

import re

from blueproof.advisors.code.subject import Source
from blueproof.syntax.calls import Call
from blueproof.syntax.places import FUNCTIONS

_MAIL = re.compile(r"mail|smtp|resend|sendgrid|sgMail|postmark|twilio|sms\b", re.IGNORECASE)
_MODEL = re.compile(r"openai|anthropic|completions|generateText|llm|embeddings?\.", re.IGNORECASE)
_HTTP = re.compile(
    r"^(?:fetch|http(?:Service|Client)?\.\w+|axios(?:\.\w+)?|got|ky|requests\.\w+|httpx\.\w+|"
    r"urlopen|node-fetch|\$fetch|session\.(?:get|post))\b"
)
_SHELL = re.compile(r"^(?:subprocess\.\w+|os\.system|child_process\.\w+|execSync|spawnSync|exec)$")
_PAYMENT = re.compile(r"^stripe\.(?!webhooks)|paypal|braintree|adyen", re.IGNORECASE)
_WORK = re.compile(
    r"^(?:await )?(?:send|notify|deploy|build|generate|process|sync|upload|render|charge|provision|"
    r"fulfil\w*|import|export|ship|index|transcode|resize|call)[A-Z_]\w*$"
)
_AFTER = frozenset({"after", "waitUntil", "setTimeout", "enqueue", "add", "queueMicrotask"})
_ANSWERS = frozenset({"res", "response", "reply", "NextResponse", "Response", "c", "console"})


def kind_of(call: Call) -> str:
    """What a call does that takes long, in words; "" where it does nothing of the kind."""
    name = call.name.removeprefix("this.").removeprefix("self.")
    mails = _MAIL.search(name) and re.search(r"send|create|post", name, re.IGNORECASE)
    said = ""
    if name.startswith("new ") or call.root in _ANSWERS:
        said = ""
    elif mails:
        said = "a mail is sent"
    elif _MODEL.search(name):
        said = "a language model is asked"
    elif _PAYMENT.search(name):
        said = "the payment service is asked"
    elif _HTTP.match(name):
        given = next((a.text for k in call.links for a in k.args or ()), "")
        host = re.search(r"https?://([\w.-]+)", given)
        said = f"{host[1]} is called" if host else "another service is called"
    elif _SHELL.match(name):
        said = "a program is run"
    elif _WORK.match(call.last):
        said = f"{call.last}() runs"
    return said


def is_put_off(source: Source, call: Call) -> bool:
    """Whether a call runs after the answer: within after(), waitUntil() or a timer."""
    return any(c.last in _AFTER and any(a.holds(call.node) and a.kind in FUNCTIONS | {
        "call_expression"} for a in c.args) for c in source.calls if c is not call)  # fmt: skip
