"""Ways of saying the same, in the sentences that the grammar knows; see `plain`."""

REWORDED = (
    (r"\b(?P<a>amount|quantity) and (?:an? |its |their |the )?unit\b", r"\g<a> and a unit name"),
    (
        r"\b(?:at|during|in|on) (?:an?|each|every) (?P<a>[a-z]+),? (?P<b>[a-z]+s) are (?:given"
        r"|made|done"
        r"|carried out|performed|recorded|taken|written)\b",
        r"each \g<a> has several \g<b>",
    ),
    (
        r"\bnumber (?:that|which) counts? up (?:within|per|in|inside|for) (?:its|the|each|an?"
        r"|every) ",
        "number within ",
    ),
    (r",? in (?:the )?(?:same )?order (?:in which |that )?(?:they|people|he|she)\b[^.,;!?]*", ""),
    (r"^(?P<what>[A-Z][a-z ]{2,40}) here\.", r"We run a \g<what>."),
    (r"\b(?P<a>best|use|sell)[ -](?P<b>before|by) (?=date)", r"\g<a>-\g<b>-"),
    (
        r"\bfor (?:each|every) (?P<a>[a-z]+),? how (?:many|much) (?:[a-z]+ ){0,3}(?:of|from) "
        r"(?:each|"
        r"every) (?P<b>[a-z]+)",
        r"stock is kept per \g<b> and \g<a>",
    ),
    (
        r"\bfrom (?:one|an?|some) (?:date|day) to (?:another|the next|a later one)\b",
        "from a date to a date",
    ),
    (
        r"\b(?:every|each) [a-z ]{2,40}? is an? (?:separate|physical|unique|individual|single|own) "
        r"(?:thing|object|piece|item|unit) with\b",
        "each item has",
    ),
    (
        r"\b(?:when|if) (?:[a-z]+ ){1,3}(?:comes?|is brought|is returned|gets?|are|is)(?: back)? "
        r"(?:damaged|broken)[^.;!?]*",
        "there are damages, a damage has a description and a cost",
    ),
    (r"\b(?P<a>can|may) be (?:a )?repl(?:y|ies) to (?:an)?other\b", r"\g<a> reply to another"),
    (
        r"\b(?:people|folks|everybody|everyone|anybody|anyone)(?= (?:can|may|could|should)? "
        r"?(?:also )?(?:like|comment|post"
        r"|vote|rate|review|react|write|upload|follow|bookmark)\b)",
        "users",
    ),
    (
        r"\b(?P<a>price|rate|fee|rent|cost|charge) per (?P<b>hour|week|month|year)\b",
        r"\g<b>ly \g<a>",
    ),
    (r"\b(?P<a>price|rate|fee|rent|cost|charge) per day\b", r"daily \g<a>"),
    (
        r"\bthe (?P<a>[a-z ]{0,8}(?:price|rate|fee|rent|cost)) (?:depends on|comes from|is set "
        r"by) the "
        r"(?P<b>[a-z]+) of (?:the|an?|each) (?P<c>[a-z]+)",
        r"each \g<c> belongs to a \g<b>, a \g<b> has a \g<a>",
    ),
    (
        r"(?P<a>\d|several|many|some|our) (?P<b>pieces|items|things|units|assets|articles): "
        r"[a-z]+(?:, (?:and )?[a-z]+)+(?=[.;])",
        r"\g<a> \g<b>",
    ),
    (
        r"\b(?P<a>invoice|order|quote|bill|receipt)(?P<b>[^.;:!?]{0,30}?) with an? (?:line|position"
        r"|entry) (?:per|for each|for every) (?P<c>[a-z]+)",
        r"\g<a>\g<b>. Each \g<a> has several lines. Each line is for a \g<c>",
    ),
    (r"\b(?:can |may |could )turn(?:s)? into\b", "can become"),
    (
        r"\bfor (?:each|every) (?P<a>[a-z]+),? (?:we|you|i|they) (?:need|want|know|store|keep"
        r"|track) "
        r"(?:to know )?the (?:quantity|stock|amount|number) (?:per|for each|in each|on each) "
        r"(?P<b>[a-z]+)",
        r"stock is kept per \g<a> and \g<b>",
    ),
    (
        r"(?:,? and|,) reply to (?:other |each other's |another's |an? )?(?P<a>comments?|messages?"
        r"|posts?|reviews?)\b",
        r". Users can reply to another \g<a>",
    ),
    (r"\bfrom (?P<a>\d) to (?P<b>\d\d?) (?:stars|points)\b", r"from \g<a> to \g<b>"),
    (r"\b(?P<a>\d+)(?: to |-)(?P<b>\d+) stars\b", r"from \g<a> to \g<b>"),
    (r"\bbirth ?(?:date|day)\b|\bdate of birth\b", "birth date"),
)
# What is said of a column in passing: the rules are read from it, and the sentence goes on.
ASIDES = (
    r" in (?:an?|their|the right|a certain|a given|a fixed|a set) (?:fixed |certain |given |set "
    r"|specific |particular )?order\b(?! to)",
    r", (?:but )?(?:only )?once (?:per|for each|for every) [a-z]+(?=[,.;]| and\b)",
    r",? (?:which|that) (?:we|they|one|you) (?:don't|do not|doesn't|does not)(?: always)? (?:know"
    r"|have)\b",
    r",? (?:which|that) (?:is|are) (?:sometimes|often|not always|usually) (?:unknown|missing|empty"
    r"|known|given|there)\b",
    r",? (?:which|that) (?:is|are|must be|has to be|should be)(?: always)? unique"
    r"(?: (?:if|when|where) [^.,;]{3,24})?",
    r",? (?:which|that) (?:is|are|stays|must be) (?:fixed|frozen|copied|kept)[^.,;]{0,24}",
    r",? (?:if|when) (?:there is one|it has one|any|known|we have (?:it|one))\b",
)
