"""Every reason that can be given has a sentence, and Discord takes each of them."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from bot import words
from bot.photos.edit import ACTIONS
from bot.photos.errors import REASONS
from bot.photos.terms import DECLARED, FRAMINGS, KINDS, WARNINGS
from bot.plan import Warned
from bot.prompt import MOST_NAMED
from bot.words import errors, photos, picture, style, subject
from storage.erase import Receipt
from storage.settings import METHODS

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


@pytest.mark.parametrize("warning", WARNINGS)
def test_every_warning_is_said(warning: str) -> None:
    said, plain = (words.photo_verdict("person", "face", w, None) for w in ([warning], []))
    assert said != plain


@pytest.mark.parametrize("is_whole", [False, True])
def test_every_action_on_a_square_has_a_button_and_says_when_it_changed_nothing(
    is_whole: bool,
) -> None:
    assert set(words.SQUARE_BUTTONS) == set(ACTIONS)
    assert all(0 < len(label) <= 80 for label in words.SQUARE_BUTTONS.values())
    assert all(is_fit(words.square_stays(action, is_whole=is_whole)) for action in ACTIONS)


def test_a_remark_that_is_kept_is_said_to_be() -> None:
    told, kept = (
        words.photo_verdict("person", "face", ["dark", "blurry"], None, kept=kept)
        for kept in (False, True)
    )
    assert "rather dark, a little blurry" in told
    assert "you keep it: rather dark, a little blurry" in kept


def test_a_photo_that_does_not_count_says_why_before_what_is_remarked() -> None:
    said = words.photo_verdict("person", "face", ["blurry"], 3)
    assert said.index("nearly the same as photo 3") < said.index("a little blurry")
    assert "once you have said what it shows" in words.photo_verdict("pet", "other", [], None)


FACES_AND_WAISTS = re.compile(r"\b(face|faces|waist|torso|torsos)\b")


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_person_is_said_to_have_a_face_and_a_waist(kind: str) -> None:
    asked = [
        words.missing_line(kind, 1, 2, 3),
        words.not_covered(kind, 6, 1),
        words.coverage_line(kind, 6, 1, 6, 2),
        *(words.photo_verdict(kind, framing, ["dark"], None) for framing in FRAMINGS),
        *words.framing_choices(kind).values(),
        words.subject_created("zwx", "dog", kind, ["z", "wx"])
        .replace("`face`", "")
        .replace("`torso`", ""),
    ]
    assert all(is_fit(sentence) for sentence in asked)
    named = [sentence for sentence in asked if FACES_AND_WAISTS.search(sentence.lower())]
    assert bool(named) == (kind == "person"), named
    without = {"chest"} if kind in ("person", "object") else set()
    assert set(words.framing_choices(kind)) == set(DECLARED) - without


@pytest.mark.parametrize("code", get_args(Warned))
@pytest.mark.parametrize("much", [0.0001, 0.25, 1.0, 3.4, 300.0])
@pytest.mark.parametrize("class_images", [0, 100])
def test_every_plan_warning_has_a_sentence(code: str, much: float, class_images: int) -> None:
    assert is_fit(words.plan_warning(code, much, (800, 2e-6, class_images), "woman"))


def test_every_method_and_every_bound_has_a_sentence() -> None:
    for method in METHODS:
        assert is_fit(words.goes_on_only_with("zwx", method))
        assert is_fit(words.no_more_of("zwx", method))
        assert method not in words.plan_method(method)  # it is said in words
    assert is_fit(words.method_not_offered(METHODS))
    for field in ("steps", "class_images", "learning_rate"):
        assert is_fit(words.out_of_bounds(field, 1e-5, 3000))
    for label in (words.START, words.START_OVER, words.learn_new(1), words.learn_new(60)):
        assert 0 < len(label) <= 80


@pytest.mark.parametrize(
    "phase", ["loading", "dataset", "class-images", "training", "samples", "?"]
)
@pytest.mark.parametrize(("step", "total", "rate"), [(0, 0, None), (3, 10, 0.5), (10, 10, 4.0)])
def test_progress_is_said_at_every_point(
    phase: str, step: int, total: int, rate: float | None
) -> None:
    assert is_fit(words.progress_line(phase, step, total, rate))


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
        for path in (ROOT / "bot/words").glob("*.py")
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
    constants = {n: v for n, v in vars(words).items() if n.isupper() and isinstance(v, str)}
    assert "BUSY" in constants
    for sentence in constants.values():
        assert 0 < len(sentence) <= MOST
        assert all(
            name in {None, "token", "class_word", "attempt"}
            for _, name, _, _ in string.Formatter().parse(sentence)
        )


@pytest.mark.parametrize(
    ("s", "said"),
    [
        (0, "1 second"),
        (1.2, "1 second"),
        (42, "42 seconds"),
        (120, "2 minutes"),
        (7200, "2.0 hours"),
    ],
)
def test_durations_are_said_as_people_say_them(s: float, said: str) -> None:
    assert words.span(s) == said


@pytest.mark.parametrize("days", [(None, None, None), (30, None, None), (30, 1, 365)])
def test_the_consent_names_every_retention_that_is_set(days: tuple[int | None, ...]) -> None:
    said = words.consent(*days)
    assert is_fit(said)
    assert [f" {words.count(n, 'day')}" in said for n in days if n] == [True] * (
        3 - days.count(None)
    )
    assert ("no longer than" in said) == (days[0] is not None)
    assert ("I delete by myself" in said) == (days[1] is not None)


def test_every_way_a_training_is_stopped_has_a_sentence() -> None:
    for sentence in (
        words.stop_question(1, 400),
        words.trained_early("zwx", "woman", 81, 400),
        words.trained_so_far("zwx", "woman"),
        words.trained_early_ping("<@1>", "zwx"),
    ):
        assert is_fit(sentence)
    for label in (words.STOP_AND_KEEP, words.STOP_AND_DROP, words.GO_ON):
        assert 0 < len(label) <= 80


def test_a_place_that_is_not_known_is_not_made_up() -> None:
    assert is_fit(words.waiting_line(None))
    assert words.waiting_line(None) != words.waiting_line(0)


def test_a_receipt_counts_one_and_many() -> None:
    said = words.forgotten(Receipt(1, 8, 0, 2, 1, 1_500_000))
    assert "1 subject, 8 photos, 0 trainings, 2 pictures, 1 job, 1.5 MB" in said
    assert "as soon as" not in said
    assert "The last file goes as soon as" in words.forgotten(Receipt(1, waiting_files=1))
    assert "The last 9 files go as soon as" in words.forgotten(Receipt(1, waiting_files=9))
    assert "nothing of yours" in words.forgotten(Receipt(0, 0, 0, 0, 0, 0))
