# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder for administrators alone: what is made, secured and proven, in which order, on a simulated machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.folder import FolderRefusedError, prepare
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.security import ADMINISTRATORS
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._windows.staging_folder import Layout
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import ShellResult
from unit.winhost.cmd.harness import Host as Machine

LAYOUT = Layout("C:\\Windows", "KB1")
USERS = "S-1-5-32-545"


class Host:
    """A machine's cmd, and descriptors as told: `open` are the folders that users may write to until icacls ran."""

    def __init__(self, *open_: str) -> None:
        self.machine = Machine()
        self.open = set(open_)
        self.did: list[str] = []

    def run(self, command: str, **_more: Any) -> ShellResult:
        if "icacls.exe" in command:
            self.open -= {path for path in set(self.open) if f'"{path}"' in command}
            self.did.append("secured")
            return ShellResult(0, b"", b"")
        self.did.append("command")
        self.machine.run(command)
        return ShellResult(self.machine.code, self.machine.raw, b"")

    def invoke(self, _target: Any, _method: str, _params: Any, *, selectors: Mapping[str, str], **_more: Any) -> Any:
        path = selectors["Path"]
        self.did.append(f"proof {path.rpartition(chr(92))[2]}{'' if self.there(path) else ' of nothing'}")
        writer = USERS if path in self.open else ADMINISTRATORS
        ace = {"Trustee": {"SIDString": writer}, "AccessMask": "2032127", "AceFlags": "3", "AceType": "0"}
        return {"ReturnValue": "0", "Descriptor": {"Owner": {"SIDString": ADMINISTRATORS}, "DACL": [ace]}}

    def there(self, path: str) -> bool:
        return self.machine.machine.files.exists(path)

    def prepare(self) -> None:
        parents = [LAYOUT.windows, LAYOUT.parent]
        prepare(self, self, LAYOUT.folder, parents=parents, is_ours=LAYOUT.is_ours)  # type: ignore[arg-type]


def test_both_folders_are_made_in_one_command_and_proven_one_after_the_other() -> None:
    host = Host()
    host.prepare()
    assert host.did == ["command", "proof winlegacy.servicing", "proof KB1", "command"]
    host.did.clear()
    host.prepare()
    assert host.did == ["command", "proof winlegacy.servicing", "proof KB1", "command"]


def test_a_folder_that_was_there_is_proven_before_one_is_made_in_it() -> None:
    host = Host()
    host.machine.run(f"md {LAYOUT.parent}")
    host.prepare()
    assert host.did == ["command", "proof winlegacy.servicing", "command", "proof KB1", "command"]
    strange = Host(LAYOUT.parent)
    strange.machine.run(f"md {LAYOUT.parent}")
    with pytest.raises(FolderRefusedError, match=r"S-1-5-32-545 may write to it; it was there before \(empty\)"):
        strange.prepare()
    assert not strange.there(LAYOUT.folder)


def test_a_new_folder_that_users_may_write_to_is_secured_before_anything_is_in_it() -> None:
    host = Host(LAYOUT.parent)
    host.prepare()
    first, secured = host.did.index("proof winlegacy.servicing"), host.did.index("secured")
    assert host.did[:first + 2] == ["command", "proof winlegacy.servicing", "command"], "what was made in it stays"
    assert host.did[-4:] == ["proof winlegacy.servicing", "command", "proof KB1", "command"]
    assert first < secured
    assert host.there(LAYOUT.folder)


def test_what_users_put_into_a_new_folder_meanwhile_is_refused() -> None:
    class Quick(Host):
        """Somebody is there between the making and the first proof."""

        def invoke(self, *args: Any, **more: Any) -> Any:
            if self.there(LAYOUT.folder):
                self.machine.file(f"{LAYOUT.folder}\\run.cmd.tmp", b"evil")
            return super().invoke(*args, **more)

    host = Quick(LAYOUT.parent)
    with pytest.raises(Exception, match=r"removing C:\\Windows\\winlegacy\.servicing\\KB1"):
        host.prepare()


def test_a_file_in_the_folders_place_is_told() -> None:
    host = Host()
    host.machine.file(LAYOUT.parent, b"x")
    with pytest.raises(Exception, match=r"making C:\\Windows\\winlegacy\.servicing"):
        host.prepare()
