"""Whether a plan stands in a text, by its looks.

Every request is asked this and few hold a plan: so it needs none of what reads one.
"""

import re

from blueproof.sql.plans.lines import KNOWN_NODE

JSON = re.compile(r'"Plan"+\s*:\s*\{|\\"Plan\\"|""Plan""')
YAML = re.compile(r"^[\s|\"]*(?:- )?Plan:[\s+|]*$", re.MULTILINE)
XML = re.compile(r"<(?:\w+:)?(?:explain\b|Query>)|&lt;explain\b")
_NODE_LINE = re.compile(
    rf"(?:->\s*)?{KNOWN_NODE.pattern}[^()\n]*(?:\([^()\n]*\) *(?:on [^()\n]+)?)?"
    r"\((?:cost=\d[\d.]*\.\.\d|actual (?:time|rows)=\d)"
)
_ARROWS = re.compile(rf"^[ \t|>\"]*->\s+{KNOWN_NODE.pattern}", re.MULTILINE)
_LEAST_ARROWS = 2  # of a plan without costs


def looks_like_plan(text: str) -> bool:
    """Whether a plan stands in the text; cheap, and never in doubt where it says so.

    >>> looks_like_plan("Seq Scan on a  (cost=0.00..1.00 rows=1 width=4)")
    True
    >>> looks_like_plan("Why is there a seq scan on a?")
    False
    """
    plain = text.replace("\u00a0", " ").replace("-&gt;", "->").replace("&nbsp;", " ")
    if _NODE_LINE.search(plain) or len(_ARROWS.findall(plain)) >= _LEAST_ARROWS:
        return True
    if XML.search(text) and "Node-Type" in text:
        return True
    return bool(JSON.search(text) or YAML.search(text)) and "Node Type" in text
