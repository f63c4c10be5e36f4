"""What a therapist wrote is shown to a supervisor as text, never as markup."""

from __future__ import annotations

import pytest

from bot.conversation.records import Answered, Closed, Heard
from bot.reflection.stages import Question
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.gateway import Gateway, socket_of
from tests.web.conftest import Therapist

MARKUP = "<script>alert(1)</script> & <b>bold</b> {{ 7 * 7 }}"
HEARD = Heard((Finding(Theme.PARENT_TRAUMA, None, 0.9, (Evidence(0, len(MARKUP), MARKUP),)),))


@pytest.mark.parametrize("is_shared", [True, False])
async def test_a_shared_reflection_is_shown_as_it_was_written(
    gateway: Gateway, therapist: Therapist, bot: ScriptedBot, *, is_shared: bool
) -> None:
    bot.script = [
        says("Noted.", Answered(Question.DESCRIBE), HEARD),
        says("Noted.", Answered(Question.PLAN)),
        says("Closed.", Closed("share" if is_shared else "keep")),
    ]
    async with socket_of(therapist.http, therapist.reflection) as socket:
        for text in (MARKUP, MARKUP, "done"):
            await socket.answer_to(await socket.send(text))
    supervisor = await gateway.signed_in(gateway.people.supervisor)
    async with supervisor.get(f"/console/{therapist.reflection}") as response:
        page = await response.text()
    if not is_shared:
        assert response.status == 404
        assert "alert" not in page
        return
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; ") == 3
    assert "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page
    async with supervisor.get("/console") as response:
        index = await response.text()
    assert therapist.reflection in index
    assert "alert" not in index
