"""How much the page notices before it is sent, and how seldom it cries wolf.

A hint on the writer's own screen and not the masking: that is the server's, and measured in
`tests/privacy/`. `cases.yml` was tuned for; of the others the floors are what was found, rounded
down. Most quiet messages of these files are there to mislead; the sentences that the themes are
learnt from are how therapists write, without names.
"""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from bot.evaluation.data import theme_examples
from bot.library import read
from tests.conftest import House
from tests.privacy.test_cases import HERE, Case
from tests.web.loaded import SCRIPTS

FIND = """async texts => {
  const { findIdentifiers } = await import("/scripts/identifiers.js");
  return texts.map(text => findIdentifiers(text).map(one => one.text));
}"""


async def found_in(browser: Browser, house: House, texts: list[str]) -> list[list[str]]:
    page = await browser.new_page()
    # By itself, as it is written: nothing that is served gives it out.
    await page.route(
        "**/scripts/*.js", lambda route: route.fulfill(path=SCRIPTS / "identifiers.js")
    )
    await page.goto(f"{house.address}/sign-in")
    found: list[list[str]] = await page.evaluate(FIND, texts)
    await page.close()
    return found


@pytest.mark.parametrize(
    ("file", "least_warned", "most_alarms"),
    [
        ("cases.yml", 0.74, 0.15),
        ("accounts_cases.yml", 0.86, 0.43),
        ("chat_cases.yml", 0.54, 0.12),
        ("fresh_cases.yml", 0.56, 0.21),
        ("hurried_cases.yml", 0.5, 0.26),
        ("mixed_cases.yml", 0.68, 0.21),
        ("unseen_cases.yml", 0.48, 0.1),
    ],
)
async def test_messages_that_may_say_who_somebody_is_are_noticed(
    browser: Browser, house: House, file: str, least_warned: float, most_alarms: float
) -> None:
    cases = read(HERE / file, list[Case])
    found = await found_in(browser, house, [case.say for case in cases])
    told = [
        any(part in one or one in part for one in here for part in case.mask)
        for case, here in zip(cases, found, strict=True)
        if case.mask
    ]
    alarms = [bool(here) for case, here in zip(cases, found, strict=True) if not case.mask]
    assert sum(told) / len(told) >= least_warned
    assert sum(alarms) / len(alarms) <= most_alarms


async def test_how_therapists_write_is_seldom_taken_for_a_name(
    browser: Browser, house: House
) -> None:
    texts = [example.text for example, _ in theme_examples()]
    alarms = [here for here in await found_in(browser, house, texts) if here]
    assert len(alarms) / len(texts) <= 0.008
