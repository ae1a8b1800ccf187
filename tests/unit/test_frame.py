# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's own metadata says what is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]


def _names(folder: str) -> set[str]:
    return {path.stem for path in (ROOT / "plugins" / folder).glob("*.py") if path.stem != "__init__"}


def _yaml(path: str) -> dict[str, object]:
    content = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def test_the_action_group_holds_exactly_the_modules() -> None:
    groups = _yaml("meta/runtime.yml")["action_groups"]
    assert isinstance(groups, dict)
    assert groups["all"] == sorted(_names("modules"))


def test_each_module_has_its_action_plugin_and_each_action_its_documentation() -> None:
    # package_info runs as an ordinary module on the controller.
    assert _names("modules") - _names("action") <= {"package_info"}
    assert _names("action") <= _names("modules")


def test_the_oldest_core_is_the_same_everywhere() -> None:
    assert _yaml("meta/runtime.yml")["requires_ansible"] == ">=2.16.0"
    assert re.search(r"^ansible-core>=2\.16$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_readme_names_every_module_and_playbook() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    wanted = _names("modules") | {f"playbooks/{path.name}" for path in (ROOT / "playbooks").glob("*.yml")}
    assert not [name for name in wanted if name not in readme]


def test_the_readme_links_to_files_that_are_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", readme)
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


def test_system_packages_each_have_a_reason() -> None:
    lines = (ROOT / "tests" / "system-packages.txt").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    assert entries
    assert not [line for line in entries if not re.fullmatch(r"[a-z0-9.+-]+ +# \S.*", line)]


def test_the_readme_installs_on_a_debian_that_guards_its_python() -> None:
    """Debian 12 refuses pip outside of an environment, and its own osslsigncode is older than 2.9."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.partition("<!-- install: begin -->")[2].partition("<!-- install: end -->")[0]
    words = ("python3-venv", "-m venv", "/bin/activate", "pip install", "install --force")
    steps = [block.index(word) for word in words]
    assert steps == sorted(steps)
    backports = readme.index("apt-get install -t bookworm-backports osslsigncode")
    assert backports < readme.index("<!-- install: begin -->"), "told before the line that would install the old one"


def test_the_readme_says_how_filters_and_the_role_are_looked_up() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "ansible-doc -t filter winlegacy.servicing.report" in readme
    assert "ansible-doc -t role winlegacy.servicing.kb952876" in readme


def test_the_simulated_hosts_tell_their_accounts_and_profiles() -> None:
    """What the page says of accounts is what the profiles hold, and its command lists the profiles."""
    folder = ROOT / "tests" / "winhost"
    page = (folder / "README.md").read_text(encoding="utf-8")
    profiles: Any = _yaml("tests/winhost/profiles/nt60.yaml")
    users = profiles["windows"]["users"]
    assert users
    assert not [one for one in users if f"`{one['name']}` / `{one['password']}`" not in page]
    command = re.search(r"PYTHONPATH=tests python -c (\".*\")", page)
    assert command is not None
    environment = {**os.environ, "PYTHONPATH": "tests"}
    script = f"{sys.executable} -c {command[1]}"
    done = subprocess.run(["sh", "-ec", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert "vista_uac_filtered" in done.stdout.splitlines()
    assert "--keep" in page and "--lifetime" in page


def _requirements(name: str) -> list[str]:
    texts = (line.split("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [line for line in texts if line]


def test_the_install_brings_what_reading_a_package_needs() -> None:
    """The proof of it is tools/install_proof.py, which does what the README says in an empty environment."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.partition("<!-- install: begin -->")[2].partition("<!-- install: end -->")[0]
    assert "pip install -r requirements.txt" in block
    python = {re.split(r"[<>=~!]", line)[0] for line in _requirements("requirements.txt")}
    assert {"ansible-core", "pywinrm", "jmespath", "libarchive-c"} == python
    assert not [name for name in python if f"`{name}`" not in readme and name != "ansible-core"]
    system = {line.split()[0] for line in _requirements("bindep.txt")}
    assert system == {"libarchive", "libarchive13", "osslsigncode"}
    assert not [name for name in system if f"`{name}`" not in readme]
    assert _yaml("meta/execution-environment.yml")["dependencies"] == {
        "python": "requirements.txt",
        "system": "bindep.txt",
    }


def test_the_modules_that_read_packages_name_what_that_needs() -> None:
    for name in ("hotfix", "package_info"):
        text = (ROOT / "plugins" / "modules" / f"{name}.py").read_text(encoding="utf-8")
        told = " ".join(text.partition("requirements:")[2].partition("options:")[0].split())
        for word in ("C(libarchive-c)", "C(libarchive13)", "C(libarchive)", "C(osslsigncode)"):
            assert word in told, (name, word)


def test_what_is_private_says_so() -> None:
    """Argument specifications, and what only the roles and playbooks use: by name or in words."""
    shared = sorted(path for path in (ROOT / "plugins" / "module_utils").glob("*.py") if path.stem != "__init__")
    assert shared
    assert not [path.name for path in shared if not path.name.startswith("_")]
    assert not [path.name for path in shared if "\nPrivate: " not in path.read_text(encoding="utf-8")]
    told = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "plugins" / "filter").glob("*.yml")}
    private = {name: text for name, text in told.items() if name.startswith("_")}
    private |= {name: (ROOT / "plugins" / "modules" / f"{name}.py").read_text("utf-8") for name in _INTERNAL}
    assert not [name for name, text in private.items() if 'short_description: "(internal) ' not in text]
    assert not [name for name, text in private.items() if "- Private. It is for the" not in text]
    public = {name: text for name, text in told.items() if name not in private}
    assert not [name for name, text in public.items() if "(internal)" in text]


_INTERNAL = ("rollout_batch", "rollout_member", "rollout_scope")


def test_everything_says_since_when_it_is_there() -> None:
    """No release is older than 1.0.0, and nothing is added by one that is later than the next."""
    next_one = tuple(map(int, str(_yaml("galaxy.yml")["version"]).split(".")))
    plugins = ROOT / "plugins"
    paths = [*plugins.rglob("*.py"), *plugins.rglob("*.yml"), *(ROOT / "roles").rglob("meta/*.yml")]
    said = {path: re.findall(r"version_added: (\S+)", path.read_text(encoding="utf-8")) for path in paths}
    wrong = [
        (path.name, one)
        for path, versions in said.items()
        for one in versions
        if not (1, 0, 0) <= tuple(map(int, one.strip("'\"").split("."))) <= next_one
    ]
    assert not wrong
    documented = {path for path in paths if path.parent.name in ("modules", "callback") or path.suffix == ".yml"}
    assert not [path.name for path in documented if not said[path] and path.parent.name != "meta"]
