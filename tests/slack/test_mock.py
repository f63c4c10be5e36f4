"""The mock Slack itself: its Web API and its people, by slack_sdk's own client."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.slack.mock import HOME, MODAL, Fault, MockSlack, NotThere, mock_slack
from tests.slack.test_mock_limits import (
    actions,
    button,
    field,
    modal,
    option,
    section,
    select,
    text,
)

Json = dict[str, Any]


@pytest.fixture
async def client(slack: MockSlack) -> AsyncWebClient:
    return client_of(slack, slack.workspace.app.bot_token)


def client_of(slack: MockSlack, token: str | None, **how: Any) -> AsyncWebClient:
    return AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[], **how)


async def error_of(call: Any) -> Json:
    with pytest.raises(SlackApiError) as refused:
        await call
    return refused.value.response


async def test_a_token_is_asked_for_and_looked_at(slack: MockSlack) -> None:
    app = slack.workspace.app
    for token, error in ((None, "not_authed"), ("xoxb-wrong", "invalid_auth")):
        answer = await error_of(client_of(slack, token).auth_test())
        assert answer["error"] == error
    answer = await error_of(client_of(slack, app.app_token).users_info(user="U1"))
    assert answer["error"] == "not_allowed_token_type"
    answer = await error_of(client_of(slack, None).apps_connections_open(app_token=app.bot_token))
    assert answer["error"] == "not_allowed_token_type"
    slack.revoked = "token_revoked"
    answer = await error_of(client_of(slack, app.bot_token).auth_test())
    assert answer["error"] == "token_revoked"


async def test_auth_test_says_who_the_app_is_and_what_it_may(
    slack: MockSlack, client: AsyncWebClient
) -> None:
    answer = await client.auth_test()
    app = slack.workspace.app
    assert (answer["team_id"], answer["user_id"]) == (app.team.id, app.bot_user)
    assert answer.headers["x-oauth-scopes"].split(",") == app.scopes


async def test_a_scope_that_is_missing_is_named(slack: MockSlack, client: AsyncWebClient) -> None:
    scopes = slack.workspace.app.manifest["oauth_config"]["scopes"]
    scopes["bot"] = ["chat:write"]
    answer = await error_of(client.conversations_open(users=slack.person().id))
    assert answer["error"] == "missing_scope"
    assert (answer["needed"], answer["provided"]) == ("im:write", "chat:write")
    slack.workspace.app.app_scopes = ()
    token = slack.workspace.app.app_token
    answer = await error_of(client.apps_connections_open(app_token=token))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "connections:write")


async def test_what_is_unknown_is_said_to_be(slack: MockSlack, client: AsyncWebClient) -> None:
    assert (await error_of(client.api_call("chat.sing")))["error"] == "unknown_method"
    assert slack.forgive("unknown_method")
    ann = slack.person()
    place = slack.channel("team", ann, with_app=False)
    for channel, error in (("C404", "channel_not_found"), (place.id, "not_in_channel")):
        answer = await error_of(client.chat_postMessage(channel=channel, text="Hello"))
        assert answer["error"] == error
    answer = await error_of(client.chat_update(channel=ann.direct.id, ts="1.0", text="Hello"))
    assert answer["error"] == "message_not_found"
    assert (await error_of(client.users_info(user="U404")))["error"] == "user_not_found"


async def test_json_and_form_are_read_alike(slack: MockSlack, client: AsyncWebClient) -> None:
    ann = slack.person()
    blocks = '[{"type": "section", "text": {"type": "plain_text", "text": "In a form"}}]'
    form = {"channel": ann.direct.id, "text": "short", "blocks": blocks}
    await client.api_call("chat.postMessage", data=form)
    await client.chat_postMessage(channel=ann.direct.id, text="In JSON")
    assert ann.hears() == ["In a form", "In JSON"]


async def test_people_of_all_kinds_are_told_apart(slack: MockSlack, client: AsyncWebClient) -> None:
    people = {
        "member": slack.person("ann"),
        "guest": slack.person("gus", is_restricted=True),
        "single-channel guest": slack.person("sue", is_ultra_restricted=True),
        "deactivated": slack.person("dan", deleted=True),
        "bot": slack.bot(),
        "stranger": slack.stranger(),
    }
    shown = {kind: (await client.users_info(user=one.id))["user"] for kind, one in people.items()}
    assert [kind for kind, user in shown.items() if user["deleted"]] == ["deactivated"]
    assert [kind for kind, user in shown.items() if user["is_bot"]] == ["bot"]
    assert [kind for kind, user in shown.items() if user.get("is_stranger")] == ["stranger"]
    assert [kind for kind, user in shown.items() if user["is_ultra_restricted"]] == [
        "single-channel guest"
    ]
    assert shown["stranger"]["team_id"] != shown["member"]["team_id"]
    for kind, error in (("deactivated", "user_disabled"), ("bot", "cannot_dm_bot")):
        answer = await error_of(client.conversations_open(users=people[kind].id))
        assert answer["error"] == error
    with pytest.raises(NotThere):
        people["deactivated"].writes("Hello")


async def test_a_message_is_seen_changed_and_gone(slack: MockSlack, client: AsyncWebClient) -> None:
    ann = slack.person()
    opened = await client.conversations_open(users=ann.id)
    channel = opened["channel"]["id"]
    blocks = [section(text=text(3)), actions(button(1, text={"type": "plain_text", "text": "Go"}))]
    posted = await client.chat_postMessage(channel=channel, text="short", blocks=blocks)
    assert ann.sees()[-1].buttons == ["Go"]
    await client.chat_update(channel=channel, ts=posted["ts"], text="You went.", blocks=[])
    assert (ann.hears(), ann.sees()[-1].is_edited) == (["You went."], True)
    with pytest.raises(NotThere):
        ann.presses("Go")
    await client.chat_delete(channel=channel, ts=posted["ts"])
    assert ann.sees() == []


async def test_only_one_sees_what_is_ephemeral_until_they_reload(
    slack: MockSlack, client: AsyncWebClient
) -> None:
    ann, ben = slack.person("ann"), slack.person("ben")
    place = slack.channel("team", ann, ben)
    posted = await client.chat_postEphemeral(channel=place.id, user=ann.id, text="For you")
    assert (ann.hears(place), ben.hears(place)) == (["For you"], [])
    answer = await error_of(
        client.chat_update(channel=place.id, ts=posted["message_ts"], text="No")
    )
    assert answer["error"] == "message_not_found"
    ann.reloads()
    assert ann.hears(place) == []


async def test_history_finds_a_message_by_its_metadata(
    slack: MockSlack, client: AsyncWebClient
) -> None:
    ann = slack.person()
    channel = ann.direct.id
    stamps = []
    for turn in "abc":
        metadata = {"event_type": "ballast_turn", "event_payload": {"turn": turn}}
        posted = await client.chat_postMessage(channel=channel, text=turn, metadata=metadata)
        stamps.append(posted["ts"])
    found = await client.conversations_history(
        channel=channel, include_all_metadata=True, oldest=stamps[0], limit=10
    )
    turns = [one["metadata"]["event_payload"]["turn"] for one in found["messages"]]
    assert turns == ["c", "b"]
    bare = await client.conversations_history(channel=channel, limit=1)
    assert bare["messages"][0]["metadata"] == {"event_type": "ballast_turn"}
    assert bare["has_more"]
    rest = await client.conversations_history(
        channel=channel, cursor=bare["response_metadata"]["next_cursor"]
    )
    assert [one["text"] for one in rest["messages"]] == ["b", "a"]


async def test_a_channel_takes_a_burst_and_then_one_message_a_second(
    slack: MockSlack, client: AsyncWebClient
) -> None:
    ann, ben = slack.person("ann"), slack.person("ben")
    for _ in range(slack.rates.channel.burst):
        await client.chat_postMessage(channel=ann.id, text="Again")
    answer = await error_of(client.chat_postMessage(channel=ann.id, text="Once more"))
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert answer.headers["Retry-After"] == "1"
    await client.chat_postMessage(channel=ben.id, text="Another channel")
    assert slack.violations == []


async def test_who_does_not_wait_as_told_is_noted(slack: MockSlack, client: AsyncWebClient) -> None:
    ann = slack.person()
    slack.faults.at_next_call("auth.test", Fault.RATE_LIMITED)
    await error_of(client.auth_test())
    await error_of(client.auth_test())
    assert slack.violations == []  # it may have been under way
    await asyncio.sleep(0.3)
    await error_of(client.auth_test())
    assert [one.where for one in slack.forgive("ratelimited")] == ["auth.test"]
    await client.chat_postMessage(channel=ann.id, text="Another method")
    slack.clock.advance(1)
    slack.faults.at_next_call("auth.test", Fault.RATE_LIMITED)
    answer = await error_of(client.auth_test())
    assert answer.headers["Retry-After"] == "1"
    slack.clock.advance(1)
    await client.auth_test()
    assert slack.violations == []


async def test_a_quick_clock_passes_time_quickly() -> None:
    async with mock_slack(speed=50) as slack:
        client = client_of(slack, slack.workspace.app.bot_token)
        ann = slack.person()
        began = asyncio.get_running_loop().time()
        for _ in range(15):
            while True:
                try:
                    await client.chat_postMessage(channel=ann.id, text="Again")
                except SlackApiError as refused:
                    await slack.clock.sleep(int(refused.response.headers["Retry-After"]))
                else:
                    break
        assert asyncio.get_running_loop().time() - began < 5
        assert (len(ann.hears()), slack.violations) == (15, [])


async def test_a_trigger_is_good_for_three_seconds_and_once(
    slack: MockSlack, client: AsyncWebClient
) -> None:
    ann = slack.person()
    trigger = slack.new_trigger(ann.id)
    await client.views_open(trigger_id=trigger, view=modal())
    answer = await error_of(client.views_open(trigger_id=trigger, view=modal()))
    assert answer["error"] == "exchanged_trigger_id"
    late = slack.new_trigger(ann.id)
    slack.clock.advance(3.5)
    answer = await error_of(client.views_open(trigger_id=late, view=modal()))
    assert answer["error"] == "expired_trigger_id"
    answer = await error_of(client.views_open(trigger_id="1.2.3", view=modal()))
    assert answer["error"] == "invalid_trigger_id"
    noted = slack.forgive("exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id")
    assert len(noted) == 3


async def test_a_view_is_changed_only_as_it_was_last_seen(
    slack: MockSlack, client: AsyncWebClient
) -> None:
    ann = slack.person()
    opened = await client.views_open(trigger_id=slack.new_trigger(ann.id), view=modal())
    seen = opened["view"]
    changed = modal(title={"type": "plain_text", "text": "Changed"})
    await client.views_update(view_id=seen["id"], hash=seen["hash"], view=changed)
    answer = await error_of(
        client.views_update(view_id=seen["id"], hash=seen["hash"], view=modal())
    )
    assert answer["error"] == "hash_conflict"
    ann.closes()
    answer = await error_of(client.views_update(view_id=seen["id"], view=modal()))
    assert answer["error"] == "not_found"


async def test_a_response_url_is_good_for_five_answers(
    slack: MockSlack, client: AsyncWebClient
) -> None:
    ann = slack.person()
    posted = await client.chat_postMessage(channel=ann.id, text="One")
    url = slack.new_response_url(ann.id, ann.direct, posted["ts"])
    hook = AsyncWebhookClient(url, retry_handlers=[])
    await hook.send(text="For you")
    await hook.send(text="Two", replace_original=True)
    assert [(one.text, one.is_ephemeral) for one in ann.sees()] == [
        ("Two", False),
        ("For you", True),
    ]
    for _ in range(3):
        assert (await hook.send(text="And again")).status_code == 200
    assert (await hook.send(text="Too often")).status_code == 404
    assert [one.error for one in slack.forgive("used_url")] == ["used_url"]
    late = AsyncWebhookClient(slack.new_response_url(ann.id, ann.direct, None), retry_handlers=[])
    slack.clock.advance(30 * 60 + 1)
    assert (await late.send(text="Too late")).status_code == 404
    assert slack.forgive("expired_url")


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        (Fault.ERROR_BEFORE, []),
        (Fault.CUT_BEFORE, []),
        (Fault.ERROR_AFTER, ["Unclear"]),
        (Fault.CUT_AFTER, ["Unclear"]),
        (Fault.NO_ANSWER, ["Unclear"]),
        (Fault.RATE_LIMITED, []),
    ],
)
async def test_a_call_fails_with_or_without_its_effect(
    fault: Fault, heard: list[str], slack: MockSlack
) -> None:
    client = client_of(slack, slack.workspace.app.bot_token, timeout=1)
    ann = slack.person()
    slack.faults.at_next_call("chat.postMessage", fault)
    with pytest.raises(Exception):  # noqa: B017, PT011 - each fault has an exception of its own
        await client.chat_postMessage(channel=ann.id, text="Unclear")
    assert ann.hears() == heard
    assert slack.faults.made == [(fault, "chat.postMessage")]


async def test_every_byte_is_kept_and_opened(slack: MockSlack, client: AsyncWebClient) -> None:
    ann = slack.person()
    metadata = {"event_type": "ballast_turn", "event_payload": {"turn": "blåbär"}}
    await client.chat_postMessage(channel=ann.id, text="gooseberry jam", metadata=metadata)
    await client.api_call("chat.postMessage", data={"channel": ann.id, "text": "plum cake"})
    await client.users_info(user=ann.id)
    view = modal(private_metadata="elder & flower")
    await client.views_open(trigger_id=slack.new_trigger(ann.id), view=view)
    sent = slack.everything_sent()
    for word in ("gooseberry jam", "blåbär", "plum cake", ann.id, "elder & flower"):
        assert word.encode() in sent
    assert b"rhubarb" not in sent


async def test_only_what_stands_there_can_be_used(slack: MockSlack, client: AsyncWebClient) -> None:
    ann = slack.person()
    blocks = [actions(button(1), select())]
    await client.chat_postMessage(channel=ann.id, text="short", blocks=blocks)
    for name in ("action-2", "a select"):
        with pytest.raises(NotThere):
            ann.presses(name)
    with pytest.raises(NotThere):
        ann.selects("no such option")
    with pytest.raises(NotThere):
        ann.presses("action-1", on=HOME)
    with pytest.raises(NotThere):
        await ann.submits({})
    with pytest.raises(NotThere):
        await ann.commands("/sing")


async def test_a_modal_takes_what_fits_into_its_fields(
    slack: MockSlack, client: AsyncWebClient
) -> None:
    ann = slack.person()
    label = {"type": "plain_text", "text": "What happened?"}
    scale = {"type": "input", "label": text(5), "element": select(options=[option(1), option(2)])}
    view = modal(blocks=[field(max_length=10) | {"label": label}, scale])
    await client.views_open(trigger_id=slack.new_trigger(ann.id), view=view)
    seen = ann.sees_modal()
    assert seen is not None
    assert seen.text.startswith("What happened?")
    for values in ({"What happened?": "x" * 11}, {"What happened?": ""}, {"No such": "x"}):
        with pytest.raises(NotThere):
            await ann.submits({"xxxxx": "value-1"} | values)
    with pytest.raises(NotThere):
        ann.presses("no such button", on=MODAL)
