"""Rasa without TensorFlow: imports are answered, a use fails loudly, and nobody else is fooled.

Each in an interpreter of its own, since imports cannot be taken back.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.settings import ROOT


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", ["tensorflow", "tensorflow_text", "tensorflow_hub", "keras"])
def test_before_rasa_is_imported_there_is_no_tensorflow(name: str) -> None:
    run = python(f"import {name}")
    assert run.returncode == 1
    assert f"ModuleNotFoundError: No module named '{name}'" in run.stderr


def test_who_asks_whether_tensorflow_is_there_is_told_the_truth() -> None:
    code = "import importlib.util; print(importlib.util.find_spec('tensorflow'))"
    assert python(code).stdout.strip() == "None"


WITH_RASA = """
import rasa
import rasa.core.agent
import tensorflow as tf
import keras
from tensorflow.keras.layers import Layer
from rasa_standins import TensorFlowIsNotInstalled, install


class Own(Layer):
    pass


def refused(use):
    try:
        use()
    except TensorFlowIsNotInstalled as fault:
        return str(fault)
    raise SystemExit(f"not refused: {use}")


assert issubclass(Own, Layer)
assert tf.function(refused) is refused
assert tf.function(jit_compile=True)(refused) is refused
annotation = tf.Tensor | None
uses = (Own, tf.constant, lambda: tf.zeros(3), lambda: keras.Model(inputs=[]), tf.io.gfile.glob)
for use in uses:
    assert "TensorFlow is not installed" in refused(use), use
assert not hasattr(tf, "__made_up__")

import sys
before = len(sys.meta_path)
install()
assert len(sys.meta_path) == before

import numpy
assert issubclass(numpy.VisibleDeprecationWarning, UserWarning)
print("as promised")
"""


def test_with_rasa_stand_ins_can_be_imported_and_subclassed_but_not_called() -> None:
    run = python(WITH_RASA)
    assert run.stdout.strip() == "as promised", run.stderr


def test_a_pipeline_that_needs_tensorflow_fails_with_a_sentence() -> None:
    code = """
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
from rasa.utils.tensorflow.layers import DenseForSparse
DenseForSparse(units=3)
"""
    run = python(code)
    assert run.returncode == 1
    assert "TensorFlowIsNotInstalled" in run.stderr
    assert "DIET" in run.stderr


READING = """
import os
import rasa.shared.utils.io as io
from ruamel.yaml import YAML

read = io.read_yaml("a: ${HOME}\\nb: yes\\nc: 12")
assert read == {"a": os.environ["HOME"], "b": "yes", "c": 12}
parser = YAML(typ=%(kind)r)
parser.load("[text]")
before = len(parser.resolver.versioned_resolver.get("t", []))
parser.load("[" + "text, " * 50 + "text]")
assert len(parser.resolver.versioned_resolver.get("t", [])) == before
print("as promised")
"""


@pytest.mark.parametrize("kind", ["safe", "rt"])
def test_reading_yaml_takes_no_longer_with_each_value(kind: str) -> None:
    run = python(READING % {"kind": kind})
    assert run.stdout.strip() == "as promised", run.stderr


def test_what_yaml_is_mended_is_still_broken_upstream() -> None:
    """Should this fail, `_keep_resolvers_apart` may go."""
    run = python(
        "from ruamel.yaml.resolver import VersionedResolver as R; import inspect; "
        "print('resolvers += self' in inspect.getsource(R.resolve))"
    )
    assert run.stdout.strip() == "True"
