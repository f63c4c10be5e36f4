"""Who may come in: accounts, the ways of signing in, and what a sign-in opens."""

from bot.conversation.accounts.demonstration import is_demonstration, make_demonstration_accounts
from bot.conversation.accounts.links import make_link, sign_in
from bot.conversation.accounts.refused import LinkRefused, SignInRefused, TooFast
from bot.conversation.accounts.sessions import (
    SignedIn,
    Visitor,
    account_of,
    sign_out,
    who_is,
)

__all__ = [
    "LinkRefused",
    "SignInRefused",
    "SignedIn",
    "TooFast",
    "Visitor",
    "account_of",
    "is_demonstration",
    "make_demonstration_accounts",
    "make_link",
    "sign_in",
    "sign_out",
    "who_is",
]
