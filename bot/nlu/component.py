"""What our components of Rasa's graph have in common: something learned, kept in the model."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Generic, Self, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.trained import Learned

# What the metadata of an example may say: its themes, its danger, who wrote it and when.
THEMES, CONCERN, BATCH = "themes", "concern", "batch"


L = TypeVar("L", bound=Learned)


class LearnedComponent(GraphComponent, Generic[L]):  # type: ignore[misc] # rasa is untyped
    """Trains, keeps and runs one learned thing; a subclass says which, and what it does."""

    def __init__(self, storage: ModelStorage, resource: Resource, learned: L | None = None) -> None:
        """Hold the place in the model where the learned thing is kept."""
        self._storage = storage
        self._resource = resource
        self._learned = learned

    @staticmethod
    @abstractmethod
    def learned_type() -> type[L]:
        """Give the class of what is learned."""

    @staticmethod
    @abstractmethod
    def learn(training_data: TrainingData) -> L:
        """Learn from the examples of `data/nlu/`."""

    @staticmethod
    @abstractmethod
    def read(learned: L, text: str, message: Message) -> None:
        """Put what is found in `text` into its message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
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
    ) -> Self:
        """Read what was learned out of a trained model."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, cls.learned_type().load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn, and write what was learned into the model."""
        self._learned = self.learn(training_data)
        with self._storage.write_to(self._resource) as folder:
            self._learned.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give the data on unchanged: no later component learns from what one finds."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message but those that start with a slash, which Rasa itself reads."""
        for message in messages:
            text = message.get(TEXT)
            if self._learned and text and not text.startswith("/"):
                self.read(self._learned, text, message)
        return messages


def metadata_of(message: Message) -> dict[str, Any]:
    """Give what is written beside an example in `data/nlu/`."""
    return (message.get("metadata") or {}).get("example") or {}
