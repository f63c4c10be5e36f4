"""Join what was heard in several answers into one finding a theme."""

from __future__ import annotations

from collections.abc import Iterable

from bot.themes.findings import Finding, Theme

MOST_WORDS = 2


def strongest(findings: Iterable[Finding]) -> list[Finding]:
    """Give one finding for each theme heard, surest first, with the most telling words."""
    by_theme: dict[Theme, list[Finding]] = {}
    for finding in findings:
        by_theme.setdefault(finding.theme, []).append(finding)
    joined = [_join(heard) for heard in by_theme.values()]
    return sorted(joined, key=lambda finding: -finding.confidence)


def _join(heard: list[Finding]) -> Finding:
    ranked = sorted(heard, key=lambda finding: -finding.confidence)
    first = ranked[0]
    # The first words of each answer rather than all the words of one.
    rows = max(len(finding.evidence) for finding in ranked)
    evidence = [f.evidence[row] for row in range(rows) for f in ranked if row < len(f.evidence)]
    subtheme = next((f.subtheme for f in ranked if f.subtheme), None)
    return Finding(first.theme, subtheme, first.confidence, tuple(evidence[:MOST_WORDS]))
