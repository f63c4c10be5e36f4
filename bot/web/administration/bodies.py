"""What the administrator's forms send.

Only as strict as safety asks: what a person may have typed wrongly is for the page to say.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bot.web.contract import Shape

_LONGEST_ID = 64
# A day as a browser sends it; empty when none was chosen.
_DAY = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"


class NewPerson(Shape):
    """Who is to have an account."""

    name: str = Field(max_length=400)
    role: Literal["therapist", "supervisor", "administrator"]


class TeamAndPerson(Shape):
    """A team by its name, and who is to be in it, or out of it."""

    team: str = Field(max_length=400)
    person: str = Field(max_length=_LONGEST_ID)


class NewSupervision(Shape):
    """Who is to supervise whom, from the first day to the last; now and without end if empty."""

    therapist: str = Field(max_length=_LONGEST_ID)
    supervisor: str = Field(max_length=_LONGEST_ID)
    first: str = Field("", pattern=_DAY)
    last: str = Field("", pattern=_DAY)


class LastDay(Shape):
    """With which day a supervision is to end; now if empty."""

    pair: str = Field(max_length=_LONGEST_ID)
    last: str = Field("", pattern=_DAY)


class NewHold(Shape):
    """What is to be held, a reflection or a therapist's all, and why."""

    held: str = Field(max_length=_LONGEST_ID)
    reason: str = Field(max_length=1000)


class Held(Shape):
    """What is to be released."""

    held: str = Field(max_length=_LONGEST_ID)


class SavedHead(Shape):
    """A head that was written down earlier; empty where there is none."""

    head: str = Field("", max_length=500)
