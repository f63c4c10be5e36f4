"""The sentence encoder: 384 numbers that lie close together for words of like meaning.

all-MiniLM-L6-v2 (Apache-2.0), exported to ONNX and stored as whole numbers of eight bits;
`NOTICE.txt` says where it comes from and `setup/encoder/export.py` how it was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

_HERE = Path(__file__).parent
DIMENSIONS = 384
_READ_TOGETHER = 16
# Tokens of padding cost as much as those of a sentence; a call costs about as much as a few.
_MOST_PADDING, _PADDING_FOR_NOTHING = 1.4, 4

FloatArray = NDArray[np.float32]


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
            rows[places] = self._encode_together([encodings[at] for at in places])
        return rows

    def _encode_together(self, ids: Sequence[Sequence[int]]) -> FloatArray:
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
        (embeddings,) = self._session.run(None, inputs)
        found: FloatArray = embeddings
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
