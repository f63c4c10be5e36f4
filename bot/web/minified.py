"""Makes scripts and styles small: without comments and without space that says nothing.

Nothing is renamed or put in another order; a minifier that did put a name before its value.
"""

from __future__ import annotations

import re

import rcssmin
import rjsmin

# rjsmin takes a regular expression that stands right behind an arrow for a division, and what
# is in it for comments; and a template within a template for the end of the outer one, so that
# spaces in it go. A script with such a place is better sent as it is written.
_NOT_UNDERSTOOD = re.compile(r"=>\s*/(?![/*])|\$\{[^{}`]*`")


def minified(name: str, text: str) -> str:
    """Give a file's text made small; what is neither script nor style stays as it is."""
    if name.endswith(".css"):
        return str(rcssmin.cssmin(text))
    if name.endswith(".js") and not _NOT_UNDERSTOOD.search(_without_comments(text)):
        return str(rjsmin.jsmin(text))
    return text


def _without_comments(text: str) -> str:
    """Give a script without its whole-line comments, in which anything may stand."""
    return re.sub(r"^\s*(//|/?\*).*$", "", text, flags=re.MULTILINE)
