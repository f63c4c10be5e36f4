"""Trains the concern detector with the rest of the model, so that there is one model file.

Only the gateway runs it, out of that file: danger is looked for in the words as written,
before anything reaches Rasa, and with Rasa down.
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder.remembered import for_training
from bot.nlu.component import CONCERN, THEMES, LearnedComponent, metadata_of
from bot.safety.detector import ConcernDetector, Told


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ConcernComponent(LearnedComponent[ConcernDetector]):
    """Trains a `ConcernDetector` and leaves messages as they are."""

    @staticmethod
    def learned_type() -> type[ConcernDetector]:
        """Give the class of what is learned."""
        return ConcernDetector

    @staticmethod
    def learn(training_data: TrainingData) -> ConcernDetector:
        """Learn from the examples that carry `concern`, beside daily work and steering."""
        examples = [m for m in training_data.training_examples if m.get(TEXT)]
        told = [
            Told.from_metadata(message.get(TEXT), metadata_of(message)[CONCERN])
            for message in examples
            if CONCERN in metadata_of(message)
        ]
        daily = [
            Told.from_themes(message.get(TEXT), metadata_of(message)[THEMES])
            for message in examples
            if THEMES in metadata_of(message)
        ]
        steering = [
            Told.from_intent(message.get(TEXT), message.get(INTENT))
            for message in examples
            if message.get(INTENT)
        ]
        return ConcernDetector.fit(
            told, [*filter(None, daily)], [*filter(None, steering)], for_training()
        )

    @staticmethod
    def read(learned: ConcernDetector, text: str, message: Message) -> None:
        """Leave the message as it is."""
