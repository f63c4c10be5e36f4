"""Every error is a sentence, a name and an id, and none of the user's words."""

from __future__ import annotations

import json
import traceback
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.accounts import SignInRefused, TooFast
from bot.privacy.sealing.problems import KeyGone
from bot.storage.access import NotFound
from bot.web.keys import DESK, TEMPLATES

log = structlog.get_logger()

_STATUS = {
    400: "bad_request",
    403: "not_allowed",
    404: "not_found",
    408: "too_slow",
    413: "too_large",
    415: "not_json",
}


@web.middleware
async def errors_as_sentences(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into JSON of the same shape."""
    notices = request.app[DESK].notices
    try:
        return await handler(request)
    except (NotFound, KeyGone):  # erased a moment ago looks like never there
        return refusal(404, "not_found", notices["not_found"])
    except TooFast as refused:
        answer = refusal(429, "too_fast", notices[refused.notice].format(seconds=refused.seconds))
        answer.headers["Retry-After"] = str(refused.seconds)
        return answer
    except SignInRefused as refused:
        return refusal(403, refused.notice, notices[refused.notice])
    except web.HTTPException as error:
        if error.status < 400:
            raise
        name = _STATUS.get(error.status, "refused")
        text = notices["not_found"] if error.status == 404 else error.reason
        return refusal(error.status, name, text)
    except SQLAlchemyError as fault:
        return _fault(fault, 503, "database", notices["not_kept"])
    except Exception as fault:  # noqa: BLE001 - the last place in which anything is caught
        return _fault(fault, 500, "fault", notices["not_kept"])


def _fault(fault: Exception, status: int, name: str, text: str) -> web.Response:
    error = uuid4().hex
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    # Never str(fault): a driver's message can hold a row.
    log.error(
        "request.failed", error=error, kind=type(fault).__name__, at=f"{frame.name}:{frame.lineno}"
    )
    return refusal(status, name, text, id=error)


class Refused(web.Response):
    """An error as JSON, with its sentence for whoever wants to say it in another way."""

    def __init__(self, status: int, sentence: str, body: dict[str, str]) -> None:
        """Take the status, the sentence for the person, and what a program is told."""
        super().__init__(status=status, text=json.dumps(body), content_type="application/json")
        self.sentence = sentence


def refusal(status: int, name: str, text: str, **more: str) -> Refused:
    """Give an error as JSON: its name, a sentence for the person, and an id where there is one."""
    return Refused(status, text, {"error": name, "text": text, **more})


@web.middleware
async def refusals_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Show what was refused as a page where a browser asked for one; programs get the JSON."""
    answer = await handler(request)
    if isinstance(answer, Refused) and "text/html" in request.headers.get("Accept", ""):
        page = request.app[TEMPLATES].page(
            "refused.html", sentence=answer.sentence, is_signed_out=answer.status == 401
        )
        page.set_status(answer.status)
        if "Retry-After" in answer.headers:
            page.headers["Retry-After"] = answer.headers["Retry-After"]
        return page
    return answer
