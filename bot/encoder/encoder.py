"""The sentence encoder: 384 numbers that lie close together for words of like meaning.

all-MiniLM-L6-v2 (Apache-2.0), exported to ONNX and stored as whole numbers of eight bits;
`NOTICE.txt` says where it comes from and `setup/encoder/export.py` how it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

_HERE = Path(__file__).parent
DIMENSIONS = 384
_READ_TOGETHER = 16

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
        encodings = [self._tokenizer.encode(sentence) for sentence in sentences]
        rows = np.zeros((len(sentences), DIMENSIONS), dtype=np.float32)
        order = sorted(range(len(sentences)), key=lambda at: len(encodings[at].ids))
        for start in range(0, len(order), _READ_TOGETHER):
            places = order[start : start + _READ_TOGETHER]
            rows[places] = self._encode_together([encodings[at].ids for at in places])
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


@cache
def encoder() -> Encoder:
    """Give the one encoder of this process, loaded at the first call."""
    return Encoder()
