"""The detector as it was trained, out of the model file, without Rasa."""

from __future__ import annotations

import pytest

from bot.run.model import check_model
from bot.settings import Settings
from bot.themes.detector import ThemeDetector
from bot.trained import read_learned


@pytest.fixture(scope="session")
def trained() -> ThemeDetector:
    """The detector that the bot runs."""
    settings = Settings()
    check_model(settings.models)
    return read_learned(settings.models, "ThemeComponent", ThemeDetector)
