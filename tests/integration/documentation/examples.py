# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of modules and filters as plays, with the files and hosts that they speak of.

Of their text only what stands for the reader's own is replaced: folders, and the ten minutes of a random start.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from integration.assess.commands import ROOT
from packages import other, write_msu
from packages.articles import article, table
from packages.proven import ca_file, proof, signed, stamped

PLUGINS = ROOT / "plugins"
SHARE, READER, SECRET = "\\\\files.example.com\\updates", "EXAMPLE\\reader", "r3ader-sim"
ROW = ("Tcpip.sys", "6.0.6001.22167", 5)


def examples(kind: str, name: str, folder: Path) -> list[dict[str, Any]]:
    """The tasks or plays of a plugin's EXAMPLES; folder: stands for /srv."""
    path = PLUGINS / kind / f"{name}.py"
    if path.exists():
        found = re.search(r'^EXAMPLES = r"""(.*?)^"""', path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        text = found[1] if found else ""
    else:
        text = yaml.safe_load((PLUGINS / kind / f"{name}.yml").read_text(encoding="utf-8"))["EXAMPLES"]
    for written, stands in (("/srv/", f"{folder}/"), ("random_start: 600", "random_start: 1")):
        text = text.replace(written, stands)
    loaded: list[dict[str, Any]] = yaml.safe_load(text)
    return loaded


def of_all(kind: str) -> list[str]:
    """The names of plugins that have EXAMPLES."""
    named = [path for path in (PLUGINS / kind).iterdir() if path.suffix in (".py", ".yml")]
    return sorted(path.stem for path in named if re.search("^EXAMPLES", path.read_text("utf-8"), re.MULTILINE))


def write_files(folder: Path) -> dict[str, Any]:
    """What the examples name below /srv, and the options that prove the packages, which Microsoft did not sign."""
    for name in ("hotfixes", "definitions", "inbox", "reports"):
        (folder / name).mkdir(parents=True)
    hotfixes = folder / "hotfixes"
    ours = [signed(write_msu(hotfixes, one)) for one in ("x86", "x64")]
    for kb in ("KB958644", "KB123456"):
        options = {**other.OPTIONS, "kb": kb}
        ours += [
            signed(write_msu(hotfixes, one, name=f"Windows6.0-{kb}-{one}.msu", **options)) for one in ("x86", "x64")
        ]
        suffix = "html" if kb == "KB958644" else "md"
        text = article(kb, [table([(*ROW, one)], one) for one in ("x86", "x64")])
        (hotfixes / f"{kb}.{suffix}").write_text(text, encoding="utf-8")
    told = article("KB2654668", [table([("Mqqm.dll", "6.0.6001.22167", 5, "x86")], "x86")])
    (hotfixes / "KB2654668.md").write_text(told, encoding="utf-8")
    update = write_msu(folder / "inbox", "x64", name="Windows6.0-update.msu", kb="KB952877", form="images")
    ours.append(stamped(update))
    root = ca_file()
    if root is not None:
        shutil.copy(root, hotfixes / "laboratory-root.pem")
    return dict(proof(*ours))


@dataclass(frozen=True)
class Part:
    """Examples of one plugin for the same hosts. tasks: their names, all of them when there is none."""

    kind: str
    name: str
    hosts: str
    tasks: tuple[str, ...] = ()
    before: tuple[dict[str, Any], ...] = ()
    after: tuple[dict[str, Any], ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)

    def plays(self, folder: Path, defaults: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The examples as plays. Where they are whole plays these are left as they are, but for their hosts."""
        found = examples(self.kind, self.name, folder)
        if found and "hosts" in found[0]:
            return [{**one, "hosts": self.hosts} for one in found]
        chosen = [one for one in found if not self.tasks or one["name"] in self.tasks]
        assert len(chosen) == (len(self.tasks) or len(found)), f"{self.name} has no such example: {self.tasks}"
        return [
            {
                "name": f"Examples of {self.name}",
                "hosts": self.hosts,
                "gather_facts": False,
                "module_defaults": dict(defaults),
                "vars": dict(self.variables),
                "tasks": [*self.before, *chosen, *self.after],
            }
        ]


def value_of(name: str) -> dict[str, Any]:
    """What a filter's RETURN says of its value."""
    path = PLUGINS / "filter" / f"{name}.yml"
    if path.exists():
        documented: Any = yaml.safe_load(path.read_text(encoding="utf-8"))["RETURN"]
    else:
        text = (PLUGINS / "filter" / f"{name}.py").read_text(encoding="utf-8")
        documented = yaml.safe_load(text.partition('RETURN = r"""')[2].partition('"""')[0])
    value: dict[str, Any] = documented["_value"]
    return value
