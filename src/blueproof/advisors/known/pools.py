"""What pools and servers say that have no connection to give: no query is slow then by itself."""

import re

from blueproof.facts.pattern import LatePattern

_SAID = LatePattern(
    r"connection is not available, request timed out|timed out fetching a new connection"
    r"|remaining connection slots|sorry, too many clients|queuepool limit|pooltimeout"
    r"|resourcerequest timed out|timeout acquiring (?:a )?connection",
    re.IGNORECASE,
)


def lacks_connections(text: str) -> bool:
    """Whether the text holds such a message, whatever figures stand beside it."""
    return bool(_SAID.search(text))
