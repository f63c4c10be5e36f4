"""Tokens that open something, and the hashes that are kept of them."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """Give 256 random bits as text that stands in an address or a cookie."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Give what is stored of a token.

    Tokens are 256 random bits, so a plain hash cannot be searched; it only keeps a copy of
    the database from being a bunch of keys. Never for what a person chose.
    """
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
