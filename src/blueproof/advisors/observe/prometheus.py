"""The alarms as rules of Prometheus, for who watches with it already.

The names of the metrics are the usual ones of client libraries and exporters, and those of our own
are counted by the service; `docs` of the file say so, as nothing here knows what is exported.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from blueproof.advisors.observe.signals import FEWEST, WINDOW, Aim, Signal, share

FILE = "monitoring/rules.yaml"
WATCHERS = frozenset({"prometheus", "victoriametrics", "grafana-mimir", "thanos"})
_HEAD = """\
# Rules of Prometheus: `page` wakes somebody, `ticket` waits for the morning. Names of metrics are
# the usual ones (http_requests_total with a label status, probe_success of the blackbox exporter);
# your services must export work_oldest_seconds, worker_beats_total, payments_succeeded_total
# themselves. Put in your names, then: promtool check rules rules.yaml
"""
_FAILED = 'http_requests_total{status=~"5.."}'


def rules(signals: tuple[Signal, ...], aim: Aim) -> dict[str, str]:
    """The file of rules by its path; a signal that only a cloud's own metrics tell is left out."""
    groups = [
        {"name": "pages-and-tickets", "rules": [_rule(*each) for each in _told(signals, aim)]}
    ]
    text = yaml.safe_dump({"groups": groups}, sort_keys=False, width=100, allow_unicode=True)
    return {FILE: _HEAD + text}


def watched(signals: tuple[Signal, ...], aim: Aim) -> frozenset[str]:
    """The names of the signals that the rules hold."""
    return frozenset(signal.name for signal, _, _ in _told(signals, aim) if signal)


def _told(signals: tuple[Signal, ...], aim: Aim) -> Iterator[tuple[Signal | None, str, str]]:
    """Each signal with its expression, and for how long it must hold; none is the watch itself."""
    for signal in signals:
        found = _EXPRESSIONS.get(signal.name)
        if found:
            expression, lasting = found
            yield signal, expression.replace("SHARE", f"{share(aim) / 100:g}"), lasting
    yield None, "vector(1)", "0m"


_EXPRESSIONS = {
    "requests_fail": (
        f"sum(rate({_FAILED}[5m])) / sum(rate(http_requests_total[5m])) > SHARE "
        f"and sum(increase({_FAILED}[5m])) >= {FEWEST}",
        f"{WINDOW // 60}m",
    ),
    "nobody_answers": ('sum(up{job="api"}) == 0 or absent(up{job="api"})', "3m"),
    "slow": (
        "histogram_quantile(0.99, "
        "sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 2",
        "15m",
    ),
    "payments_silent": (
        "sum(increase(payments_succeeded_total[30m])) == 0 or absent(payments_succeeded_total)",
        "0m",
    ),
    "payment_webhooks_fail": ("sum(increase(payment_webhooks_failed_total[15m])) >= 5", "0m"),
    "work_waits": ("max(work_oldest_seconds) > 900 or absent(work_oldest_seconds)", "3m"),
    "worker_silent": (
        "sum(increase(worker_beats_total[5m])) == 0 or absent(worker_beats_total)",
        "0m",
    ),
    "probe": ("min(probe_success) == 0 or absent(probe_success)", "3m"),
}


def _rule(signal: Signal | None, expression: str, lasting: str) -> dict[str, Any]:
    if signal is None:
        return {
            "alert": "AlarmsAreAlive",
            "expr": expression,
            "labels": {"severity": "beat"},
            "annotations": {
                "summary": "Fires always: route it to a service outside that wakes somebody when "
                "it stops coming"
            },
        }
    return {
        "alert": "".join(part.capitalize() for part in signal.name.split("_")),
        "expr": expression,
        "for": lasting,
        "labels": {"severity": "page" if signal.pages else "ticket"},
        "annotations": {"summary": f"{signal.says[:1].upper()}{signal.says[1:]}"},
    }
