"""What a member does in the Discord client, and what they see of the answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simcord import interactions
from simcord._modal import _modal_controls
from simcord.backend import serializers
from simcord.backend.models import Interaction
from simcord.components import walk_components
from simcord.enums import (
    AppCommandType,
    ComponentType,
    InteractionType,
    OptionType,
)

from tests.loopback.resolve import resolved_into
from tests.loopback.rest import NEVER

if TYPE_CHECKING:
    from tests.loopback.server import Loopback

#: Discord waits for 3; what comes later is refused and counts as no answer.
PATIENCE_S = 5.0


@dataclass
class Answer:
    """What the bot made of one interaction."""

    discord: Loopback
    record: Interaction
    #: From the telling to the first answer; `NEVER` when none came.
    seconds: float

    @property
    def is_answered(self) -> bool:
        return self.record.responded

    @property
    def form(self) -> dict[str, Any] | None:
        return self.record.modal

    @property
    def choices(self) -> list[dict[str, Any]]:
        return self.record.autocomplete_choices or []

    @property
    def messages(self) -> list[Any]:
        """The first answer, where it is a message, and what came after it."""
        there = self.discord.backend.messages.get(self.record.channel_id, {})
        numbers = [self.record.message_id, *self.record.followup_ids]
        return [there[number] for number in numbers if number in there]

    @property
    def message(self) -> Any:
        return self.messages[0]

    @property
    def text(self) -> str:
        return "\n".join(text_of(message) for message in self.messages)

    async def filled(self, limit_s: float = 30.0) -> bool:
        """Wait for what a "thinking" or a postponed change promised; whether it came."""
        if not self.record.deferred:
            return self.is_answered
        try:
            await self.discord.until(self._came, limit_s)
        except TimeoutError:
            return False
        return True

    def _came(self) -> bool:
        return bool(self.discord.rest.followed.get(self.record.token))


def text_of(message: Any) -> str:
    """All the words of a message."""
    parts = [message.content or ""]
    for embed in message.embeds:
        parts += [embed.get("title") or "", embed.get("description") or ""]
        for field in embed.get("fields") or []:
            parts += [field["name"], field["value"]]
    parts += [one["content"] for one in walk_components(message.components) if "content" in one]
    return "\n".join(parts)


def controls(message: Any) -> list[dict[str, Any]]:
    """What can be pressed or chosen from in a message."""
    return [
        one
        for one in walk_components(message.components)
        if one.get("custom_id") and not one.get("disabled")
    ]


@dataclass
class Member:
    discord: Loopback
    guild_id: int | None
    channel_id: int
    id: int

    # --- commands ---

    async def slash(self, command: str, /, **options: Any) -> Answer:
        """A slash command. Attachments are `(filename, bytes)`; members, roles and channels are
        given by their id."""
        root, leaf, path = self._command(command)
        resolved: dict[str, Any] = {}
        filled = self._filled(leaf, options, resolved)
        data = self._data(root, interactions.nest_options(root, path, filled))
        if resolved:
            data["resolved"] = resolved
        return await self._send(InteractionType.APPLICATION_COMMAND, data)

    async def complete(self, command: str, option: str, typed: str, /, **options: Any) -> Answer:
        """Type into an option that offers choices."""
        root, leaf, path = self._command(command)
        filled = self._filled(leaf, options, {})
        kind = next(one["type"] for one in leaf["options"] if one["name"] == option)
        filled.append({"name": option, "type": kind, "value": typed, "focused": True})
        data = self._data(root, interactions.nest_options(root, path, filled))
        return await self._send(InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE, data)

    async def point_at(self, command: str, target: Any) -> Answer:
        """A command of the menu that a right click on a message, or on a member's id, opens."""
        is_message = not isinstance(target, int)
        kind = AppCommandType.MESSAGE if is_message else AppCommandType.USER
        root = self.discord.backend.find_command(command, self.guild_id, kind)
        resolved: dict[str, Any] = {}
        if is_message:
            shown = dict(serializers.message_payload(self.discord.backend, target))
            resolved["messages"] = {str(target.id): shown}
            target = target.id
        else:
            resolved_into(self.discord.backend, self, OptionType.USER, target, resolved)
        data = {**self._data(root, []), "target_id": str(target), "resolved": resolved}
        return await self._send(InteractionType.APPLICATION_COMMAND, data)

    def _command(self, command: str) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
        name, *path = command.split()
        root = self.discord.backend.find_command(name, self.guild_id)
        assert root is not None, f"there is no /{name}"
        leaf, nesting = interactions.walk_to_subcommand(root, path)
        return root, leaf, nesting

    def _filled(
        self, leaf: dict[str, Any], options: Mapping[str, Any], resolved: dict[str, Any]
    ) -> list[dict[str, Any]]:
        kinds = {one["name"]: OptionType(one["type"]) for one in leaf.get("options") or []}
        return [
            {
                "name": name,
                "type": kinds[name],
                "value": resolved_into(self.discord.backend, self, kinds[name], value, resolved),
            }
            for name, value in options.items()
        ]

    @staticmethod
    def _data(root: Any, options: list[dict[str, Any]]) -> dict[str, Any]:
        data = {"id": root["id"], "name": root["name"], "type": root["type"], "options": options}
        return data | ({"guild_id": root["guild_id"]} if root.get("guild_id") else {})

    # --- buttons, menus, forms ---

    async def press(self, message: Any, label: str = "", custom_id: str = "") -> Answer:
        """A button of a message, by what it says or by its id."""
        (button,) = [
            one
            for one in controls(message)
            if (custom_id and one["custom_id"] == custom_id)
            or (label and one.get("label") == label)
        ]
        return await self.use(message, button)

    async def use(
        self, message: Any, control: Mapping[str, Any], values: Sequence[Any] = ()
    ) -> Answer:
        """A button, or a menu with what is chosen from it."""
        kind = ComponentType(control["type"])
        data: dict[str, Any] = {"custom_id": control["custom_id"], "component_type": kind}
        if kind is not ComponentType.BUTTON:
            data["values"], resolved = self._chosen(kind, values)
            if resolved:  # discord.py reads it in place of the values wherever it is there
                data["resolved"] = resolved
        return await self._send(InteractionType.MESSAGE_COMPONENT, data, source=message)

    def _chosen(self, kind: ComponentType, values: Sequence[Any]) -> tuple[list[str], Any]:
        options = {
            ComponentType.USER_SELECT: OptionType.USER,
            ComponentType.ROLE_SELECT: OptionType.ROLE,
            ComponentType.CHANNEL_SELECT: OptionType.CHANNEL,
            ComponentType.MENTIONABLE_SELECT: OptionType.MENTIONABLE,
        }
        resolved: dict[str, Any] = {}
        if kind in options:
            for value in values:
                resolved_into(self.discord.backend, self, options[kind], value, resolved)
        return [str(value) for value in values], resolved

    async def submit(self, shown: Answer, *values: Any) -> Answer:
        """Fill the fields of a form in their order and hand it in: text, chosen values, or files
        as `(filename, bytes)`. A field without a value is left as it is."""
        form = shown.form
        assert form is not None
        fields = dict(
            zip((one["custom_id"] for one in _modal_controls(form)), values, strict=False)
        )
        resolved: dict[str, Any] = {}
        parts = [self._handed_in(one, fields, resolved) for one in form["components"]]
        data = {"custom_id": form["custom_id"], "components": parts}
        data |= {"resolved": resolved} if resolved else {}
        source = self.discord.backend.messages.get(shown.record.channel_id, {}).get(
            shown.record.source_message_id or 0
        )
        return await self._send(InteractionType.MODAL_SUBMIT, data, source=source)

    def _handed_in(
        self, part: Mapping[str, Any], fields: Mapping[str, Any], resolved: dict[str, Any]
    ) -> dict[str, Any]:
        """A part of a form as it comes back."""
        back: dict[str, Any] = {"type": part["type"], "id": part.get("id", 0)}
        if "component" in part:
            back["component"] = self._handed_in(part["component"], fields, resolved)
        if "components" in part:
            back["components"] = [
                self._handed_in(one, fields, resolved) for one in part["components"]
            ]
        if "custom_id" in part:
            back["custom_id"] = part["custom_id"]
            back |= self._value(ComponentType(part["type"]), part, fields, resolved)
        return back

    def _value(
        self,
        kind: ComponentType,
        part: Mapping[str, Any],
        fields: Mapping[str, Any],
        resolved: dict[str, Any],
    ) -> dict[str, Any]:
        value = fields.get(part["custom_id"])
        if kind is ComponentType.TEXT_INPUT:
            return {"value": part.get("value") or "" if value is None else value}
        if kind is ComponentType.FILE_UPLOAD:
            return {
                "values": [
                    resolved_into(self.discord.backend, self, OptionType.ATTACHMENT, one, resolved)
                    for one in value or []
                ]
            }
        if kind in {ComponentType.RADIO_GROUP, ComponentType.CHECKBOX}:
            return {"value": value}
        chosen, found = self._chosen(kind, value or [])
        for group, those in found.items():
            resolved.setdefault(group, {}).update(those)
        return {"values": chosen}

    # --- on its way ---

    async def _send(self, kind: int, data: dict[str, Any], source: Any = None) -> Answer:
        """Tell the bot, and wait for its first answer."""
        discord = self.discord
        record, payload = interactions.base_payload(
            discord.backend,
            type=kind,
            channel_id=self.channel_id,
            guild_id=self.guild_id,
            user_id=self.id,
            data=data,
        )
        if source is not None:
            payload["message"] = dict(serializers.message_payload(discord.backend, source))
            record.source_message_id = source.id
        if discord.faults.impatient:
            record.initial_response_deadline = discord.backend.iso_after(-1)
        return await self._answered(record, self._told(payload))

    def _told(self, payload: dict[str, Any]) -> Callable[[], None]:
        signed = json.loads(self.discord.cdn.signed(json.dumps(payload)))

        def tell() -> None:
            for _ in range(self.discord.faults.told):
                self.discord.backend.emit("INTERACTION_CREATE", signed)

        return tell

    async def _answered(self, record: Interaction, tell: Callable[[], None]) -> Answer:
        coming = asyncio.get_running_loop().create_future()
        self.discord.rest.answers[str(record.id)] = coming
        began = time.perf_counter()
        tell()
        try:
            async with asyncio.timeout(PATIENCE_S):
                seconds = await coming - began
        except TimeoutError:
            seconds = NEVER
        return Answer(self.discord, record, seconds)
