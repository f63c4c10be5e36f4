"""Who may enter where: every route times everybody who may knock, on one page."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from aiohttp import ClientSession
from sqlalchemy import select, update

from bot.conversation.accounts import make_link
from bot.storage.columns import new_id
from bot.storage.models import Share, SignIn
from bot.web.routes import ROUTES
from tests.gateway import Gateway, People, share_summary, start

VISITORS = (
    "anonymous",
    "expired",
    "therapist",
    "other_therapist",
    "supervisor",  # with a share
    "other_supervisor",  # without one
    "administrator",
)
SIGNED_IN = (401, 401, 200, 200, 200, 200, 200)
OWN = (401, 401, 200, 404, 404, 404, 404)
# In the order of VISITORS.
EXPECTED: dict[tuple[str, str], tuple[int, ...]] = {
    ("GET", "/healthz"): (200,) * 7,
    ("GET", "/sign-in"): (200,) * 7,
    ("POST", "/api/sign-in"): (200,) * 7,
    # Nobody's passkey, password, ticket or way back: refused alike, whoever brings it.
    ("POST", "/api/sign-in/passkey/begin"): (200,) * 7,
    ("POST", "/api/sign-in/passkey"): (403,) * 7,
    ("POST", "/api/sign-in/password"): (403,) * 7,
    ("POST", "/api/sign-in/code"): (403,) * 7,
    ("POST", "/api/sign-in/clinic"): (403,) * 7,
    ("GET", "/sign-in/clinic/back"): (403,) * 7,
    ("POST", "/api/sign-out"): (401, 401, 204, 204, 204, 204, 204),
    ("GET", "/api/me"): SIGNED_IN,
    ("GET", "/your-sign-in"): SIGNED_IN,
    ("GET", "/api/my/sign-in"): SIGNED_IN,
    ("POST", "/api/my/passkeys/begin"): SIGNED_IN,
    ("POST", "/api/my/passkeys"): (401, 401, 403, 403, 403, 403, 403),
    ("DELETE", "/api/my/passkeys/{id}"): (401, 401, 404, 404, 404, 404, 404),
    ("PUT", "/api/my/password"): (401, 401, 403, 403, 403, 403, 403),
    ("DELETE", "/api/my/password"): (401, 401, 204, 204, 204, 204, 204),
    ("POST", "/api/my/second-factor/begin"): SIGNED_IN,
    ("GET", "/api/my/second-factor/picture"): (401, 401, 404, 404, 404, 404, 404),
    ("POST", "/api/my/second-factor"): (401, 401, 403, 403, 403, 403, 403),
    ("POST", "/api/my/recovery-codes"): (401, 401, 404, 404, 404, 404, 404),
    ("POST", "/api/my/clinic"): (401, 401, 403, 403, 403, 403, 403),
    ("DELETE", "/api/my/clinic"): (401, 401, 204, 204, 204, 204, 204),
    ("DELETE", "/api/my/sign-ins"): (401, 401, 204, 204, 204, 204, 204),
    ("DELETE", "/api/my/sign-ins/{id}"): (401, 401, 204, 204, 204, 204, 204),
    ("GET", "/"): (200, 200, 200, 200, 303, 303, 303),
    ("GET", "/static/{name}"): (200,) * 7,
    ("GET", "/api/contacts"): SIGNED_IN,
    ("GET", "/api/reflections"): (401, 401, 200, 200, 404, 404, 404),
    ("POST", "/api/reflections"): (401, 401, 201, 201, 404, 404, 404),
    ("GET", "/api/reflections/{id}"): OWN,
    ("DELETE", "/api/reflections/{id}"): (401, 401, 204, 404, 404, 404, 404),
    ("GET", "/api/reflections/{id}/socket"): (401, 401, 101, 404, 404, 404, 404),
    ("GET", "/api/reflections/{id}/summary"): OWN,
    ("GET", "/api/reflections/{id}/summary.md"): OWN,
    ("GET", "/api/reflections/{id}/share"): OWN,
    ("POST", "/api/reflections/{id}/share"): OWN,
    ("DELETE", "/api/reflections/{id}/share"): (401, 401, 204, 404, 404, 404, 404),
    ("POST", "/api/reflections/{id}/share/preview"): OWN,
    ("GET", "/api/reflections/{id}/share/{share}"): OWN,
    ("DELETE", "/api/reflections/{id}/share/{share}"): (401, 401, 204, 404, 404, 404, 404),
    ("GET", "/api/consents"): (401, 401, 200, 200, 404, 404, 404),
    ("GET", "/api/consents/history"): (401, 401, 200, 200, 404, 404, 404),
    ("PUT", "/api/consents/{purpose}"): (401, 401, 200, 200, 404, 404, 404),
    ("GET", "/console"): (401, 401, 404, 404, 200, 200, 404),
    ("GET", "/console/{id}"): (401, 401, 404, 404, 200, 404, 404),
}
CASES = [
    pytest.param(*door, visitor, status, id=f"{door[0]} {door[1]} {visitor}")
    for door, statuses in EXPECTED.items()
    for visitor, status in zip(VISITORS, statuses, strict=True)
]


@dataclass(frozen=True)
class Scene:
    """A reflection of `therapist`, shared with `supervisor`, and everybody at the door."""

    gateway: Gateway
    people: People
    reflection: str
    share: str

    async def visitor(self, who: str) -> ClientSession:
        if who == "anonymous":
            return await self.gateway.visitor()
        if who != "expired":
            return await self.gateway.signed_in(getattr(self.people, who))
        http = await self.gateway.signed_in(self.people.therapist)
        async with self.gateway.desk.sessions.begin() as session:
            mine = SignIn.account_id == self.people.therapist.id
            await session.execute(update(SignIn).where(mine).values(ends_at=self.gateway.clock.now))
        return http

    async def knock(self, http: ClientSession, method: str, path: str, an_id: str = ""):
        """Give (status, headers, body) of one request."""
        path = path.format(
            id=an_id or self.reflection, name="ballast.css", purpose="corrections", share=self.share
        )
        if path.endswith("/socket"):
            headers = {
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            }
            async with http.get(path, headers=headers) as response:
                body = b"" if response.status == 101 else await response.read()
                return response.status, dict(response.headers), body
        if path == "/api/sign-in":
            json = {"token": await make_link(self.gateway.desk, self.people.therapist)}
        elif path.startswith(("/api/sign-in/", "/api/my/")):
            # Whatever any of them wants, as a stranger would make it up.
            json = {"name": new_id(), "password": "short", "ticket": "x", "code": "1"}
            json |= {"credential": {"response": {"clientDataJSON": "e30"}}}
        else:
            json = {"given": True} if "/consents/" in path else None
        asked = http.request(method, path, json=json, allow_redirects=False)
        async with asked as response:
            return response.status, dict(response.headers), await response.read()


@pytest.fixture
async def scene(standing: Gateway, people: People) -> Scene:
    reflection = await start(standing.desk, people.therapist)
    await share_summary(standing.desk, people.therapist, reflection)
    async with standing.desk.sessions() as session:
        query = select(Share.id).where(Share.reflection_id == reflection)
        return Scene(standing, people, reflection, await session.scalar(query) or "")


def test_every_route_has_a_row() -> None:
    assert set(EXPECTED) == {(route.method, route.path) for route in ROUTES}


@pytest.mark.parametrize(("method", "path", "visitor", "expected"), CASES)
async def test_who_may_enter(
    scene: Scene, method: str, path: str, visitor: str, expected: int
) -> None:
    http = await scene.visitor(visitor)
    status, _, body = await scene.knock(http, method, path)
    assert status == expected, body


WITH_AN_ID = [door for door in EXPECTED if "{id}" in door[1] and not door[1].startswith("/api/my/")]


@pytest.mark.parametrize(("method", "path"), WITH_AN_ID)
async def test_forbidden_and_absent_look_alike(scene: Scene, method: str, path: str) -> None:
    owner = scene.people.supervisor if "console" in path else scene.people.therapist
    stranger = scene.people.other_supervisor if "console" in path else scene.people.other_therapist
    forbidden = await scene.knock(await scene.gateway.signed_in(stranger), method, path)
    absent = await scene.knock(await scene.gateway.signed_in(owner), method, path, new_id())
    for _, headers, _ in (forbidden, absent):
        headers.pop("Date")
    assert forbidden == absent
    assert forbidden[0] == 404


async def test_a_withdrawn_reflection_is_gone_from_the_console(scene: Scene) -> None:
    supervisor = await scene.visitor("supervisor")
    therapist = await scene.visitor("therapist")
    shared = (await scene.knock(supervisor, "GET", "/console"))[2]
    assert scene.reflection.encode() in shared
    await scene.knock(therapist, "DELETE", "/api/reflections/{id}/share")
    left = (await scene.knock(supervisor, "GET", "/console"))[2]
    assert scene.reflection.encode() not in left
    assert (await scene.knock(supervisor, "GET", "/console/{id}"))[0] == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/reflections"),
        ("PATCH", "/"),
        ("DELETE", "/healthz"),
        ("HEAD", "/api/reflections"),
        ("OPTIONS", "/api/reflections"),
        ("GET", "/nowhere"),
        ("GET", "/api"),
        ("GET", "/console/"),
        ("GET", "/api/reflections/{id}/turns"),
    ],
)
async def test_a_door_that_is_not_listed_does_not_exist(
    scene: Scene, method: str, path: str
) -> None:
    http = await scene.visitor("therapist")
    status, _, _ = await scene.knock(http, method, path)
    assert status == 404
