"""What Discord sends along with the id of a member, a role, a channel or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcord import interactions
from simcord.backend import Backend, serializers
from simcord.enums import OptionType

if TYPE_CHECKING:
    from tests.loopback.member import Member

_HANDLES = {OptionType.USER, OptionType.CHANNEL, OptionType.ROLE, OptionType.MENTIONABLE}


def resolved_into(
    backend: Backend, member: Member, kind: OptionType, value: Any, resolved: dict[str, Any]
) -> Any:
    """The value as it goes over the wire; what it stands for is put into `resolved`."""
    if kind == OptionType.ATTACHMENT:
        name, data = value
        return interactions.store_interaction_attachment(
            backend, member.channel_id, name, data, resolved
        )
    if kind not in _HANDLES:
        return value
    number = int(value)
    guild = backend.guilds.get(member.guild_id or 0)
    if number in backend.users:
        users = resolved.setdefault("users", {})
        users[str(number)] = dict(serializers.user_payload(backend.users[number]))
        if guild is not None and number in guild.members:
            resolved.setdefault("members", {})[str(number)] = dict(
                serializers.member_payload(backend, guild, guild.members[number], with_user=False)
            )
    elif number in backend.channels:
        channel = dict(serializers.channel_payload(backend, backend.channels[number]))
        if guild is not None:
            channel["permissions"] = str(backend.compute_permissions(guild.id, member.id, number))
        resolved.setdefault("channels", {})[str(number)] = channel
    elif guild is not None:
        role = serializers.role_payload(guild.roles[number])
        resolved.setdefault("roles", {})[str(number)] = dict(role)
    return str(number)
