"""What a starter sends out of the EU where data must stay there, and what to send instead.

Sources: resend.com/docs/dashboard/domains/regions.md (account data, mail records included, is in
the United States whatever region sends), read 2026-11-30; Expo's staff on its servers, "hosted on
Google Cloud in the US", forums.expo.dev/t/apps-made-with-expo-and-gdpr-compliance/10939.
"""

from collections.abc import Iterator, Mapping

from blueproof.advisors.choose.case import Choice
from blueproof.core.advice import Step

_PUSH, _MAIL = "https://exp.host", "https://api.resend.com"
# The file in which each starter words a push.
_WORDED = {"convex": "convex/pushDelivery.ts", "firebase": "functions/src/push.ts"}


def _sent(choice: Choice, files: Mapping[str, str], host: str) -> bool:
    """Whether these files send to a host outside the EU, where data must stay inside."""
    own = choice.needs.value("self-hosted") == "yes"
    if choice.needs.value("region") != "eu" or own or choice.pick.ruled_out:
        return False
    return any(host in text for text in files.values())


def sentence(choice: Choice, starter: str, files: Mapping[str, str]) -> str:
    """That the starter, as it stands, sends text or mail out of the EU; "" where it does not.

    `starter` is its folder, `files` the text of its files by their path.
    """
    pushes, mails = (_sent(choice, files, host) for host in (_PUSH, _MAIL))
    parts = (
        *(("message text in pushes, through Expo's service",) if pushes else ()),
        *(("addresses in mail, through Resend",) if mails else ()),
    )
    if not parts:
        return ""
    where = "both in the US" if pushes and mails else "in the US"
    return f"As it stands, {starter} lets leave the EU: {'; '.join(parts)} ({where})."


def steps(choice: Choice, starter: str, files: Mapping[str, str]) -> Iterator[Step]:
    """What to send instead, before anybody's data is in it."""
    pushes, mails = (_sent(choice, files, host) for host in (_PUSH, _MAIL))
    if pushes:
        yield Step(
            do=f"In {starter}/{_WORDED[choice.pick.option.family]}, put a fixed text (New message) "
            "in place of name and message; the app fetches them. A device's token still passes "
            "Expo, Apple and Google",
            horizon="now",
            check="a push that is caught on its way holds no name and no message",
            undo="put the text back",
        )
    if mails:
        yield Step(
            do="Send mail through a service that keeps its records in the EU (Amazon SES in an EU "
            "region) in place of Resend, whose records are in the US whatever region sends",
            horizon="now",
            check="the agreement on data processing of the mail service names EU regions only",
            undo="set the key of the other service again",
        )
