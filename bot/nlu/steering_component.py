"""The steering classifier as a component of Rasa's graph: it gives each message its intent."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.encoder.remembered import for_training
from bot.nlu.component import LearnedComponent
from bot.steering.classifier import SteeringClassifier


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SteeringComponent(LearnedComponent[SteeringClassifier]):
    """Gives each message its intent."""

    @staticmethod
    def learned_type() -> type[SteeringClassifier]:
        """Give the class of what is learned."""
        return SteeringClassifier

    @staticmethod
    def learn(training_data: TrainingData) -> SteeringClassifier:
        """Learn the intents from the examples."""
        examples = [message for message in training_data.intent_examples if message.get(TEXT)]
        told = [(m.get(TEXT), m.get(INTENT)) for m in examples]
        return SteeringClassifier.fit(told, for_training())

    @staticmethod
    def read(learned: SteeringClassifier, text: str, message: Message) -> None:
        """Put the intent into the message."""
        intent = learned.read(text)
        found = {INTENT_NAME_KEY: intent.name, PREDICTED_CONFIDENCE_KEY: intent.confidence}
        message.set(INTENT, found, add_to_output=True)
