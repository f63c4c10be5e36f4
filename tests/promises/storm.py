"""A storm of generated requests at the real gateway, held against its OpenAPI document.

`storm(gateway, number)` sends as many as it is told to over real HTTP: each as everybody.
The tests send 5,000, `make faults` 50,000.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from requests.adapters import HTTPAdapter
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi_checks

from bot.conversation.accounts import make_link, sign_in
from bot.conversation.share_ledger import read_ledger
from bot.storage.models import Account
from bot.web.cookies import SESSION
from bot.web.document import document
from bot.web.middleware.headers import HEADERS
from bot.web.routes import doors
from tests.conversation.samples import DANGER
from tests.gateway import Gateway, say, share_summary, start

# Without a cookie, with one that opens nothing, and signed in with a role; last whoever may
# delete what the others were not let in to.
VISITORS = ("nobody", "forged", "administrator", "supervisor", "therapist")
CONCERNS = "/console/concerns/"
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
# What is generated for one operation in one way before the next has its turn: so little that
# the 5,000 requests of the test come to every operation.
A_ROUND = 4
MOST_FAULTS = 20


@dataclass
class Storm:
    """What came of it."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    # operation -> how often it was reached with a sign-in that admits
    entered: Counter[str] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


async def storm(gateway: Gateway, number: int) -> Storm:
    """Send at least `number` requests."""
    loop = asyncio.get_running_loop()
    sky = _Sky(gateway, loop, number)
    return await asyncio.to_thread(sky.break_loose)


class _Sky:
    """Sends from a thread of its own, while the gateway answers in the loop."""

    def __init__(self, gateway: Gateway, loop: asyncio.AbstractEventLoop, number: int) -> None:
        self.gateway, self.loop, self.number = gateway, loop, number
        self.schema = schemathesis.openapi.from_dict(document(doors()))
        self.found = Storm()
        self.tokens: dict[str, str] = {"forged": "no-such-session"}
        self.turn = itertools.count()
        load_all_checks()
        self.checks = [
            CHECKS.get_one("not_a_server_error"),
            openapi_checks.status_code_conformance,
            openapi_checks.content_type_conformance,
            openapi_checks.response_headers_conformance,
            openapi_checks.response_schema_conformance,
        ]

    def wait(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(30)

    def break_loose(self) -> Storm:
        self.known = self.wait(self._reflection())
        operations = [result.ok() for result in self.schema.get_all_operations()]
        self.found.operations = {operation.label for operation in operations}
        with requests.Session() as http:
            http.trust_env = False  # straight to this machine, past any proxy
            http.mount("http://", HTTPAdapter(pool_maxsize=1, max_retries=2))
            for seed in itertools.count():
                for operation, mode in itertools.product(operations, MODES):
                    if self.found.sent >= self.number or len(self.found.faults) >= MOST_FAULTS:
                        return self.found
                    self._rain(http, operation, mode, seed)
        return self.found

    def _rain(self, http: requests.Session, operation: Any, mode: Any, seed: int) -> None:
        @hypothesis.seed(seed)
        @settings(
            max_examples=A_ROUND,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def fall(case: Any) -> None:
            self._drop(http, case)

        # An operation that takes nothing cannot be asked wrongly.
        with suppress(Unsatisfiable):
            fall()

    def _drop(self, http: requests.Session, case: Any) -> None:
        if next(self.turn) % 3:
            known = self.known if _is_about_a_reflection(case) else {}
            if case.path.startswith(CONCERNS):
                known = {"id": known["concern"]}
            case.path_parameters.update(
                {name: known[name] for name in case.path_parameters if name in known}
            )
        case.cookies.clear()
        request = requests.Request(**case.as_transport_kwargs(base_url=self.gateway.address))
        request.headers["Origin"] = self.gateway.address
        prepared = http.prepare_request(request)
        for visitor in VISITORS:
            prepared.headers.pop("Cookie", None)
            if visitor != "nobody":
                prepared.headers["Cookie"] = f"{SESSION}={self._token(visitor)}"
            response = http.send(prepared, allow_redirects=False, timeout=20)
            self._judge(case, visitor, response)
            if case.operation.label == "POST /api/sign-out":
                self.tokens.pop(visitor, None) if visitor in ROLES else None
            if case.method == "DELETE" and _is_about_a_reflection(case) and response.ok:
                self.known = self.wait(self._reflection())

    def _judge(self, case: Any, visitor: str, response: Any) -> None:
        label, status = case.operation.label, response.status_code
        self.found.sent += 1
        self.found.statuses[status] += 1
        entry = case.operation.definition.raw["x-who-may-enter"]
        # The clock stands still: who is signed in came in just now.
        is_to_all = entry in ("signed_in", "just_signed_in") and visitor in ROLES
        is_admitted = entry.removesuffix("_just_signed_in") in ("anybody", visitor) or is_to_all
        if is_admitted:
            self.found.entered[label] += 1
        elif status < 400:
            self._fault(f"{label} lets {visitor} in with {status}")
        told = {name.lower() for name in response.headers}
        missing = [name for name in HEADERS if name.lower() not in told]
        if missing:
            self._fault(f"{label} answers {status} without {missing}")
        if "access-control-allow-origin" in told:
            self._fault(f"{label} lets other sites read its answer")
        try:
            case.validate_response(response, checks=self.checks)
        except FailureGroup as group:
            for failure in group.exceptions:
                self._fault(f"{label} as {visitor}, {status}: {_told(failure)}")
        except Failure as failure:
            self._fault(f"{label} as {visitor}, {status}: {_told(failure)}")

    def _fault(self, sentence: str) -> None:
        if sentence not in self.found.faults:
            self.found.faults.append(sentence)

    def _token(self, visitor: str) -> str:
        if visitor not in self.tokens:
            self.tokens[visitor] = self.wait(self._sign_in(ROLES[visitor](self.gateway)))
        return self.tokens[visitor]

    async def _sign_in(self, account: Account) -> str:
        desk = self.gateway.desk
        return (await sign_in(desk, await make_link(desk, account)))[1]

    async def _reflection(self) -> dict[str, str]:
        desk, therapist = self.gateway.desk, self.gateway.people.therapist
        made = await start(desk, therapist)
        turn = await say(desk, therapist, made, DANGER)
        await share_summary(desk, therapist, made)
        ledger = await read_ledger(desk, therapist, made)
        concern = turn.concerns[0].id
        return {"id": made, "share": ledger["shares"][0]["id"], "concern": concern}


def _is_about_a_reflection(case: Any) -> bool:
    return case.path.startswith(("/api/reflections/", "/console/"))


ROLES = {
    "therapist": lambda gateway: gateway.people.therapist,
    "supervisor": lambda gateway: gateway.people.supervisor,
    "administrator": lambda gateway: gateway.people.administrator,
}


def _told(failure: BaseException) -> str:
    return " ".join(str(failure).split())[:400]
