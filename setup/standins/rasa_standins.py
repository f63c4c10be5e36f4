"""What Rasa 3.6.21 imports and this project does not install.

Rasa imports TensorFlow at start even when no component of the pipeline uses it, and
names a warning class that numpy 2 moved. This module answers those imports: names can
be imported and subclassed, but a call into them fails loudly. It acts only once `rasa`
itself is being imported, and only for packages that are not installed, so a real
TensorFlow takes its place by being there. `docs/decisions/0001` says why.

It also mends how Rasa's YAML is read, which has to be early too.

A .pth file of one line calls `install()` at the interpreter's start, because `rasa`
is a console script of its own that runs none of our code first.
"""

from __future__ import annotations

import importlib.machinery
import sys
import types
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from typing import Any

STOOD_IN_FOR = ("tensorflow", "tensorflow_text", "tensorflow_hub", "keras")


class TensorFlowIsNotInstalled(RuntimeError):
    """A component that needs TensorFlow was used; this installation has none."""


class _StandInType(type):
    """Makes a stand-in class answer any attribute with another stand-in."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(f"{cls.__module__}.{name}")

    def __call__(cls, *args: object, **kwargs: object) -> object:
        # `@tf.function` and its like decorate Rasa's methods at import; they give back what
        # they were given. Every other call is a use.
        if len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]
        if cls.__name__ == "function":
            return lambda decorated: decorated
        raise TensorFlowIsNotInstalled(
            f"{cls.__module__} was called, but TensorFlow is not installed. Use a pipeline "
            "without DIET, TED or other TensorFlow components, or install tensorflow 2.12."
        )

    # `Union[tf.Tensor, ...]`, `tf.Tensor | None` and `List[tf.Tensor]` in annotations.
    def __or__(cls, other: Any) -> Any:
        return cls

    def __ror__(cls, other: Any) -> Any:
        return cls

    def __getitem__(cls, item: object) -> object:
        return cls


def _stand_in(path: str) -> type:
    name = path.rpartition(".")[2]
    return _StandInType(name, (), {"__module__": path})


class _StandInModule(types.ModuleType):
    """A module whose every public attribute is a stand-in class."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _stand_in(f"{self.__name__}.{name}")
        setattr(self, name, made)
        return made


class _StandInLoader(Loader):
    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _StandInModule(spec.name)
        module.__path__ = []  # a package, so that its submodules are looked for here too
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: attributes are made when they are asked for."""


class _RasaWatcher(MetaPathFinder):
    """Waits until `rasa` is imported, then makes the stand-ins available.

    Anything else that merely probes for TensorFlow finds none, as is true.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> None:
        if fullname == "rasa":
            sys.meta_path.remove(self)
            _name_the_moved_warning()
            _keep_resolvers_apart()
            sys.meta_path.append(_StandInFinder())


class _StandInFinder(MetaPathFinder):
    """Last in line: asked only for what nothing else has found."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in STOOD_IN_FOR:
            return importlib.machinery.ModuleSpec(fullname, _StandInLoader(), is_package=True)
        return None


def _name_the_moved_warning() -> None:
    import numpy as np

    name = "VisibleDeprecationWarning"
    if not hasattr(np, name):
        setattr(np, name, np.exceptions.VisibleDeprecationWarning)


def _keep_resolvers_apart() -> None:
    """Let YAML be read in time that grows with its length.

    ruamel.yaml 0.19.1 adds the resolvers of any value to those of a first letter at each value,
    for good, once there are such resolvers, and Rasa registers one: reading 450 kB took three
    times as long as it does with lists that are not shared.
    """
    import ruamel.yaml.resolver

    resolver: Any = ruamel.yaml.resolver.VersionedResolver
    shipped = vars(resolver)["versioned_resolver"]

    def own_lists(self: Any) -> Any:
        resolvers = shipped.fget(self)
        return types.SimpleNamespace(get=lambda key, default: [*resolvers.get(key, default)])

    resolver.versioned_resolver = property(own_lists)


def install() -> None:
    """Watch for the import of `rasa`; does nothing when called again."""
    if not any(isinstance(finder, (_RasaWatcher, _StandInFinder)) for finder in sys.meta_path):
        sys.meta_path.insert(0, _RasaWatcher())
