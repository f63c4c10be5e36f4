"""What may be wrong with keys and sealed bytes. No message holds a key or a word of anybody."""

from __future__ import annotations


class KeyProblem(Exception):
    """Ballast must not start with these keys; the message is a sentence for who runs it."""


class MasterKeyMissing(KeyProblem):
    """There is no master key."""


class MasterKeyMalformed(KeyProblem):
    """What should be a master key is none."""


class MasterKeyWrong(KeyProblem):
    """The master key is another one than that of the keys folder."""


class KeysMissing(KeyProblem):
    """There are sealed words or keys, and the key of the installation is not beside them."""


class RotationUnfinished(KeyProblem):
    """A change of the master key was begun and has to be finished first."""


class KeysInUse(KeyProblem):
    """A running Ballast uses the keys."""


class KeyGone(Exception):
    """The reflection's key is not there: what it sealed is erased, for good."""


class SealBroken(Exception):
    """Sealed bytes were changed, cut, or moved to another place than they were sealed for."""
