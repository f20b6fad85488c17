"""What a server's admins decide: who may do what, how much of it, and where. Read from the server's
row; what nobody decided is as the defaults have it, and those need no set-up.

Whoever manages the server is bound by what keeps it safe, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, Literal, Self, TypeAlias

from bot.quiet import zone_named
from storage.quotas import Allowance, What

Deed: TypeAlias = Literal["picture", "training"]
Reason: TypeAlias = Literal["role", "tenure", "channel", "adults"]

#: What everybody has where nobody decided. Choices of ours: a member who works at it all day, on
#: one GPU that others wait for, too.
PICTURES_A_DAY: Final = 200
TRAININGS_A_WEEK: Final = 20
#: Above these nothing can be set: a number with more digits is a slip.
MOST_PICTURES: Final = 10_000
MOST_TRAININGS: Final = 1_000
MOST_HOURS: Final = 24 * 365
#: As many as one of Discord's menus takes.
MOST_NAMED: Final = 25
#: Discord's ids are below it.
_MOST_ID: Final = 2**63

Limits: TypeAlias = Mapping[int, int | None]


@dataclass(frozen=True)
class Visitor:
    """Who asks, and where: their roles, since when they are on the server, whether they manage it;
    the channel (of a thread: also the one it is in), whether it is age-restricted, and whether it
    is a direct message."""

    role_ids: frozenset[int] = frozenset()
    joined_at: datetime | None = None
    manages: bool = False
    channel_ids: frozenset[int] = frozenset()
    is_adult: bool = False
    is_private: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why not, with what is to be known of it: the roles or channels in which it could be, or from
    when on it can."""

    reason: Reason
    ids: tuple[int, ...] = ()
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Rules:
    """A server's rules.

    train_roles, channels: none: everybody, everywhere
    pictures_a_day, trainings_a_week: None: as many as one likes; a role's own number counts where
    it is more
    tenure_hours: so long a member is on the server before they draw or train
    adults_only: nothing is drawn or trained but in age-restricted channels
    zone: the time zone in which days begin
    others: what this Darkroom does not know, and keeps
    """

    train_roles: frozenset[int] = frozenset()
    pictures_a_day: int | None = PICTURES_A_DAY
    trainings_a_week: int | None = TRAININGS_A_WEEK
    pictures_by_role: Limits = field(default_factory=dict)
    trainings_by_role: Limits = field(default_factory=dict)
    tenure_hours: int = 0
    channels: frozenset[int] = frozenset()
    adults_only: bool = False
    zone: str = "UTC"
    others: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """The rules of a server's row. What is not as it should be is as the defaults have it."""
        known = set(cls.__dataclass_fields__) - {"others"}
        zone = told.get("zone")
        return cls(
            train_roles=_ids(told.get("train_roles")),
            pictures_a_day=_limit(
                told.get("pictures_a_day", PICTURES_A_DAY), MOST_PICTURES, PICTURES_A_DAY
            ),
            trainings_a_week=_limit(
                told.get("trainings_a_week", TRAININGS_A_WEEK), MOST_TRAININGS, TRAININGS_A_WEEK
            ),
            pictures_by_role=_limits(told.get("pictures_by_role"), MOST_PICTURES),
            trainings_by_role=_limits(told.get("trainings_by_role"), MOST_TRAININGS),
            tenure_hours=_limit(told.get("tenure_hours"), MOST_HOURS, 0) or 0,
            channels=_ids(told.get("channels")),
            adults_only=told.get("adults_only") is True,
            zone=zone if isinstance(zone, str) else "UTC",
            others={name: value for name, value in told.items() if name not in known},
        )

    def written(self) -> dict[str, Any]:
        """As it is kept: only what is not as by default."""
        plain: dict[str, Any] = {
            "train_roles": sorted(self.train_roles),
            "pictures_a_day": self.pictures_a_day,
            "trainings_a_week": self.trainings_a_week,
            "pictures_by_role": {str(role): most for role, most in self.pictures_by_role.items()},
            "trainings_by_role": {str(role): most for role, most in self.trainings_by_role.items()},
            "tenure_hours": self.tenure_hours,
            "channels": sorted(self.channels),
            "adults_only": self.adults_only,
            "zone": self.zone,
        }
        return {**self.others, **{n: v for n, v in plain.items() if v != _DEFAULTS[n]}}

    def limit(self, what: What, who: Visitor) -> int | None:
        """How much of it this member may ask for in a day or a week: the most that they have from
        anything; None: as much as they like."""
        if who.manages:
            return None
        everybody, by_role = (
            (self.pictures_a_day, self.pictures_by_role)
            if what == "pictures"
            else (self.trainings_a_week, self.trainings_by_role)
        )
        limits = [everybody, *(most for role, most in by_role.items() if role in who.role_ids)]
        return None if None in limits else max(one for one in limits if one is not None)

    def with_limit(
        self, what: What, role_id: int | None, most: int | None, *, is_set: bool = True
    ) -> Self:
        """Another limit for everybody or for a role; where it is not `is_set`, the default, or none
        of that role's own."""
        changed: dict[str, Any]
        if role_id is None:
            name = "pictures_a_day" if what == "pictures" else "trainings_a_week"
            changed = {name: most if is_set else _DEFAULTS[name]}
        else:
            name = "pictures_by_role" if what == "pictures" else "trainings_by_role"
            others = {role: had for role, had in getattr(self, name).items() if role != role_id}
            changed = {name: {**others, role_id: most} if is_set else others}
        return replace(self, **changed)

    def allowance(self, what: What, who: Visitor, now: datetime) -> Allowance:
        """How much of it this member may ask for, since the day or the week began there."""
        begins, ends = span(what, now, zone_named(self.zone) or UTC)
        return Allowance(what, self.limit(what, who), begins, ends)


def refused(rules: Rules, deed: Deed, who: Visitor, now: datetime) -> Refusal | None:
    """Why this member may not do that there now, but for how much of it they did; None: they may.
    What would keep them longest comes first."""
    if rules.adults_only and not who.is_adult:
        return Refusal("adults")
    if who.manages:
        return None
    if deed == "training" and rules.train_roles and not rules.train_roles & who.role_ids:
        return Refusal("role", tuple(sorted(rules.train_roles)))
    if rules.tenure_hours:
        # who joined nobody knows when, joined just now
        opens_at = (who.joined_at or now) + timedelta(hours=rules.tenure_hours)
        if opens_at > now:
            return Refusal("tenure", opens_at=opens_at)
    if rules.channels and not who.is_private and not rules.channels & who.channel_ids:
        return Refusal("channel", tuple(sorted(rules.channels)))
    return None


def span(what: What, now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when the day or the week of that moment lasts in that time zone; weeks begin on
    Mondays."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if what == "trainings":
        midnight -= timedelta(days=midnight.weekday())
    # on the wall's clock: a day on which the clocks change is no 24 hours
    ends = midnight + timedelta(days=1 if what == "pictures" else 7)
    return midnight.astimezone(UTC), ends.astimezone(UTC)


def _ids(told: Any) -> frozenset[int]:
    return frozenset(filter(_is_id, told)) if isinstance(told, list) else frozenset()


def _is_id(told: Any) -> bool:
    return isinstance(told, int) and not isinstance(told, bool) and 0 < told < _MOST_ID


def _limit(told: Any, most: int, default: int) -> int | None:
    if told is None:
        return None
    is_number = isinstance(told, int) and not isinstance(told, bool) and 0 <= told <= most
    return int(told) if is_number else default


def _limits(told: Any, most: int) -> dict[int, int | None]:
    """By role; JSON's names are texts."""
    if not isinstance(told, Mapping):
        return {}
    found = {int(role): limit for role, limit in told.items() if _digits(role)}
    return {
        role: limit
        for role, limit in sorted(found.items())
        if _is_id(role) and (limit is None or _limit(limit, most, -1) == limit)
    }


def _digits(told: Any) -> bool:
    return isinstance(told, str) and told.isascii() and told.isdigit() and len(told) < len("9" * 20)


def named(ids: Collection[int], there: Collection[int]) -> list[int]:
    """Those of these roles or channels that are still there, as many as a menu takes."""
    return sorted(set(ids) & set(there))[:MOST_NAMED]


_DEFAULTS: Final = {
    name: [] if isinstance(value, frozenset) else value for name, value in vars(Rules()).items()
}
