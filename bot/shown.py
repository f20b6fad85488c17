"""What this process has shown of open jobs, so that panels are edited on change only."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage import clock

#: The same panel is edited at most this often; Discord allows five edits in five seconds to a
#: channel, and several panels share one.
EDIT_EVERY_S = 2.0
#: The wait doubles with every edit in a row that Discord did not take, up to this.
LONGEST_WAIT_S = 300.0


@dataclass
class Shown:
    """Forgotten on a restart, which costs one edit of each panel."""

    says: dict[int, str] = field(default_factory=dict)
    edited_s: dict[int, float] = field(default_factory=dict)
    stumbles: dict[int, int] = field(default_factory=dict)
    unreachable: set[int] = field(default_factory=set)
    #: The file that hangs on a panel.
    files: dict[int, str] = field(default_factory=dict)

    def is_due(self, job_id: int, says: str) -> bool:
        """Whether a panel should be edited to say this now."""
        wait_s = min(EDIT_EVERY_S * 2 ** self.stumbles.get(job_id, 0), LONGEST_WAIT_S)
        return (
            job_id not in self.unreachable
            and self.says.get(job_id) != says
            and clock.monotonic_s() - self.edited_s.get(job_id, -LONGEST_WAIT_S) >= wait_s
        )

    def note(self, job_id: int, says: str) -> None:
        self.says[job_id] = says
        self.edited_s[job_id] = clock.monotonic_s()
        self.stumbles.pop(job_id, None)

    def stumbled(self, job_id: int) -> None:
        """Discord did not take an edit: nothing is shown, and the next one waits longer."""
        self.says.pop(job_id, None)
        self.files.pop(job_id, None)
        self.edited_s[job_id] = clock.monotonic_s()
        self.stumbles[job_id] = self.stumbles.get(job_id, 0) + 1

    def forget(self, job_id: int) -> None:
        self.says.pop(job_id, None)
        self.edited_s.pop(job_id, None)
        self.stumbles.pop(job_id, None)
        self.files.pop(job_id, None)
        self.unreachable.discard(job_id)
