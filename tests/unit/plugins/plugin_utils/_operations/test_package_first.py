# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be judged on the controller is judged before the host is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.converge import Hotfix
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.errors import OperationError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.errors import PackageError
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from integration.hotfix.driver import DEFINITION, request
from unit.plugins.plugin_utils._wsman.fakes import FakeChannel


@pytest.mark.parametrize("content", [b"", b"MSCF", b"<html>not found</html>"], ids=["empty", "cut", "page"])
@pytest.mark.parametrize("state", ["staged", "present"])
def test_a_package_that_cannot_be_read_costs_no_message(tmp_path: Path, content: bytes, state: str) -> None:
    package = tmp_path / "x64.msu"
    package.write_bytes(content)
    client = Client(FakeChannel(lambda _request: pytest.fail("the host was asked")))
    with pytest.raises((OperationError, PackageError), match=r"x64\.msu"):
        Hotfix(client, DEFINITION, request(state, path=package)).run()
    assert client.messages == 0
