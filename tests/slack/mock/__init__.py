"""A Slack of our own for tests: it behaves towards an app as Slack does, and is as strict."""

from tests.slack.mock.faults import Fault
from tests.slack.mock.people import HOME, MODAL, Person
from tests.slack.mock.shown import NotThere, Seen
from tests.slack.mock.slack import MockSlack, mock_slack

__all__ = ["HOME", "MODAL", "Fault", "MockSlack", "NotThere", "Person", "Seen", "mock_slack"]
