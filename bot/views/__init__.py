"""Panels. `add_all` teaches a client to find their buttons again after a restart."""

from __future__ import annotations

import discord

from bot.views import checklist, consent, planning, progress, sure


def add_all(client: discord.Client) -> None:
    client.add_dynamic_items(
        consent.Agree,
        consent.Decline,
        checklist.AddPhotos,
        checklist.Train,
        checklist.DropPhoto,
        planning.Start,
        planning.NeverMind,
        progress.CancelJob,
        progress.ShowSheet,
        sure.DeleteSubject,
        sure.KeepSubject,
        sure.Forget,
        sure.KeepAll,
    )
