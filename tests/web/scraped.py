"""What Prometheus would read of a gateway."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from tests.gateway import Gateway


@dataclass(frozen=True)
class Scraped:
    """One answer of the metrics' port, as text and read."""

    text: str
    values: dict[tuple[str, tuple[tuple[str, str], ...]], float]

    def of(self, name: str, **labels: str) -> float:
        """The value of one series."""
        return self.values[name, tuple(sorted(labels.items()))]

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.values}

    def values_of(self, label: str) -> set[str]:
        return {told[label] for _, labels in self.values if label in (told := dict(labels))}

    @property
    def labels(self) -> set[str]:
        return {label for _, labels in self.values for label, _ in labels}


def read(text: str) -> Scraped:
    values = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    return Scraped(text, values)


async def scrape(gateway: Gateway) -> Scraped:
    """Read the metrics of a gateway that has them on."""
    port = gateway.desk.settings.metrics_port
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as response:
        assert response.status == 200
        return read(await response.text())
