"""The theme detector as a component of Rasa's graph.

Learns from the examples in `data/nlu/` that carry `themes` as example metadata, and puts
what it finds into each message under `themes`, where actions read it.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.themes.detector import Labelled, ThemeDetector

THEMES = "themes"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ThemeComponent(GraphComponent):  # type: ignore[misc] # rasa is untyped
    """Trains, keeps and runs a `ThemeDetector` inside Rasa's graph."""

    def __init__(
        self, storage: ModelStorage, resource: Resource, detector: ThemeDetector | None = None
    ) -> None:
        """Hold the place in the model where the detector is kept."""
        self._storage = storage
        self._resource = resource
        self._detector = detector

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ThemeComponent:
        """Make an untrained component."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ThemeComponent:
        """Read the detector out of a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, ThemeDetector.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the themes from the labelled examples and write the detector down."""
        self._detector = ThemeDetector.fit(labelled_examples(training_data))
        with self._storage.write_to(self._resource) as folder:
            self._detector.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give the data on unchanged: no later component learns from found themes."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the themes found into each message."""
        for message in messages:
            text = message.get(TEXT)
            if self._detector and text and not text.startswith("/"):
                found = [finding.as_dict() for finding in self._detector.find(text)]
                message.set(THEMES, found, add_to_output=True)
        return messages


def labelled_examples(training_data: TrainingData) -> list[Labelled]:
    """Give the examples that carry theme labels; none is a label too."""
    examples = []
    for message in training_data.training_examples:
        labels = ((message.get("metadata") or {}).get("example") or {}).get(THEMES)
        if message.get(TEXT) and labels is not None:
            examples.append(Labelled(message.get(TEXT), frozenset(labels)))
    return examples
