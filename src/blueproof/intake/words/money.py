"""Currencies: the signs, codes and words by which money is told."""

from blueproof.intake.words.number_tokens import Tokens, at, lower_at

SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "¥": "JPY", "₽": "RUB", "₩": "KRW"}
WORDS = {
    "usd": "USD", "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "us$": "USD",
    "eur": "EUR", "euro": "EUR", "euros": "EUR", "gbp": "GBP", "quid": "GBP", "inr": "INR",
    "rupee": "INR", "rupees": "INR", "rs": "INR", "cad": "CAD", "aud": "AUD", "chf": "CHF",
    "brl": "BRL", "jpy": "JPY", "yen": "JPY", "sek": "SEK", "pln": "PLN", "sgd": "SGD",
}  # fmt: skip
CENTS = frozenset({"cent", "cents", "¢"})
_LANDS = {
    "us": "USD",
    "u": "USD",
    "a": "AUD",
    "au": "AUD",
    "ca": "CAD",
    "c": "CAD",
    "r": "BRL",
    "s": "SGD",
}


def currency_before(tokens: Tokens, index: int) -> tuple[str, int]:
    """The currency written right before this token and where it begins; "" if there is none."""
    sign = lower_at(tokens, index - 1)
    if sign in SIGNS:
        land = at(tokens, index - 2)
        if sign == "$" and land.lower in _LANDS and at(tokens, index - 1).glued:
            return _LANDS[land.lower], index - 2
        return SIGNS[sign], index - 1
    if sign == "." and lower_at(tokens, index - 2) == "rs":
        return "INR", index - 2
    return (WORDS[sign], index - 1) if sign in WORDS else ("", index)


def currency_after(tokens: Tokens, index: int) -> str:
    """The currency that this token names; "" if none."""
    word = lower_at(tokens, index)
    if word in _LANDS and lower_at(tokens, index + 1) == "$" and at(tokens, index + 1).glued:
        return _LANDS[word]
    return WORDS.get(word, SIGNS.get(word, "cent" if word in CENTS else ""))
