"""A dead-letter queue that fills: its visibility timeout against the function's, the way back."""

from blueproof.advisors.incident.trouble import (
    Cause,
    Reply,
    Trouble,
    later,
    now,
    published,
    words,
)

_SECONDS = r"(?P<n>\d+(?:\.\d+)?)\s?(?P<unit>s|sec\w*|min\w*)\b"
_DLQ = words(r"\bdead[- ]?letter\w*|\bdlqs?\b")
_SQS = words(r"\bsqs\b")
_VISIBLE = words(rf"\bvisibility(?:[_ -]?time-?out)?\b[^.;,\d]{{0,16}}{_SECONDS}")
_FUNCTION = words(
    rf"\b(?:lambda|function)(?:'s)?(?: has a| with a)? time-?out\b[^.;,\d]{{0,12}}{_SECONDS}"
    rf"|\btime-?out of (?:the |our )?(?:lambda|function)\b[^.;,\d]{{0,12}}(?P<m>\d+)\s?s"
)
_TRIES = words(r"\bmax_?receive_?count\b\W{0,4}(?:is |of |=)?\s?(?P<n>\d{1,4})")
_ADVISED = 6  # times the function's timeout, that AWS asks for


def parked(text: str) -> Trouble | None:
    """The trouble of a queue whose messages come back too soon; None where both are not told."""
    seen, function = _VISIBLE.search(text), _FUNCTION.search(text)
    if not (_DLQ.search(text) and _SQS.search(text) and seen and function):
        return None
    visible = _seconds(seen["n"], seen["unit"])
    timeout = _seconds(function["n"] or function["m"], function["unit"] or "s")
    if visible >= _ADVISED * timeout:
        return None
    needed = _ADVISED * timeout
    tries = _TRIES.search(text)
    after = f" after {tries['n']} times" if tries else ""
    return Trouble(
        id="dead-letters-by-visibility",
        weight=7,
        says=(
            f"The visibility timeout of {visible:g} s is "
            + ("below" if visible < timeout else "too near")
            + f" the function's {timeout:g} s: a message comes again while it is still worked on, "
            f"each time counts as a receive, and{after} it goes to the dead-letter queue, with no "
            f"error logged. Set it to {_ADVISED} x {timeout:g} = {needed:g} s.",
            "Then move the parked ones back, but only once the work bears being done twice: many "
            "of them may have been done.",
        ),
        causes=_CAUSES,
        now=(
            now(
                "aws sqs set-queue-attributes --queue-url QUEUE_URL --attributes "
                f"VisibilityTimeout={needed:g}",
                "ApproximateNumberOfMessagesVisible of the dead-letter queue stops growing",
                f"VisibilityTimeout={visible:g}",
            ),
            now(
                "Read ten of them first (aws sqs receive-message --queue-url DLQ_URL "
                "--max-number-of-messages 10 --attribute-names All --visibility-timeout 60): are "
                "their effects in the database? Then aws sqs start-message-move-task --source-arn "
                "DLQ_ARN --max-number-of-messages-per-second 10",
                "the dead-letter queue empties, and nothing comes back to it",
                "aws sqs cancel-message-move-task",
            ),
        ),
        later=(
            later(
                "ReportBatchItemFailures, so that one bad message does not send its whole batch "
                "back; maxReceiveCount 5 or more; a unique key for each message's effect; an alarm "
                "on the dead-letter queue above 0"
            ),
        ),
        sources=(published("sqs-dlq-fills"),),
        replies=(
            Reply(
                to=words(r"\b(?:get|process\w*|replay|redrive|back|reprocess)\b"),
                says="By start-message-move-task (step 2), after the timeout is right; never purge "
                "it.",
            ),
        ),
    )


_CAUSES = (
    Cause(
        cause="Messages come again before the function has deleted them",
        look="one message id of the dead-letter queue in the function's log, and Duration "
        "(maximum) beside the visibility timeout",
        shows="the same id several times, its runs overlapping or longer than that",
    ),
    Cause(
        cause="One bad message sends its whole batch back",
        look="the bodies of ten parked messages, and the errors in the log",
        shows="the same error on each receive, with good messages beside it",
    ),
    Cause(
        cause="The function is throttled, and a refused batch counts as received",
        look="the metric Throttles of the function in those hours",
        shows="throttles where the queue fills",
    ),
)


def _seconds(count: str, unit: str) -> float:
    return float(count) * (60 if unit.lower().startswith("m") else 1)
