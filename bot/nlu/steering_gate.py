"""Tell narrative from steering words.

A free-text answer must never be taken for a command because of one word in it, and being
asked twice is far less bad than having one's words deleted. So a steering intent stands
only where the classifier is sure and the message is short; everything else is told.
"""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

TELL = "tell"
_EXAMPLES_FILE = "examples.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SteeringGate(GraphComponent):  # type: ignore[misc] # rasa is untyped
    """Lets a steering intent pass only from a short message of which the classifier is sure.

    A message that is word for word a training example needs no guessing: it has the
    intent under which it was written down.
    """

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        known: dict[str, str] | None = None,
    ) -> None:
        """Hold the thresholds and the examples, normalised, with their intents."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._known = known or {}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the thresholds: the lowest confidence, and the most words of a steering message."""
        return {"confidence": 0.5, "longest_words": 14}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SteeringGate:
        """Make an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SteeringGate:
        """Read the known examples out of a trained model."""
        with model_storage.read_from(resource) as folder:
            known = json.loads((folder / _EXAMPLES_FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, known)

    def train(self, training_data: TrainingData) -> Resource:
        """Remember every short example with its intent."""
        for message in training_data.intent_examples:
            text = message.get(TEXT)
            if text and len(text.split()) <= self._config["longest_words"]:
                self._known[normalised(text)] = message.get(INTENT)
        with self._storage.write_to(self._resource) as folder:
            (folder / _EXAMPLES_FILE).write_text(json.dumps(self._known), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Turn doubtful steering into telling."""
        for message in messages:
            text = message.get(TEXT) or ""
            intent = message.get(INTENT) or {}
            if text.startswith("/"):
                continue
            if known := self._known.get(normalised(text)):
                self._set(message, known, 1.0)
            elif intent.get(INTENT_NAME_KEY) != TELL and not self._may_steer(text, intent):
                self._set(message, TELL, intent.get(PREDICTED_CONFIDENCE_KEY) or 0.0)
        return messages

    def _may_steer(self, text: str, intent: dict[str, Any]) -> bool:
        is_sure = (intent.get(PREDICTED_CONFIDENCE_KEY) or 0.0) >= self._config["confidence"]
        return bool(is_sure and len(text.split()) <= self._config["longest_words"])

    @staticmethod
    def _set(message: Message, intent: str, confidence: float) -> None:
        message.set(
            INTENT,
            {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: confidence},
            add_to_output=True,
        )


def normalised(text: str) -> str:
    """Give `text` in lower case without the punctuation around its words."""
    kept = re.sub(r"[^\w\s'?.]+", " ", text.lower().replace("’", "'"))
    words = re.sub(r"(?<=\w)[.?]+(?=\s|$)", "", kept).split()
    return " ".join(words) or text.strip()
