"""What became of every interaction of a run."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.loopback.member import Answer
from tests.loopback.rest import NEVER
from tests.loopback.server import Loopback

#: So long an answer that says "thinking" may take to say what it thought: behind twenty photos.
THINKING_S = 90.0
UNKNOWN_INTERACTION = 404


@dataclass
class Tally:
    seconds: list[float] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    #: What was done, and how often.
    done: Counter[str] = field(default_factory=Counter)

    async def count(self, what: str, answer: Answer) -> Answer:
        """Write an interaction down when it has its answer, or has none."""
        self.done[what] += 1
        if answer.seconds == NEVER:
            self.unanswered.append(what)
            return answer
        self.seconds.append(answer.seconds)
        if answer.record.loading and not await answer.filled(THINKING_S):
            self.unanswered.append(f"{what}: still thinking")
        return answer

    def percentile(self, hundredths: int) -> float:
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[hundredths - 1]

    def told(self) -> dict[str, Any]:
        """For whoever looks for the cause."""
        return {"done": dict(self.done.most_common()), "unanswered": self.unanswered}


def late(discord: Loopback) -> int:
    """First answers that came after Discord's 3 seconds, and were refused."""
    return sum(one.status == UNKNOWN_INTERACTION for one in discord.asked("POST", "/interactions/"))
