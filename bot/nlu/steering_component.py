"""The steering classifier as a component of Rasa's graph: it gives each message its intent."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.steering.classifier import SteeringClassifier


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SteeringComponent(GraphComponent):  # type: ignore[misc] # rasa is untyped
    """Trains, keeps and runs a `SteeringClassifier` inside Rasa's graph."""

    def __init__(
        self,
        storage: ModelStorage,
        resource: Resource,
        classifier: SteeringClassifier | None = None,
    ) -> None:
        """Hold the place in the model where the classifier is kept."""
        self._storage = storage
        self._resource = resource
        self._classifier = classifier

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SteeringComponent:
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
    ) -> SteeringComponent:
        """Read the classifier out of a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, SteeringClassifier.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents from all examples and write the classifier down."""
        examples = [
            (message.get(TEXT), message.get(INTENT))
            for message in training_data.intent_examples
            if message.get(TEXT)
        ]
        self._classifier = SteeringClassifier.fit(examples)
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give the data on unchanged: no later component learns from found intents."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the intent into each message; Rasa itself reads those that start with a slash."""
        for message in messages:
            text = message.get(TEXT)
            if self._classifier and text and not text.startswith("/"):
                intent = self._classifier.read(text)
                found = {
                    INTENT_NAME_KEY: intent.name,
                    PREDICTED_CONFIDENCE_KEY: intent.confidence,
                }
                message.set(INTENT, found, add_to_output=True)
        return messages
