"""The services of docker/compose.yml outside a container: the same files, commands and settings.

What differs is said in `environment`: folders lie in a temporary one, and names of services are
this machine. There is no shell to be found, and the code's folder is compared afterwards.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.settings import Settings
from tests.conftest import free_port
from tests.docker.files import DOCKER, by_default, compose, instructions, lay_out

SERVICES: dict[str, dict[str, Any]] = compose()["services"]
_WELL_SECONDS = 120


@dataclass
class Server:
    """A team's server in one folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    proxy: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def app(self) -> Path:
        """What is /app in the image."""
        return self.folder / "app"

    @property
    def address(self) -> str:
        return f"https://localhost:{self.proxy}"

    @property
    def house(self) -> Path:
        return self.folder / "secrets" / "house"

    def make(self) -> None:
        """Lay out the image, with the model in the place where the build trains it."""
        lay_out(self.app)
        models = self.app / "models"
        models.mkdir()
        for name in ("ballast.tar.gz", "ballast.json"):
            (models / name).write_bytes((Settings().models / name).read_bytes())
        for name in ("var", "tmp"):
            (self.folder / name).mkdir()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def environment(self, service: str) -> dict[str, str]:
        """Give what the image and the service set, with this machine in place of the container."""
        told: dict[str, str] = {}
        for one in instructions():
            if one.name == "ENV" and one.stage == "run":
                told |= dict(word.split("=", 1) for word in one.value.split())
        told |= SERVICES[service].get("environment", {})
        places = {
            "/run/secrets": str(self.house),
            "/keys-copy": str(self.folder / "keys-copy"),
            "/var/lib/ballast": str(self.folder / "var"),
            "/tmp": str(self.folder / "tmp"),  # noqa: S108 - the image's
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - never here
        }
        found = {}
        for name, value in told.items():
            filled = by_default(value)
            for before, after in places.items():
                if filled == before or filled.startswith(f"{before}/"):
                    filled = filled.replace(before, after, 1)
                    break
            found[name] = filled
        found |= {
            "BALLAST_PUBLIC_URL": "https://localhost",
            "BALLAST_RASA_HOST": "localhost",
            "BALLAST_ACTIONS_HOST": "localhost",
            "BALLAST_PORT": str(self.port),
            "PATH": str(self.folder / "no-shell-here"),
            "TMPDIR": str(self.folder / "tmp"),
            # Where pytest finds the libraries; the image has them in a place of its own.
            "PYTHONPATH": str(self.app),
        }
        # Some processors need another kernel of OpenBLAS than the one it chooses.
        return found | {name: os.environ[name] for name in os.environ if "OPENBLAS" in name}

    def words(self, service: str) -> list[str]:
        """Give a service's command with this machine's folders."""
        places = {
            "/secrets": "secrets",
            "/backups": "backups",
            "/keys-copy": "keys-copy",
            "/own/backups": "backups",
            "/own/keys-copy": "keys-copy",
            "/own/caddy": "caddy",
        }
        words = [by_default(word) for word in SERVICES[service]["command"]]
        filled = [str(self.folder / places[word]) if word in places else word for word in words]
        return ["127.0.0.1" if word == "0.0.0.0" else word for word in filled]  # noqa: S104 - never here

    def run(
        self, service: str, *more: str, instead: list[str] | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a service's command, or another one in its place, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "bot.cli", *(instead or self.words(service)), *more],
            cwd=self.app,
            env=self.environment(service) | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, service: str) -> None:
        """Start a service and wait until its own health check says that it is well."""
        with (self.folder / f"{service}.log").open("wb") as log:
            self.running[service] = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", *self.words(service)],
                cwd=self.app,
                env=self.environment(service),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _WELL_SECONDS
        while self.health(service).returncode != 0:
            assert self.running[service].poll() is None, self.log(service)
            assert time.monotonic() < deadline, self.log(service)
            time.sleep(0.3)

    def start_proxy(self) -> None:
        """Start Caddy on docker/Caddyfile with the certificate of `certificates`."""
        own = {
            "BALLAST_DOMAIN": "localhost",
            "TLS": "own",
            "CERTIFICATES": str(self.folder / "certificates"),
            "GATEWAY_HOST": "localhost",
            "GATEWAY_PORT": str(self.port),
            "HTTPS_PORT": str(self.proxy),
            "HTTP_PORT": str(self.proxy + 1),
            "HEALTH_PORT": str(self.proxy + 2),
            "HOME": str(self.folder / "caddy"),
        }
        told = SERVICES["proxy"]["command"]
        words = [str(DOCKER / "Caddyfile") if "Caddyfile" in word else word for word in told]
        caddy = Path(sys.executable).with_name("caddy")
        with (self.folder / "proxy.log").open("wb") as log:
            self.running["proxy"] = subprocess.Popen(
                [caddy, *words[1:]], env=own, stdout=log, stderr=subprocess.STDOUT
            )

    def health(self, service: str) -> subprocess.CompletedProcess[str]:
        """Run a service's health check, on this server's port."""
        _, _, module, *arguments = SERVICES[service]["healthcheck"]["test"][1:]
        ports = {"gateway": self.port, "rasa": self.port + 1, "actions": self.port + 2}
        if service in ports:
            arguments.append(str(ports[service]))
        arguments = [str(self.folder / "backups") if a == "/backups" else a for a in arguments]
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.app,
            env=self.environment(service),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def stop(self, *names: str) -> None:
        """Stop services as a container is stopped; fails for one that has to be killed."""
        for name in names or list(self.running):
            process = self.running.pop(name)
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise

    def files(self) -> dict[str, tuple[int, int]]:
        """Give size and time of every file of the image."""
        return {
            str(path): (path.stat().st_size, path.stat().st_mtime_ns)
            for path in self.app.rglob("*")
            if path.is_file()
        }
