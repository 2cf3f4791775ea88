"""Text made safe for XML; the library's own module for this loads a web client."""

_MEANT = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str) -> str:
    """The text with the characters that XML gives a meaning to written out.

    >>> escape("a < b & c")
    'a &lt; b &amp; c'
    """
    for sign, written in _MEANT.items():
        text = text.replace(sign, written)
    return text


def quoteattr(text: str) -> str:
    """The text as a quoted attribute.

    >>> quoteattr('say "a" & b')
    '"say &quot;a&quot; &amp; b"'
    """
    return f'"{escape(text).replace(chr(34), "&quot;")}"'
