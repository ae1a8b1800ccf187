# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports point downwards only (docs/architecture.md); the simulated host and the collection do not know each other."""

from __future__ import annotations

import ast
import graphlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
COLLECTION = "ansible_collections.winlegacy.servicing."
# The table of docs/architecture.md, from the bottom up: what a room may import of ours, besides itself.
_ORDER = (
    ("_text", ()),
    ("_model", ("_text",)),
    ("_wsman", ("_text",)),
    ("_transcript", ("_wsman", "_model", "_text")),
    ("_catalogue", ("_model", "_text")),
    ("_verdict", ("_catalogue", "_model", "_text")),
    ("_doctor", ("_verdict", "_catalogue", "_model", "_text")),
    ("_windows", ("_wsman", "_model", "_text")),
    ("_package", ("_catalogue", "_model", "_text")),
    (
        "_operations",
        ("_package", "_windows", "_doctor", "_verdict", "_catalogue", "_transcript", "_wsman", "_model", "_text"),
    ),
    ("_report", ("_verdict", "_model", "_text")),
    ("_rollout", ("_report", "_operations", "_package", "_verdict", "_catalogue", "_model", "_wsman", "_text")),
)
_BELOW = {f"plugin_utils/{room}": {f"plugin_utils/{one}" for one in below} for room, below in _ORDER}
_EVERYTHING = set(_BELOW) | {"module_utils"}
_SHARED_BY_ACTIONS = "plugin_utils/_action"
MAY_IMPORT = {
    **_BELOW,
    "module_utils": set[str](),
    "modules": {"module_utils"},
    "doc_fragments": set[str](),
    _SHARED_BY_ACTIONS: _EVERYTHING,
    "action": _EVERYTHING | {_SHARED_BY_ACTIONS},
    "filter": _EVERYTHING,
    "callback": _EVERYTHING | {_SHARED_BY_ACTIONS},
}
_ANSIBLE = {"ansible"}
_IO = {*("winrm", "pypsrp", "smbclient", "requests"), *("socket", "ssl", "http", "urllib", "subprocess")}
# Rooms that run without Ansible; of these, the ones that run without any I/O library.
PURE = {
    **dict.fromkeys(_BELOW, _ANSIBLE),
    **{f"plugin_utils/{room}": _ANSIBLE | _IO for room in ("_text", "_model", "_catalogue", "_verdict", "_doctor")},
}
RUNTIME_OPTIONAL = {
    *("winrm", "pypsrp", "requests", "spnego", "smbprotocol", "smbclient"),
    *("jmespath", "libarchive", "lxml", "cabarchive"),
}


def room_of(path: Path) -> str:
    """plugins/plugin_utils/_wsman/client.py is in plugin_utils/_wsman, plugins/action/x.py in action."""
    parts = path.relative_to(PLUGINS).parts
    return "/".join(parts[:2]) if parts[0] == "plugin_utils" and len(parts) > 2 else parts[0]


def imported(path: Path, tree: ast.AST) -> list[tuple[int, str]]:
    """Line and full dotted name of everything a file imports; relative imports resolved, imported names included."""
    package = ["plugins", *path.relative_to(PLUGINS).parts[:-1]] if path.is_relative_to(PLUGINS) else []
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package[: len(package) - (node.level - 1)]
                base = COLLECTION + ".".join([*above, *([base] if base else [])])
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return found


def ours(name: str) -> tuple[str, str] | None:
    """The room and the module of a dotted name of this collection."""
    if not name.startswith(COLLECTION + "plugins."):
        return None
    parts = name.removeprefix(COLLECTION + "plugins.").split(".")
    if parts[0] == "plugin_utils" and len(parts) > 1:
        return "/".join(parts[:2]), (parts[2] if len(parts) > 2 else "")
    return parts[0], (parts[1] if len(parts) > 1 else "")


def upward(path: Path, source: str) -> list[str]:
    """Each import of a file in plugins/ that its room may not make."""
    room = room_of(path)
    where = path.relative_to(ROOT)
    wrong = []
    for line, name in imported(path, ast.parse(source)):
        target = ours(name)
        if target is None:
            if name.split(".")[0] in PURE.get(room, set()):
                wrong.append(f"{where}:{line}: {room} imports {name}, which it has to do without")
            continue
        below = target[0]
        if below == room:
            continue
        if below not in MAY_IMPORT[room]:
            wrong.append(f"{where}:{line}: {room} imports {name}, which is not below it")
    return wrong


def unguarded(path: Path, source: str) -> list[str]:
    """Optional packages imported at module level outside try: the file cannot load where they are missing."""
    where = path.relative_to(ROOT)
    wrong = []
    for node in ast.parse(source).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = imported(path, ast.Module([node], []))
            optional = [(line, name) for line, name in names if name.split(".")[0] in RUNTIME_OPTIONAL]
            wrong += [f"{where}:{line}: {name} is imported unguarded at module level" for line, name in optional]
    return wrong


def sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def test_there_is_something_to_check() -> None:
    assert len(sources(PLUGINS)) > 5
    unnamed = {room_of(path) for path in sources(PLUGINS)} - set(MAY_IMPORT)
    assert not unnamed, f"docs/architecture.md does not name {unnamed}"


@pytest.mark.parametrize("rule", [upward, unguarded], ids=lambda rule: rule.__name__)
def test_plugins_import_downwards_only(rule: object) -> None:
    assert callable(rule)
    wrong = [line for path in sources(PLUGINS) for line in rule(path, path.read_text(encoding="utf-8"))]
    assert not wrong, "\n".join(wrong)


def test_the_simulated_host_knows_nothing_of_the_collection() -> None:
    wrong = []
    for path in sources(ROOT / "tests" / "winhost"):
        for line, name in imported(path, ast.parse(path.read_text(encoding="utf-8"))):
            if name.split(".")[0] in {"ansible_collections", "ansible", "plugins"}:
                wrong.append(f"{path.relative_to(ROOT)}:{line}: imports {name}")
    assert not wrong, "\n".join(wrong)


def test_the_collection_knows_nothing_of_the_tests() -> None:
    wrong = []
    for path in sources(PLUGINS):
        for line, name in imported(path, ast.parse(path.read_text(encoding="utf-8"))):
            if name.split(".")[0] in {"winhost", "tests", "packages"} or name.startswith(COLLECTION + "tests"):
                wrong.append(f"{path.relative_to(ROOT)}:{line}: imports {name}")
    assert not wrong, "\n".join(wrong)


def test_the_rooms_stand_in_a_row() -> None:
    """The table itself has no circle: each room's are above it there."""
    seen: set[str] = set()
    for room, below in _ORDER:
        assert set(below) <= seen, room
        seen.add(room)
    assert len(seen) == len(_ORDER)


def at_load(path: Path) -> set[str]:
    """The modules of plugin_utils, dotted, that a file imports while it is loaded itself."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for _line, name in imported(path, ast.Module([node], [])):
                parts = name.removeprefix(COLLECTION).split(".")
                while parts and not ROOT.joinpath(*parts).with_suffix(".py").is_file():
                    parts.pop()
                found |= {".".join(parts)} if parts else set()
    return found


def test_no_module_imports_itself_by_others() -> None:
    graph = {".".join(path.relative_to(ROOT).with_suffix("").parts): at_load(path) for path in sources(PLUGINS)}
    assert sum(map(len, graph.values())) > 200
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("plugin_utils/_wsman/x.py", "from .._model.answer import Answer"),
        ("plugin_utils/_wsman/x.py", "from .. import _model"),
        ("plugin_utils/_wsman/x.py", "from ansible.errors import AnsibleError"),
        ("plugin_utils/_verdict/x.py", "import socket"),
        ("plugin_utils/_verdict/x.py", "from ansible.errors import AnsibleError"),
        ("plugin_utils/_verdict/x.py", "from .._windows.files import sizes"),
        ("plugin_utils/_operations/x.py", "import ansible.utils"),
        ("plugin_utils/_windows/x.py", "from .._operations import converge"),
        ("plugin_utils/_windows/x.py", "from .._verdict.verdict import decide"),
        ("plugin_utils/_package/x.py", "def f():\n    from .._windows import files"),
        ("plugin_utils/_operations/x.py", f"from {COLLECTION}plugins.action.hotfix import ActionModule"),
        ("modules/x.py", f"from {COLLECTION}plugins.plugin_utils._wsman.client import Client"),
    ],
)
def test_an_upward_import_is_found(place: str, source: str) -> None:
    assert upward(PLUGINS / place, source)


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("plugin_utils/_windows/x.py", "from .._wsman.client import Client\nfrom .._model.answer import Answer"),
        ("plugin_utils/_wsman/x.py", "from .errors import WSManError\nfrom . import faults"),
        ("action/x.py", f"from {COLLECTION}plugins.plugin_utils._rollout.sweep import sweep\nimport ansible.errors"),
    ],
)
def test_a_downward_import_is_allowed(place: str, source: str) -> None:
    assert not upward(PLUGINS / place, source)


def test_an_unguarded_optional_import_is_found() -> None:
    path = PLUGINS / "plugin_utils" / "_wsman" / "x.py"
    assert unguarded(path, "import winrm.transport")
    assert not unguarded(path, "try:\n    import winrm\nexcept ImportError:\n    winrm = None")
    assert not unguarded(path, "def f():\n    import winrm")
