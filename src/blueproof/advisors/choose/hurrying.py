"""The first steps where there are only days: what is built before the first message, what waits."""

from collections.abc import Iterator, Mapping

from blueproof.advisors.choose.case import Choice
from blueproof.core.advice import Step

# Up to which step of the starter's guide one goes, and what stands in for mail, if it sends any.
_UP_TO = {
    "convex": ("`npm run backend`", "; in place of mail, set emailVerificationTime of your testers "
               "in the dashboard (table users)"),
    "firebase": ("`npm run emulators` and the people for them", ""),
}  # fmt: skip
_MAIL = "https://api.resend.com"
_SERVICES = "googleServicesFile"
_LATER = {"convex": "", "firebase": "the Blaze plan and the deployment, "}


def is_short(choice: Choice, starter: str) -> bool:
    """Whether the first version is due within days, and there is a starter to shorten."""
    days = choice.needs.is_known("time") and choice.needs.value("time") == "days"
    return days and choice.pick.option.family in _UP_TO and bool(starter)


def steps(choice: Choice, starter: str, files: Mapping[str, str]) -> Iterator[Step]:
    """The shortest way to one message, and what is left out of the guide until then.

    `starter` is the folder of the app, `files` the text of its files by their path.
    """
    family = choice.pick.option.family
    end, proof = _UP_TO[family]
    mails = any(_MAIL in text for text in files.values())
    without = f" with {_SERVICES} taken out of app.json" if _names_services(files) else ""
    yield Step(
        do=f"Follow {starter}/README.md only as far as {end}, then `npm run ios` (Xcode) or"
        f"{without} `npm run android` (Android Studio): one conversation on two simulators"
        f"{proof if mails else ''}",
        horizon="now",
        check="a message written on one simulator shows on the other without a reload",
        undo="delete the trial project; nothing else hangs on it",
    )
    mail = "mail (no proof of an address, no reset of a password), " if mails else ""
    yield Step(
        do="Left out until the first messages run: EAS and push keys (no notifications), "
        f"{_LATER[family]}{mail}sign-in by Google and Apple, the stores",
        horizon="next",
        check=f"what is left of {starter}/README.md is done before anybody outside the team has it",
        undo="each is set up by itself",
    )


def _names_services(files: Mapping[str, str]) -> bool:
    return _SERVICES in files.get("app.json", "")
