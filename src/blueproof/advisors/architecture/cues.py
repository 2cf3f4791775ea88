"""The words by which a load is told: peaks, windows, machines, sizes, how long things are kept."""

import re

FILE_MB = 2.0  # of a file, where no size is told
PEAK_TIMES = 10.0  # the busiest second against the mean, where only one of them is told
A_MONTH = {
    "second": 2_592_000.0,
    "minute": 43_200.0,
    "hour": 720.0,
    "day": 30.0,
    "night": 30.0,
    "week": 30 / 7,
    "month": 1.0,
    "year": 1 / 12,
}
MONTHS = {"day": 1 / 30, "week": 7 / 30, "month": 1.0, "year": 12.0}
BYTES = {"B": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
NUMBER = r"(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<k>[kKmM](?![a-zA-Z])|million|thousand)?"
TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
PEAK = re.compile(
    r"\b(?:peaks?|peaking|bursts?|bursting|spik\w+|at worst|max(?:imum)?|at most|up to|rush"
    r"|handles?|supports?|sustains?|cope with|scales? to|capable of"
    r"|busiest|black friday|sales? days?|at lunch|lunch|launch"
    r"|between \d)\b",
    re.IGNORECASE,
)
USUAL = re.compile(
    r"\b(?:average|avg|mean|normal(?:ly)?|usual(?:ly)?|daytime|typical(?:ly)?|baseline|steady"
    r"|otherwise|rest of the day|quiet)\b",
    re.IGNORECASE,
)
DAYTIME = re.compile(
    r"\b(?:in (?:the )?daytime|during the day|by day|office hours|business hours|working hours"
    r"|daytime|workdays?)\b",
    re.IGNORECASE,
)
PEAK_OF = (
    re.compile(
        rf"\b(?:peak\w*|burst\w*|spik\w+)(?: (?:of|at|to|up to|around|about|is|are|hits?"
        rf"|reach\w*))*:? ~?{NUMBER}(?! ?(?:am|pm|:|h\b|ms|%|x\b|times))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{NUMBER}(?: ?(?:req(?:uest)?s?|rps|calls))?(?: ?(?:/ ?s(?:ec)?|per second"
        r"|a second))?,? (?:at|in|on|during) (?:the )?(?:peak|bursts|spikes)",
        re.IGNORECASE,
    ),
)
USUAL_OF = (
    re.compile(
        rf"{NUMBER}(?: ?(?:req(?:uest)?s?|rps|calls))?(?: ?(?:/ ?s(?:ec)?|per second"
        r"|a second))?,? (?:on average|in average|average|avg|normally|usually)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:average|avg|normally|usually)(?: (?:of|is|about|around|at))*:? ~?{NUMBER}",
        re.IGNORECASE,
    ),
)
WINDOW = re.compile(
    r"\b(?:between|from) (?P<h1>\d{1,2})(?:[:.h](?P<m1>\d\d))? ?(?P<a1>am|pm)?"
    r" ?(?:and|to|until|till|-|\u2013) ?(?P<h2>\d{1,2})(?:[:.h](?P<m2>\d\d))? ?(?P<a2>am|pm)?",
    re.IGNORECASE,
)
DEVICES = re.compile(
    rf"{NUMBER} (?:[a-z-]+ ){{0,2}}?(?P<noun>(?:e-?)?(?:bikes?|devices?|sensors?|meters?|trackers?"
    r"|scooters?|vehicles?|cars?|trucks?|machines?|gateways?|thermostats?|cameras?|turbines?"
    r"|inverters?|chargers?|charge[- ]?points?|boilers?|wearables?|beacons?|locks?|lifts?"
    r"|elevators?|pumps?|containers? ships?|robots?|drones?|kiosks?|terminals?|panels?))\b",
    re.IGNORECASE,
)
EVERY = re.compile(
    r"\b(?:every|each|once (?:a|per|every)) (?:(?P<n>\d+(?:\.\d+)?|ten|five|thirty|fifteen) ?)?"
    r"(?P<unit>s|sec(?:ond)?s?|min(?:ute)?s?|hours?|h)\b",
    re.IGNORECASE,
)
SPELT = {
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "six": 6.0,
    "five": 5.0,
    "ten": 10.0,
    "fifteen": 15.0,
    "thirty": 30.0,
}
KEPT = re.compile(
    r"\b(?:ke(?:ep|pt)|retain\w*|retention|stor(?:e|ed|age) (?:for|of)|hold|archiv\w*|histor\w+"
    r"|available for|for (?:the last )?(?:\d+|one|two|three|five|ten) years?)\b",
    re.IGNORECASE,
)
CROWD = re.compile(
    rf"{NUMBER} (?:people|users|fans|visitors|customers|players|buyers)\b[^.?!]{{0,40}}?"
    r"\b(?:in|within) (?:the (?:first|next|same) )?(?P<t>\d+) ?"
    r"(?P<unit>min(?:ute)?s?|s(?:ec(?:ond)?s?)?|hours?)\b",
    re.IGNORECASE,
)
RARE = re.compile(
    r"\b(?:black friday|cyber monday|on[- ]?sales?|ticket sales?|drops?|launch day|premieres?"
    r"|product launch|flash sales?|campaigns?|once a (?:week|month|year))\b",
    re.IGNORECASE,
)
LASTS = re.compile(
    r"\bfor (?:about |some )?(?P<n>\d+|one|two|three|four|five|six) hours?\b", re.IGNORECASE
)
SENT = re.compile(
    r"\b(?:watch\w*|download\w*|stream\w*|serv\w+|egress|traffic|transfer\w*|out(?:going)?"
    r"|bandwidth)\b",
    re.IGNORECASE,
)
MEMORY = re.compile(r"\b(?:ram|memory|heap)\b", re.IGNORECASE)
CROWD_REQUESTS = 10.0  # of each in a crowd that comes at once
FEWEST_RECORDS = 1_000.0  # a month, below which what is counted is no load
CALLS = frozenset({"requests", "orders"})
# Metrics that are told per a time and are no records that stay.
NO_RECORDS = frozenset(
    "requests users daily-users monthly-users people members uploads storage traffic memory "
    "duration latency retention errors number connections devices tokens iops reads "
    "developers interval cpu cost instances threads".split()
)
FILES = frozenset({"uploads"})
UPLOADED = re.compile(
    r"\b(?:upload\w*|photos?|images?|videos?|pictures?|pdfs?|scans?|recordings?)\b", re.IGNORECASE
)
LONGEST = 15.0  # hours a day, beyond which a window is no peak
NOON = 12
NEAR = 30  # characters beside a figure
AT_ONCE = re.compile(
    rf"{NUMBER} (?:people|users|fans|visitors|customers|players|buyers|students|employees|pupils)\b"
    r"[^.?!]{0,40}?\b(?:at the same time|simultaneously|at once|all at)\b",
    re.IGNORECASE,
)
PEOPLE = re.compile(
    rf"{NUMBER} (?:[a-z]+ )?(?:people|users|visitors|customers|players|buyers|students|members)\b",
    re.IGNORECASE,
)
AT_ONCE_SECONDS = 300.0  # in which a crowd that comes "at the same time" is there
GENERIC = re.compile(
    rf"(?<![\d$])\b{NUMBER} (?:(?P<noun>[a-z]{{4,}}s) )?(?:a|per|each|every|/) ?"
    r"(?P<per>minute|hour|day|week|month|year)\b",
    re.IGNORECASE,
)
ANSWERED = re.compile(r"\b(?:responses?|answers?|repl(?:y|ies)|pages?)\b", re.IGNORECASE)
