"""What the service counts of itself, for Prometheus.

Counting must not slow a cached answer down: plain numbers are kept, and given their form when
somebody asks for them.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from kg_api.cache import Cache

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
)
_METHODS = {"GET", "HEAD", "POST", "OPTIONS"}


class Metrics(Collector):
    """Requests and their latencies by route; and, when asked, the cache and the pool."""

    def __init__(self, cache: Cache, pool: Callable[[], dict[str, Any]]) -> None:
        self._cache = cache
        self._pool = pool
        self._requests: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._buckets: dict[str, list[int]] = {}
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self.limited = 0
        self.switches = 0

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; the routes are those of the program, so there are few."""
        self._requests[route, method, status] += 1
        self._seconds[route] += seconds
        buckets = self._buckets.get(route)
        if buckets is None:
            buckets = self._buckets[route] = [0] * (len(BUCKETS) + 1)
        buckets[bisect_left(BUCKETS, seconds)] += 1

    def render(self) -> bytes:
        """All numbers in Prometheus' text format."""
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Every metric there is."""
        requests = CounterMetricFamily(
            "comity_requests", "Requests answered", labels=["route", "method", "status"]
        )
        known: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        for (route, method, status), number in self._requests.items():
            known[route, method if method in _METHODS else "other", status] += number
        for (route, method, status), number in known.items():
            requests.add_metric([route, method, str(status)], number)
        yield requests
        latency = HistogramMetricFamily(
            "comity_request_seconds", "Time from request to answer", labels=["route"]
        )
        for route, buckets in self._buckets.items():
            total, cumulated = 0, []
            for bound, number in zip((*map(str, BUCKETS), "+Inf"), buckets, strict=True):
                total += number
                cumulated.append((bound, float(total)))
            latency.add_metric([route], cumulated, self._seconds[route])
        yield latency
        yield _counter("comity_cache_hits", "Answers given from memory", self._cache.hits)
        yield _counter("comity_cache_misses", "Answers that were not in memory", self._cache.misses)
        yield GaugeMetricFamily("comity_cache_bytes", "Bytes of kept answers", self._cache.bytes)
        yield GaugeMetricFamily("comity_cache_answers", "Kept answers", len(self._cache))
        yield _counter("comity_rate_limited", "Requests refused by the rate", self.limited)
        yield _counter("comity_switches", "Switches to a new snapshot", self.switches)
        yield from self._of_pool()

    def _of_pool(self) -> Iterator[Metric]:
        stats = self._pool()
        yield GaugeMetricFamily("comity_workers", "Processes that evaluate", stats["workers"])
        yield GaugeMetricFamily("comity_workers_busy", "Those that do so now", stats["busy"])
        yield GaugeMetricFamily("comity_queue", "Jobs that wait for a worker", stats["queue"])
        yield _counter("comity_jobs", "Jobs done", stats["jobs"])
        for name, help_ in (("kills", "Workers ended"), ("refusals", "Jobs refused")):
            family = CounterMetricFamily(f"comity_{name}", help_, labels=["reason"])
            for reason, number in stats[name].items():
                family.add_metric([reason], number)
            yield family
        release = GaugeMetricFamily("comity_release", "The release served", labels=["digest"])
        release.add_metric([stats["digest"]], 1)
        yield release


def _counter(name: str, help_: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(name, help_, value)
