"""A verdict on a theme over HTTP: what is taken, what is refused, and who is told."""

from __future__ import annotations

import pytest

from bot.conversation.records import Answered, Asked, Heard
from bot.reflection.stages import Question, Stage
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.gateway import Gateway, socket_of, start

TOLD = "I talked faster and faster."
HEARD = Heard((Finding(Theme.COUNTERTRANSFERENCE, None, 0.8, (Evidence(0, 8, TOLD[:8]),)),))
ASKED = Asked(Question.VERDICT_COUNTERTRANSFERENCE, Stage.THEMES)


async def test_a_verdict_is_kept_answered_with_the_whole_and_told_to_the_open_line(
    gateway: Gateway, bot: ScriptedBot
) -> None:
    bot.script = [says("Hello."), says("Does it fit?", Answered(Question.DESCRIBE), HEARD, ASKED)]
    http = await gateway.signed_in(gateway.people.therapist)
    reflection = await start(gateway.desk, gateway.people.therapist)
    async with socket_of(http, reflection) as line:
        await line.next_of("history")
        await line.answer_to(await line.send(TOLD))
        path = f"/api/reflections/{reflection}/themes/countertransference"
        async with http.put(path, json={"verdict": "not_quite"}) as response:
            assert response.status == 200
            given = await response.json()
        assert [turn["findings"][0]["verdict"] for turn in given["turns"][1:]] == ["not_quite"]
        told = await line.next_of("turn")
        assert told["turn"] == given["turns"][1]


@pytest.mark.parametrize(
    ("theme", "verdict", "status"),
    [
        ("countertransference", "yes", 409),
        ("countertransference", "maybe", 400),
        ("countertransference", None, 400),
        ("weather", "yes", 404),
    ],
)
async def test_what_is_no_verdict_on_a_theme_that_was_asked_about_is_refused(
    gateway: Gateway, theme: str, verdict: str | None, status: int
) -> None:
    http = await gateway.signed_in(gateway.people.therapist)
    reflection = await start(gateway.desk, gateway.people.therapist)
    path = f"/api/reflections/{reflection}/themes/{theme}"
    async with http.put(path, json={"verdict": verdict}) as response:
        assert response.status == status
        assert (await response.json())["text"]
