"""Only ciphers, hashes and randomness that are approved, from libraries made for them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.settings import ROOT

FILES = sorted(path for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py"))
# Where `cryptography` keeps its ciphers; only the one that notices every change is wanted.
CIPHERS = "cryptography.hazmat.primitives.ciphers"


# What the system trusts; and how the doctor sees when the clinic's own certificate ends.
TRUST = "ssl.create_default_context()"
LOOKED_AT = ("create_default_context", "SSLCertVerificationError", "cert_time_to_seconds")


def _nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path, node


def _imported() -> set[str]:
    found: set[str] = set()
    for _, node in _nodes():
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_no_cipher_is_used_but_aes_in_gcm() -> None:
    assert {name for name in _imported() if name.startswith(CIPHERS)} == {f"{CIPHERS}.aead.AESGCM"}
    others = ("Crypto", "nacl", "M2Crypto")
    assert not [name for name in _imported() if name.partition(".")[0] in others]


def test_no_hash_is_used_but_sha_256() -> None:
    modules, used = ("hashlib", "hashes"), set()
    for _, node in _nodes():
        is_named = isinstance(node, ast.Attribute) and ast.unparse(node.value) in modules
        if is_named and node.attr != "file_digest":
            used.add(node.attr.lower())
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "hashlib.file_digest":
            used.add(ast.literal_eval(node.args[1]))
    assert used == {"sha256"}
    direct = {name for name in _imported() if name.startswith("hashlib.")}
    assert not direct, "call hashes by their module, so that this test sees them"


def test_what_must_not_be_guessed_comes_from_the_systems_randomness() -> None:
    """Neither `random` nor numpy: who sees some of their numbers knows the next."""
    # The chance of a bootstrap: its figures are to be the same for everybody.
    statistics = ROOT / "bot" / "conversation" / "review" / "agreement.py"
    careful = [ROOT / "bot" / part for part in ("web", "storage", "privacy", "conversation")]
    for path, node in _nodes():
        if path != statistics and any(part in path.parents for part in careful):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.partition(".")[0] for name in names} & {"random", "numpy"}, path


def test_certificates_are_checked_wherever_something_is_called() -> None:
    for path, node in _nodes():
        if isinstance(node, ast.keyword) and not ast.unparse(node.value).startswith(TRUST):
            assert node.arg not in ("ssl", "verify", "verify_ssl", "ssl_context"), path
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "ssl":
            assert node.attr in LOOKED_AT, path
