"""The detector as it was trained, out of the model file, without Rasa."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from bot.run.model import check_model, model_file
from bot.settings import Settings
from bot.themes.detector import ThemeDetector


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> ThemeDetector:
    """The detector that the bot runs."""
    models = Settings().models
    check_model(models)
    folder = tmp_path_factory.mktemp("detector")
    with tarfile.open(model_file(models)) as archive:
        members = archive.getmembers()
        (place,) = {Path(m.name).parent for m in members if Path(m.name).name == "detector.json"}
        own = [member for member in members if Path(member.name).parent == place]
        archive.extractall(folder, own, filter="data")
    return ThemeDetector.load(folder / place)
