"""`ballast analyse`: one object for each line, in its order, at offsets of the given text."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from bot.privacy.kinds import IdentifierKind
from bot.safety.kinds import Kind, Level
from bot.settings import Settings
from bot.terminal.analyse import analyse_lines
from bot.themes.findings import Theme
from tests.run.command import ballast, sentence

TEXT = (
    "I told her to ring 082 555 0134. Her own mother was beaten for years and she cannot hear "
    "it. He is going to hit the boy tonight. \U0001f30a And I felt so angry that I went cold."
)


def _analyse(*lines: object, **settings: Any) -> tuple[list[dict[str, Any]], bool]:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines]
    out = io.StringIO()
    all_read = analyse_lines(Settings(**settings), raw, out)
    return [json.loads(line) for line in out.getvalue().splitlines()], all_read


def test_everything_is_found_where_it_stands_in_the_given_text() -> None:
    (answer,), all_read = _analyse({"id": "one", "text": TEXT})
    assert all_read
    assert set(answer) == {"id", "masked", "identifiers", "findings", "concerns"}
    assert answer["id"] == "one"
    assert "082 555 0134" not in answer["masked"]
    (phone,) = [i for i in answer["identifiers"] if i["kind"] == IdentifierKind.PHONE]
    assert TEXT[phone["start"] : phone["end"]] == "082 555 0134"
    assert answer["findings"]
    for finding in answer["findings"]:
        assert set(finding) == {"theme", "subtheme", "confidence", "evidence"}
        assert finding["theme"] in list(Theme)
        assert 0 <= finding["confidence"] <= 1
        for words in finding["evidence"]:
            assert words["text"]
            assert TEXT[words["start"] : words["end"]] == words["text"]
    assert answer["concerns"]
    for concern in answer["concerns"]:
        assert concern["kind"] in list(Kind)
        assert concern["level"] in list(Level)
        assert 0 <= concern["start"] < concern["end"] <= len(TEXT)
    assert any("tonight" in TEXT[c["start"] : c["end"] + 20] for c in answer["concerns"])


@pytest.mark.parametrize("an_id", ["a", 7, None, 1.5, {"of": ["any", "shape"]}, ""])
def test_an_id_comes_back_as_it_came(an_id: object) -> None:
    (answer,), _ = _analyse({"id": an_id, "text": "Nothing much."})
    assert answer["id"] == an_id


def test_a_line_without_an_id_and_an_empty_text_are_answered() -> None:
    answers, all_read = _analyse({"text": "Nothing much."}, {"id": 2, "text": ""})
    assert all_read
    assert [answer["id"] for answer in answers] == [None, 2]
    assert (answers[1]["findings"], answers[1]["concerns"]) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "🙂",
        "\x00\x01\x02",
        "<b></b>" * 100,
        "(" * 8000,
        "a" * 8000,
        "no " * 2600,
        "и мама опять не пришла, а я так устала ждать",
        "La madre no vino otra vez y estoy muy cansada de esperarla",
        "لم تأت الأم إلى الجلسة مرة أخرى",
        "她又没有来",
    ],
    ids=lambda text: text[:8].encode("unicode_escape").decode(),
)
def test_what_is_no_english_is_heard_as_nothing(text: str) -> None:
    answers, all_read = _analyse({"id": 1, "text": text})
    assert all_read
    assert (answers[0]["findings"], answers[0]["concerns"]) == ([], [])


BAD = [
    b"no json\n",
    b"[]\n",
    b"7\n",
    b'"text"\n',
    b"null\n",
    b'{"id": 1}\n',
    b'{"id": 1, "text": null}\n',
    b'{"id": 1, "text": 7}\n',
    b'{"id": 1, "text": ["a"]}\n',
    b"\xff\xfe\xfd\n",
    b'{"id": 1, "text": "' + b"a" * 8001 + b'"}\n',
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: str(bad[:24]))
def test_a_bad_line_is_answered_in_its_place_and_the_rest_goes_on(bad: bytes) -> None:
    good = {"id": "good", "text": "Nothing much."}
    answers, all_read = _analyse(good, bad, good)
    assert not all_read
    assert [set(answer) == {"id", "error"} for answer in answers] == [False, True, False]
    assert answers[1]["error"].endswith(".")


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(b"[" * 50_000 + b"\n", id="deep"),
        pytest.param(b'{"id": "\\ud800", "text": "words"}\n', id="half a character in the id"),
    ],
)
def test_an_odd_line_does_not_end_the_run(bad: bytes) -> None:
    done = ballast("analyse", stdin=bad + b'{"id": 2, "text": "Nothing much."}\n')
    assert b"Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_empty_lines_are_passed_over() -> None:
    answers, all_read = _analyse(b"\n", b"  \n", {"id": 1, "text": "Nothing much."}, b"\r\n")
    assert all_read
    assert [answer["id"] for answer in answers] == [1]


def test_the_command_answers_a_line_each_and_says_by_its_status_if_all_was_read() -> None:
    good = json.dumps({"id": 1, "text": TEXT}).encode() + b"\n"
    done = ballast("analyse", stdin=good * 3)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout.splitlines()) == 3
    done = ballast("analyse", stdin=good + b"{\n" + good)
    assert done.returncode == 1
    assert done.stderr == b""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [False, True, False]


def test_nothing_in_nothing_out() -> None:
    done = ballast("analyse")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_without_a_model_it_says_so(tmp_path) -> None:
    assert "make train" in sentence(ballast("analyse", models=tmp_path))
