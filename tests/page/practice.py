"""A practice in which something has happened on every page, and who sees which pages of it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Browser, Page, ViewportSize

from bot.conversation.accounts import make_link
from bot.conversation.accounts.people import supervise
from bot.conversation.records import Answered, Chose, Heard, Judged, Offered, Record, Scored
from bot.conversation.review.offering import begin_double_reading
from bot.conversation.review.reading import read_own
from bot.conversation.review.writing import Written, comment, label_finding
from bot.conversation.sharing import ShareWish, share
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage.columns import new_id
from bot.storage.models import Account
from bot.storage.states import Opinion, Role, ShareScope
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.conversation.samples import DANGER
from tests.gateway import Gateway, share_summary, socket_of

HAPPENED = (
    "She sent the neighbour to fetch him again and did not look at me. When I said his name she "
    "turned away and went home."
)
FELT = "My chest went tight and I wanted to take him home with me. I am ashamed of that."
PARENT = "Maybe nobody ever asked her how she was. She grew up in care herself."
PLAN = "I will ring her on Thursday and ask how she is."
ASKED = "How do I stay warm without rescuing?"
NOTE = "Please look at the moment she left."


def heard(theme: Theme, subtheme: str, confidence: float, text: str, words: str) -> Finding:
    start = text.index(words)
    evidence = Evidence(start, start + len(words), words)
    return Finding(theme, subtheme, confidence, (evidence,))


@dataclass(frozen=True)
class Practice:
    """A gateway with two reflections shared, one of them read, answered and labelled."""

    gateway: Gateway
    reflection: str

    def pages(self) -> dict[Role, tuple[str, ...]]:
        """Every page there is, by who sees it."""
        person = self.gateway.people.therapist.id
        return {
            Role.SUPERVISOR: (
                "/console",
                f"/console/{self.reflection}",
                "/console/search",
                "/console/concerns",
                "/console/notifications",
                f"/console/over-time?therapist={person}",
                "/console/team-trends",
                f"/console/talking-points?therapist={person}",
                "/console/double-readings",
                f"/console/{self.reflection}/double-reading",
                "/your-sign-in",
                "/slack/link",
            ),
            Role.THERAPIST: (
                "/",
                f"/reflections/{self.reflection}",
                "/over-time",
                "/talking-points",
            ),
            Role.ADMINISTRATOR: (
                "/administration",
                f"/administration/people/{person}",
                "/administration/teams",
                "/administration/supervision",
                "/administration/contacts",
                "/administration/keeping",
                "/administration/health",
                "/administration/audit",
            ),
        }

    def account(self, role: Role) -> Account:
        people = self.gateway.people
        return {
            Role.SUPERVISOR: people.supervisor,
            Role.THERAPIST: people.therapist,
            Role.ADMINISTRATOR: people.administrator,
        }[role]

    async def page_of(
        self, browser: Browser, role: Role, size: ViewportSize, *, is_dark: bool = False
    ) -> Page:
        """A browser in which somebody of this role is signed in."""
        context = await browser.new_context(
            viewport=size, reduced_motion="reduce", color_scheme="dark" if is_dark else "light"
        )
        page = await context.new_page()
        token = await make_link(self.gateway.desk, self.account(role))
        await page.goto(f"{self.gateway.address}/sign-in#{token}")
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(lambda url: "/sign-in" not in url or "your-sign-in" in url)
        return page


async def tell(
    gateway: Gateway, bot: ScriptedBot, told: list[tuple[str, tuple[Record, ...]]]
) -> str:
    """A reflection with these turns, each with what is made of it."""
    therapist = await gateway.signed_in(gateway.people.therapist)
    bot.script = [says("Good evening."), *(says("Noted.", *made) for _, made in told)]
    async with therapist.post("/api/reflections", json={}) as response:
        reflection = str((await response.json())["id"])
    async with socket_of(therapist, reflection) as socket:
        for words, _ in told:
            await socket.answer_to(await socket.send(words))
    return reflection


async def make_practice(gateway: Gateway, bot: ScriptedBot) -> Practice:
    desk, people = gateway.desk, gateway.people
    investment = heard(Theme.REDUCED_INVESTMENT, "drop_off", 0.91, HAPPENED, HAPPENED[:45])
    triggered = heard(Theme.PARENT_TRAUMA, "triggered_by_child", 0.74, HAPPENED, "she turned away")
    rescue = heard(Theme.COUNTERTRANSFERENCE, "rescue", 0.88, FELT, FELT.partition(".")[0])
    shame = heard(Theme.COUNTERTRANSFERENCE, "guilt_shame", 0.66, FELT, "I am ashamed of that.")
    childhood = heard(Theme.PARENT_TRAUMA, "own_childhood_abuse", 0.8, PARENT, "in care herself")
    first, second = sorted(desk.steps)[::30][:2]
    reflection = await tell(
        gateway,
        bot,
        [
            ("8", (Scored(Question.AROUSAL_BEFORE, 8),)),
            (HAPPENED, (Answered(Question.DESCRIBE), Heard((investment, triggered)))),
            (FELT, (Answered(Question.FEEL), Heard((rescue, shame)))),
            (PARENT, (Answered(Question.PARENT), Heard((childhood,)))),
            (
                "yes",
                (
                    Judged(Theme.COUNTERTRANSFERENCE, Verdict.YES),
                    Judged(Theme.REDUCED_INVESTMENT, Verdict.NO),
                    Offered((first, second)),
                ),
            ),
            ("the first", (Chose("picked", (first,)),)),
            (PLAN, (Answered(Question.PLAN),)),
            (ASKED, (Answered(Question.SUPERVISION_QUESTION),)),
            ("4", (Scored(Question.AROUSAL_AFTER, 4),)),
        ],
    )
    await share_summary(desk, people.therapist, reflection, scope=ShareScope.WHOLE, note=NOTE)
    await supervise(desk, people.therapist, people.other_supervisor, desk.clock(), None)
    to_another = ShareWish(supervisor=people.other_supervisor.id, scope=ShareScope.WHOLE)
    await share(desk, people.therapist, reflection, to_another)
    readers = frozenset({people.supervisor.id, people.other_supervisor.id})
    await begin_double_reading(desk, people.therapist, reflection, readers, for_study=True)
    danger = await tell(gateway, bot, [(DANGER, ())])
    to_one = ShareWish(supervisor=people.supervisor.id)
    await share(desk, people.therapist, danger, to_one)

    async def write(writer: Account, text: str, **more: object) -> None:
        written = Written(client_id=new_id(), text=text, **more)  # type: ignore[arg-type]
        await comment(desk, writer, reflection, written)

    await write(
        people.supervisor,
        "I noticed how quickly you blamed yourself. What would you say to a colleague?",
        turn=3,
        passage="I am ashamed of that",
    )
    reading = await read_own(desk, people.therapist, reflection)
    (asked,) = reading.remarks
    await write(people.therapist, "That I did what I could.", answers=asked.id)
    await comment(
        desk,
        people.supervisor,
        reflection,
        Written(client_id=new_id(), text="Could you tell me a little more about the goodbye?"),
        asks=True,
    )
    labelled = list(reading.view.findings)
    await label_finding(desk, people.supervisor, reflection, labelled[0], Opinion.DISAGREE)
    instead = (Theme.PARENT_TRAUMA, "mistrust")
    await label_finding(desk, people.supervisor, reflection, labelled[1], Opinion.RELABEL, instead)
    return Practice(gateway, reflection)
