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

        Each is encoded alone: in a batch the rounding of one would depend on the others.
        """
        rows = [self._encode_one(sentence) for sentence in sentences]
        return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), dtype=np.float32)

    def _encode_one(self, sentence: str) -> FloatArray:
        encoding = self._tokenizer.encode(sentence)
        inputs = {
            "input_ids": np.array([encoding.ids], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoding.type_ids], dtype=np.int64),
        }
        (embedding,) = self._session.run(None, inputs)
        row: FloatArray = embedding[0]
        return row


@cache
def encoder() -> Encoder:
    """Give the one encoder of this process, loaded at the first call."""
    return Encoder()
