"""SMS codes that bots ask for: far more messages than there are people who sign in.

Whoever asks a login form for codes to numbers that share in the fee of the message earns by it, so
the messages go to a few foreign prefixes and hardly a code is entered.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from blueproof.advisors.metered.paid import Paid, paid_in
from blueproof.advisors.metered.saying import amount, money
from blueproof.core.advice import Alternative, Artifact, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, Premise, QuestionKind, Unproved
from blueproof.core.brief import Brief
from blueproof.core.evidence import Citation
from blueproof.core.question import Question

_FIGURE = r"(?<![\w$€£.,])(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<times>k|m|million|thousand)?(?![a-z])\s*"
_SENT = re.compile(
    rf"{_FIGURE}(?:\w+ )?(?:sms(?:es)?|texts?|text messages|otps?|(?:otp |sms )?codes|verifications"
    r"|otp messages)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    rf"{_FIGURE}(?:new |real |active |monthly )*(?P<who>sign-?ups?|registrations?|log-?ins?"
    r"|sign-?ins?"
    r"|users?|customers?|accounts?|members?)\b",
    re.IGNORECASE,
)
_SERVICES = frozenset({
    "twilio", "firebase", "firebase-authentication", "supabase", "supabase-auth", "amazon-cognito",
    "amazon-sns", "vonage", "messagebird", "auth0", "clerk",
})  # fmt: skip
_COUNTRY = re.compile(
    r"\b(?:Afghanistan|Albania|Algeria|Angola|Armenia|Azerbaijan|Bangladesh|Belarus|Cambodia|Cuba"
    r"|Egypt|Ethiopia|Georgia|Ghana|Guinea|Haiti|Indonesia|Iran|Iraq|Jordan|Kazakhstan|Kenya"
    r"|Kyrgyzstan|Laos|Lebanon|Libya|Madagascar|Malaysia|Mali|Morocco|Mozambique|Myanmar|Nepal"
    r"|Nigeria|Oman|Pakistan|Palestine|Philippines|Russia|Senegal|Somalia|Sri Lanka|Sudan|Syria"
    r"|Tajikistan|Tanzania|Tunisia|Turkmenistan|Uganda|Ukraine|Uzbekistan|Vietnam|Yemen|Zambia"
    r"|Zimbabwe)\b",
    re.IGNORECASE,
)
_TIMES = {"": 1, "k": 10**3, "thousand": 10**3, "m": 10**6, "million": 10**6}
_MANY = 8  # messages for each person, from where they are no retries
_FAIR = 2  # messages that a person who signs in needs, with one retry
_CODE = """\
-- before a code is sent: at most 3 an hour to a number, 10 from an address and 30 to
-- a prefix (the first 7 digits), since pumping walks through numbers of one prefix
select count(*) filter (where phone = $1) < 3
   and count(*) filter (where ip = $2) < 10
   and count(*) filter (where left(phone, 7) = left($1, 7)) < 30 as may_send
from code_requests
where at > now() - interval '1 hour';
"""


@dataclass(frozen=True, kw_only=True)
class Pumping:
    """How many messages were sent in a month, for how many of whom, and to where."""

    sent: Decimal
    people: Decimal
    who: str
    countries: tuple[str, ...]
    paid: Paid | None
    on_twilio: bool

    @property
    def each(self) -> Decimal:
        """Messages for each of them."""
        return self.sent / self.people


def pumping_in(brief: Brief) -> Pumping | None:
    """Such messages, as the words tell them; None where they are not far too many."""
    request = brief.request
    named = {str(f.value) for f in brief.facts if f.key == "technology"}
    sent = [_value(each) for each in _SENT.finditer(request)]
    people = list(_PEOPLE.finditer(request))
    if any(f.key == "bill" for f in brief.facts):
        return None  # lines of a bill are answered as one
    if not named & _SERVICES or not sent or not people:
        return None
    first = people[0]
    count = _value(first)
    if count <= 0 or max(sent) / count < _MANY:
        return None
    countries = dict.fromkeys(m[0].title() for m in _COUNTRY.finditer(request))
    return Pumping(
        sent=max(sent),
        people=count,
        who=first["who"].lower(),
        countries=tuple(countries),
        paid=paid_in(brief),
        on_twilio="twilio" in named,
    )


def _value(found: re.Match[str]) -> Decimal:
    return Decimal(found["n"].replace(",", "")) * _TIMES[(found["times"] or "").lower()]


def advise_pumping(
    found: Pumping, brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...]
) -> tuple[Draft, Conclusion]:
    """The draft with what stops it, and the conclusion with what is left of the bill."""
    draft = Draft(
        brief=brief,
        question_kind=kind,
        premises=premises,
        recommendations=(_recommendation(found),),
        not_proved=(
            Unproved(
                statement="that it is pumping",
                why="the share of codes that are entered, by country, tells for sure",
            ),
            Unproved(statement="the lines in limit.sql", why="your code was not handed over"),
        ),
    )
    why = "below a tenth it is pumping for sure; above a half these are people, and prices decide"
    return draft, Conclusion(
        answer=" ".join(_sentences(found)),
        steps=tuple(_steps(found)),
        open_questions=(
            Question(
                id="1",
                ask="How many of the codes sent were entered, by country?",
                why=why,
                key="evidence",
                changes=(why,),
            ),
        ),
        artifacts=(
            Artifact(path="limit.sql", purpose="the limit before a code is sent", text=_CODE),
        ),
    )


def _sentences(found: Pumping) -> Iterator[str]:
    fair = found.people * _FAIR
    yield (
        f"This looks like SMS pumping by bots, not growth: {amount(found.sent)} messages for "
        f"{amount(found.people)} {found.who} are {amount(found.each)} each, where one or two do."
    )
    where = (
        f" ({' and '.join(found.countries)} off, unless you serve them)" if found.countries else ""
    )
    yield f"Close the countries that you do not serve today{where}, then limit who may ask."
    if found.paid:
        left = found.paid.now * fair / found.sent
        before = f"; before it you paid {money(found.paid.before)}" if found.paid.before else ""
        yield (
            f"What people need is {amount(found.people)} x {_FAIR} (assumed: a code and a second "
            f"try) = {amount(fair)} messages, {fair / found.sent:.1%} of those sent: about "
            f"{money(left)} of your {money(found.paid.now)} at the same mean price{before}."
        )
    yield (
        "Another provider does not help, since the bots ask your form and not the provider. It is "
        "growth after all if more than half of the codes are entered."
    )


def _steps(found: Pumping) -> Iterator[Step]:
    geo = (
        "Twilio console, Messaging (or Verify), Geo permissions: only the countries that you "
        "serve; "
        "and turn on SMS pumping protection (Verify: Fraud Guard)"
        if found.on_twilio
        else "Allow only the countries that you serve (Firebase: SMS region policy)"
    )
    check = "messages a day by country, and codes entered / codes sent"
    yield Step(do=geo, horizon="now", check=check, undo="")
    yield Step(
        do="Limit codes by number, by address and by prefix before one is sent (lines in "
        "limit.sql), "
        "behind App Check or a CAPTCHA",
        horizon="now",
        check=check,
        undo="",
    )
    yield Step(
        do="Set an alarm on messages a day at twice the usual, and ask the provider for a credit "
        "with "
        "the dates and prefixes",
        horizon="next",
        check="the alarm rings in a test",
        undo="",
    )
    yield Step(
        do="Send codes to e-mail, or use passkeys, and SMS only as the second way",
        horizon="later",
        check="share of sign-ins by SMS",
        undo="",
    )


_SOURCES = tuple(
    Citation(url=url, checked=date(2026, 12, 1), says=says)
    for url, says in (
        (
            "https://www.twilio.com/docs/verify/preventing-toll-fraud",
            "Twilio recommends its SMS Fraud Guard against SMS pumping, and says that no "
            "provider's guard is enough without the customer's own",
        ),
        (
            "https://www.twilio.com/docs/verify/preventing-toll-fraud/verify-geo-permissions.md",
            "Countries that are not served, kept closed, reduce the risk of SMS pumping",
        ),
        (
            "https://twilio.com/docs/verify/api/programmable-rate-limits",
            "Starts of verifications can be limited by keys such as the address of the user",
        ),
    )
)


def _recommendation(found: Pumping) -> Recommendation:
    return Recommendation(
        slot="SMS codes",
        choice="close the countries that are not served; limit codes by number and prefix",
        because=(f"{amount(found.each)} messages for each of the {found.who} are not people",),
        instead_of=(
            Alternative(
                choice="another provider", why_not="the bots ask your form, not the provider"
            ),
        ),
        evidence=_SOURCES,
    )
