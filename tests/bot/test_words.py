"""Every reason that can be given has a sentence, and Discord takes each of them."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

from bot import words
from bot.photos.errors import REASONS
from bot.prompt import MOST_NAMED
from bot.words.en import errors, photos, picture, style, subject

ROOT = Path(__file__).parent.parent.parent
MOST = 2000


def raised(path: str, name: str) -> set[str]:
    """The reasons in `Name("reason")` of a file, or in `Name("one" if ... else "other")`."""
    return {
        constant.value
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for argument in node.args[:1]
        for constant in (
            (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
        )
        if isinstance(constant, ast.Constant)
    }


def failures() -> set[str]:
    """The codes that the trainer and the queue end a job with."""
    tree = ast.parse((ROOT / "trainer/failures.py").read_text())
    table = next(
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.AnnAssign)
        and isinstance(n.target, ast.Name)
        and n.target.id == "FAILURES"
    )
    assert isinstance(table, ast.Dict)
    codes = {v.value for v in table.values if isinstance(v, ast.Constant)}
    assert codes
    for path, code in (
        ("storage/queue.py", "crashed"),
        ("trainer/worker.py", "error"),
        ("trainer/worker.py", "out_of_memory"),
    ):
        assert f'"{code}"' in (ROOT / path).read_text()
        codes.add(code)
    return codes


def is_fit(sentence: str) -> bool:
    return 0 < len(sentence) <= MOST and "{" not in sentence and "None" not in sentence


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_refusal_of_a_photo_has_a_sentence(reason: str) -> None:
    facts = dict.fromkeys(REASONS[reason], 48)
    assert is_fit(words.photo_refusal("x" * 300, reason, facts))


def test_no_reason_against_a_photo_is_never_given() -> None:
    photos = ("child", "darkbox", "decode", "examine")
    files = ["bot/intake.py", "bot/download.py", *(f"bot/photos/{name}.py" for name in photos)]
    given = set().union(*(raised(path, "PhotoRefused") for path in files))
    assert given == set(REASONS)


TOKEN_REASONS = (
    raised("bot/tokens.py", "BadToken") | raised("bot/clinic.py", "BadToken") | {"token_taken"}
)
PROMPT_REASONS = raised("bot/prompt.py", "BadPrompt") | raised("bot/asked.py", "BadPrompt")


STYLE_REASONS = (
    raised("bot/prompt.py", "BadPrompt") - {"no_token", "two_tokens"}
    | raised("bot/styles.py", "BadStyle")
    | raised("bot/commands/style.py", "BadStyle")
    | {"taken", "full"}
)


@pytest.mark.parametrize("reason", sorted(TOKEN_REASONS))
def test_every_refusal_of_a_token_has_a_sentence(reason: str) -> None:
    assert is_fit(words.token_refusal(reason, "x" * 1000))


#: As long as tokens and class words may be.
LONG_CLASS = f"{'x' * 21} {'x' * 21}"
PROMPT_FACTS = {
    "too_few_words": {"count": 1},
    "too_many_words": {"count": 61},
    "too_long": {"count": 700},
    "weight_out_of_bounds": {"weight": "9" * 500, "least": 0.2, "most": 1.8},
    "two_tokens": {"tokens": ", ".join(["x" * 16] * MOST_NAMED)},
    "not_trained": {"token": "zwx"},
    "style_unfit": {"style": "x" * 32},
    "style_gone": {"style": "x" * 500},
}


@pytest.mark.parametrize("reason", sorted(STYLE_REASONS))
def test_every_refusal_of_a_style_has_a_sentence(reason: str) -> None:
    facts = {"most": 30, "tokens": "`zwx`, `qqxy`", **PROMPT_FACTS.get(reason, {})}
    said = words.style_refusal(reason, facts)
    assert is_fit(said)
    assert len(said) < 300


def test_styles_are_told_in_words_that_fit() -> None:
    for name in ("golden hour", "x" * 500):
        assert is_fit(words.style_added(name))
        assert is_fit(words.style_removed(name))
        assert is_fit(words.style_unknown(name))
    lines = [words.style_line("x" * 32, "y " * 200, is_everywhere=True)] * 31
    assert len("\n".join(lines)) < 4096  # what an embed holds


@pytest.mark.parametrize(
    "reason",
    sorted(PROMPT_REASONS),
)
@pytest.mark.parametrize("trained", [0, 1, 10])
@pytest.mark.parametrize("untrained", [0, 1, 10])
def test_every_refusal_of_a_prompt_has_a_sentence(
    reason: str, trained: int, untrained: int
) -> None:
    tokens = [(f"token{n}".ljust(16, "x"), LONG_CLASS) for n in range(trained)]
    others = [(f"other{n}".ljust(16, "x"), LONG_CLASS) for n in range(untrained)]
    said = words.prompt_refusal(reason, PROMPT_FACTS.get(reason, {}), tokens, others)
    assert is_fit(said)
    assert len(said) <= 300
    if reason == "no_token":
        assert all(f"`{one[0][0]}`" in said for one in (tokens, others) if one)
        assert (" more" in said) == (max(trained, untrained) > 1)


def test_counts_are_told_in_words_that_fit() -> None:
    assert "1 word:" in words.prompt_refusal("too_few_words", {"count": 1}, [], [])
    assert "61 words" in words.prompt_refusal("too_many_words", {"count": 61}, [], [])


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        (subject._TOKENS, TOKEN_REASONS),
        (picture._PROMPTS, PROMPT_REASONS),
        (style._STYLES, STYLE_REASONS),
        (photos._PHOTOS, set(REASONS)),
        (errors._FAILURES, failures()),
    ],
)
def test_no_sentence_is_never_said(sentences: dict[str, str], said: set[str]) -> None:
    assert set(sentences) == said


@pytest.mark.parametrize("number", [1, 2, 200])
def test_quotas_and_losses_are_told_in_words_that_fit(number: int) -> None:
    for sentence in (
        words.pictures_lost(number),
        words.quota_full("member", number),
        words.quota_full("server", number),
    ):
        assert is_fit(sentence)
        assert str(number) in sentence


@pytest.mark.parametrize("code", sorted(failures()))
def test_every_failure_has_a_sentence_of_its_own(code: str) -> None:
    assert is_fit(words.failure(code))
    assert code == "error" or words.failure(code) != words.TROUBLE


def test_an_unknown_failure_still_has_a_sentence() -> None:
    assert words.failure("never heard of") == words.failure(None) == words.TROUBLE


def test_a_members_own_words_cannot_break_out_of_their_place() -> None:
    shown = words.photo_refusal("`@everyone`\n# big.jpg" * 40, "empty", {})
    assert shown.count("`") == 2
    assert "\n" not in shown
    prompt = "w" * 600 + "\n" * 50
    for said in (words.picture_waiting(prompt, 1), words.picture_failed(prompt, None)):
        assert len(said.splitlines()[0]) <= 410


def test_no_section_takes_a_name_from_another() -> None:
    names = [
        name
        for path in (ROOT / "bot/words/en").glob("*.py")
        for node in ast.parse(path.read_text()).body
        for name in defined(node)
    ]
    assert "BUSY" in names
    assert len(names) == len(set(names))
    assert all(hasattr(words, name) for name in names if not name.startswith("_"))


def defined(node: ast.stmt) -> list[str]:
    """The names that a statement of a file gives."""
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def test_constant_sentences_fit_into_a_message() -> None:
    constants = {n: v for n, v in vars(words.en).items() if n.isupper() and isinstance(v, str)}
    assert "BUSY" in constants
    for sentence in constants.values():
        assert 0 < len(sentence) <= MOST
        assert all(
            name in {None, "token", "class_word", "attempt"}
            for _, name, _, _ in string.Formatter().parse(sentence)
        )
