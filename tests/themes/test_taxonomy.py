"""Names of themes and subthemes as therapists see them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.library import LIBRARY, LibraryError
from bot.themes.findings import Theme
from bot.themes.taxonomy import read_taxonomy


@pytest.mark.parametrize("theme", list(Theme))
def test_every_theme_is_named_and_explained(theme: Theme) -> None:
    words = read_taxonomy()[theme]
    assert words.name
    assert words.about.endswith(".")
    assert words.subthemes
    assert len(set(words.subthemes.values())) == len(words.subthemes)


@pytest.mark.parametrize("theme", list(Theme))
def test_a_theme_without_words_is_named(tmp_path: Path, theme: Theme) -> None:
    content = yaml.safe_load((LIBRARY / "themes.yml").read_text(encoding="utf-8"))
    del content[theme.value]
    (tmp_path / "themes.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(LibraryError, match=f"no entry for {theme}"):
        read_taxonomy(tmp_path)


def test_an_unknown_theme_is_refused(tmp_path: Path) -> None:
    content = yaml.safe_load((LIBRARY / "themes.yml").read_text(encoding="utf-8"))
    content["weather"] = content["parent_trauma"]
    (tmp_path / "themes.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(LibraryError, match="weather"):
        read_taxonomy(tmp_path)
