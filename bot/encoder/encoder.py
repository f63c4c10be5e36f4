"""The sentence encoder: 384 numbers that lie close together for words of like meaning.

all-MiniLM-L6-v2 (Apache-2.0), exported to ONNX and stored as whole numbers of eight bits;
`NOTICE.txt` says where it comes from and `setup/encoder/export.py` how it was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

_HERE = Path(__file__).parent
DIMENSIONS = 384
_READ_TOGETHER = 16
_OUTPUTS = ("embedding", "tokens")
# Tokens of padding cost as much as those of a sentence; a call costs about as much as a few.
_MOST_PADDING, _PADDING_FOR_NOTHING = 1.4, 4

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    """A sentence as it was read: its numbers, and what each token adds to them.

    `meaning` is 384 numbers of length 1, the sum of `added` (tokens x 384); `places` says where in
    the sentence each token begins and ends (0, 0 for the two that stand for none of its words).
    """

    meaning: FloatArray
    added: FloatArray
    places: Sequence[tuple[int, int]]

    @classmethod
    def whole(cls, meaning: FloatArray) -> Reading:
        """Give a reading that says nothing of tokens."""
        return cls(meaning, np.zeros((0, DIMENSIONS), dtype=np.float32), ())

    def between(self, start: int, end: int) -> FloatArray:
        """Give what the tokens that begin between `start` and `end` add: 384 numbers."""
        inside = [start <= begin < end and begin < close for begin, close in self.places]
        total: FloatArray = self.added[np.array(inside, dtype=bool)].sum(axis=0)
        return total


class Encoder:
    """Turns sentences into unit vectors."""

    def __init__(self, folder: Path = _HERE) -> None:
        """Load the model and its tokenizer from `folder`."""
        options = onnxruntime.SessionOptions()
        # One turn is one sentence after another; more threads only wait for each other.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            folder / "encoder.onnx", options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def encode(self, sentences: Sequence[str]) -> FloatArray:
        """Give a row of 384 numbers, of length 1, for each sentence; 256 tokens are read.

        Sentences of like length are read together, which takes half the time; activations are
        rounded token by token, so a sentence gets the same numbers in any company.
        """
        encodings = [self._tokenizer.encode(sentence).ids for sentence in sentences]
        rows = np.zeros((len(sentences), DIMENSIONS), dtype=np.float32)
        for places in _of_like_length([len(ids) for ids in encodings]):
            (rows[places],) = self._run([encodings[at] for at in places], _OUTPUTS[:1])
        return rows

    def read(self, sentences: Sequence[str]) -> list[Reading]:
        """Give a reading of each sentence, of the same numbers as `encode`, in the same time.

        One that comes twice is read once: a message of one sentence is its only sentence.
        """
        each_once = list(dict.fromkeys(sentences))
        encodings = [self._tokenizer.encode(sentence) for sentence in each_once]
        readings: dict[str, Reading] = {}
        for places in _of_like_length([len(each.ids) for each in encodings]):
            meanings, padded = self._run([encodings[at].ids for at in places], _OUTPUTS)
            for at, meaning, row in zip(places, meanings, padded, strict=True):
                tokens = row[: len(encodings[at].ids)]
                # The numbers are the mean over the tokens, brought to length 1.
                added = tokens / np.linalg.norm(tokens.sum(axis=0))
                readings[each_once[at]] = Reading(meaning, added, encodings[at].offsets)
        return [readings[sentence] for sentence in sentences]

    def _run(self, ids: Sequence[Sequence[int]], outputs: Sequence[str]) -> list[FloatArray]:
        padded = np.zeros((len(ids), max(map(len, ids))), dtype=np.int64)
        mask = np.zeros_like(padded)
        for row, tokens in enumerate(ids):
            padded[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        inputs = {
            "input_ids": padded,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(padded),
        }
        found: list[FloatArray] = self._session.run(outputs, inputs)
        return found


def _of_like_length(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Give places to read together, shortest first: the shorter are padded to the longest."""
    together: list[int] = []
    for at in sorted(range(len(lengths)), key=lambda at: lengths[at]):
        if together and (
            len(together) == _READ_TOGETHER
            or lengths[at] > _MOST_PADDING * lengths[together[0]] + _PADDING_FOR_NOTHING
        ):
            yield together
            together = []
        together.append(at)
    if together:
        yield together


@cache
def encoder() -> Encoder:
    """Give the one encoder of this process, loaded at the first call."""
    return Encoder()
