"""The theme detector as a component of Rasa's graph.

Learns from the examples in `data/nlu/` that carry `themes` as example metadata, and puts
what it finds into each message under `themes`, where actions read it.
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder.remembered import for_training
from bot.nlu.component import BATCH, THEMES, LearnedComponent, metadata_of
from bot.themes.detector import Labelled, ThemeDetector


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ThemeComponent(LearnedComponent[ThemeDetector]):
    """Puts the themes found into each message."""

    @staticmethod
    def learned_type() -> type[ThemeDetector]:
        """Give the class of what is learned."""
        return ThemeDetector

    @staticmethod
    def learn(training_data: TrainingData) -> ThemeDetector:
        """Learn from the examples that carry theme labels; none is a label too."""
        examples = [
            Labelled(message.get(TEXT), frozenset(about[THEMES]), about.get(BATCH, ""))
            for message in training_data.training_examples
            if message.get(TEXT) and THEMES in (about := metadata_of(message))
        ]
        return ThemeDetector.fit(examples, for_training())

    @staticmethod
    def read(learned: ThemeDetector, text: str, message: Message) -> None:
        """Put the themes found into the message."""
        found = [finding.as_dict() for finding in learned.find(text)]
        message.set(THEMES, found, add_to_output=True)
