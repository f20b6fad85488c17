"""The second language is complete: the same sentences, none left in English, none too long."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import discord
import pytest

from bot import commands, words
from bot.tree import Descriptions, Tree
from bot.words import de, en
from storage.erase import Receipt

SECTIONS = sorted(module.name for module in pkgutil.iter_modules(en.__path__))
MOST = 300
#: Texts of several sentences, which have a card or a window of their own.
DOCUMENTS = {"consent", "likeness_question", "dossier_readme", "HELP_EXAMPLES", "help_examples"}
#: How things are counted and written, which every language does in its own way.
OF_A_LANGUAGE = {"article", "count", "decimal", "MARKS"}
AT = datetime(2026, 11, 24, tzinfo=UTC)
BOT = Path(__file__).parents[2] / "bot"


def section(language: str, name: str) -> ModuleType:
    return import_module(f"bot.words.{language}.{name}")


def own(module: ModuleType) -> dict[str, Any]:
    """What a section says itself."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and name not in OF_A_LANGUAGE
        and (
            (isinstance(value, str | dict) and name.isupper())
            or getattr(value, "__module__", "") == module.__name__
        )
    }


@pytest.mark.parametrize("name", SECTIONS)
def test_every_sentence_is_there_and_asked_for_alike(name: str) -> None:
    english, german = own(section("en", name)), vars(section("de", name))
    for called, value in english.items():
        assert called in german, called
        if inspect.isfunction(value):
            told = [list(inspect.signature(one).parameters) for one in (value, german[called])]
            assert told[0] == told[1], called
        elif isinstance(value, dict):
            assert value.keys() == german[called].keys(), called


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)


@pytest.mark.parametrize("name", SECTIONS)
def test_no_sentence_is_left_in_english_and_none_is_too_long(name: str) -> None:
    english, german = section("en", name), section("de", name)
    for called, value in own(english).items():
        for told, other in zip(texts(value), texts(getattr(german, called)), strict=True):
            is_name = told.endswith((".json", ".txt"))
            assert told != other or is_name or other in {"Session", "Seed", "Text"}, called
            for language in (told, other):
                assert called in DOCUMENTS or all(
                    len(line) <= MOST for line in language.splitlines()
                ), called


#: What a function is asked with, by what its parameter is.
SAMPLES: dict[str, tuple[Any, ...]] = {
    "int": (1, 7), "float": (0.5, 7.0), "bool": (False, True), "datetime": (AT,),
    "int | None": (None, 3), "float | None": (None, 3.0), "str | None": (None, "zwx"),
    "datetime | None": (None, AT), "int | str | None": (None, 2),
    "Sequence[str]": ((), ("zwx", "qqxy")), "Sequence[int]": ((), (1, 2)), "list[int]": ([1, 2],),
    "Sequence[tuple[str, str]]": ((), (("zwx", "woman"),)),
    "tuple[int, datetime] | None": (None, (20, AT)), "tuple[int, float, int]": ((20, 1e-4, 8),),
    "Mapping[str, Any]": ({"typed": "zwx at the beach"},),
    "Receipt": (Receipt(), Receipt(subjects=1, photos=2, freed_bytes=10, suspended_until=AT)),
}  # fmt: skip
FACTS = dict.fromkeys(
    ("count", "most", "limit", "limit_s", "width", "height", "needed", "format", "bytes", "least",
     "weight", "tokens", "style", "token", "named"), 48
)  # fmt: skip


def asked(function: Callable[..., Any], module: ModuleType) -> Iterator[dict[str, Any]]:
    """Ways to call a function of a section: words that it might look up are those that any table
    of its section has."""
    tables = [value for name, value in vars(module).items() if not name.startswith("__")]
    known = [key for table in tables if isinstance(table, dict) for key in table]
    keys = ["zwx", *{key for key in known if isinstance(key, str)}]
    parameters = inspect.signature(function).parameters
    offered: dict[str, tuple[Any, ...]] = {}
    for name, parameter in parameters.items():
        kind = str(parameter.annotation)
        if kind == "str" or kind.startswith("Literal"):
            offered[name] = tuple(keys)
        elif kind.startswith("Mapping[str, object]"):
            offered[name] = (FACTS,)
        else:
            offered[name] = SAMPLES.get(kind, ())
    if not all(offered.values()):
        return
    for first in keys if len(parameters) else [""]:
        plain = {n: (first if first in v else v[0]) for n, v in offered.items()}
        for name, values in offered.items():
            for value in values:
                yield {**plain, name: value}
    if not parameters:
        yield {}


def said(function: Callable[..., Any], how: dict[str, Any]) -> Any:
    """None where it has nothing to say of that."""
    try:
        return function(**how)
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError):
        return None


@pytest.mark.parametrize("name", [name for name in SECTIONS if name != "measures"])
def test_whatever_is_said_in_english_is_said_in_german(name: str) -> None:
    english, german = section("en", name), section("de", name)
    for called, function in own(english).items():
        if not inspect.isfunction(function):
            continue
        for how in asked(function, english):
            told, other = said(function, how), said(getattr(german, called), how)
            if not isinstance(told, str):
                continue
            assert isinstance(other, str), (called, how)
            assert bool(told) == bool(other), (called, how)
            assert "{" not in other, (called, how)
            if called not in DOCUMENTS:
                assert all(len(line) <= MOST for line in other.splitlines()), (called, how, other)


@pytest.mark.parametrize("language", [en, de])
def test_every_word_that_the_bot_says_is_there(language: ModuleType) -> None:
    said = {
        node.attr
        for path in BOT.rglob("*.py")
        if path.relative_to(BOT).parts[0] != "words"  # there it is a name like any other
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "words"
    }
    assert len(said) > 100
    of_the_folder = {name for name in said if name in vars(words)}
    assert {name for name in said - of_the_folder if not hasattr(language, name)} == set()


def test_each_task_speaks_its_own_language() -> None:
    with words.speaking("de"):
        assert words.CANCEL == de.CANCEL
    assert words.CANCEL == en.CANCEL


@pytest.mark.parametrize("locale", ["en-US", "en-GB", "fr", "", None])
def test_whoever_speaks_another_language_is_answered_in_english(locale: str | None) -> None:
    assert words.language_of(locale) == "en"


async def test_commands_are_described_in_german_and_keep_their_names() -> None:
    tree, translator = Tree(discord.Client(intents=discord.Intents.none())), Descriptions()
    commands.add_all(tree)
    for command in tree.walk_commands():
        told = await command.get_translated_payload(tree, translator)
        assert "de" not in told.get("name_localizations", {})
        assert 0 < len(told["description_localizations"]["de"]) <= 100
        for option in told.get("options", []):
            assert "de" not in option.get("name_localizations", {})
            assert 0 < len(option["description_localizations"]["de"]) <= 100
            for choice in option.get("choices", []):
                assert 0 < len(choice["name_localizations"]["de"]) <= 100
    for menu in tree.get_commands(type=discord.AppCommandType.message):
        told = await menu.get_translated_payload(tree, translator)
        assert 0 < len(told["name_localizations"]["de"]) <= 32
