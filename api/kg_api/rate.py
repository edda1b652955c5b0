"""How often one client may ask: a bucket of requests for each, which fills at a steady rate."""

import math
import time
from collections import OrderedDict

# more clients than this are not told apart: those heard of longest ago begin anew
_CLIENTS = 100_000


class Rate:
    """Buckets by client."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str, now: float | None = None) -> int:
        """Take a request from a client's bucket; the seconds to wait where it is empty, else 0.

        >>> rate = Rate(rate=0.5, burst=2)
        >>> [rate.wait("a", now) for now in (0, 0, 0, 2, 2)], rate.wait("b", 0)
        ([0, 0, 2, 0, 2], 0)
        """
        now = time.monotonic() if now is None else now
        tokens, then = self._buckets.pop(client, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - then) * self._rate)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - allowed, now)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - tokens) / self._rate))
