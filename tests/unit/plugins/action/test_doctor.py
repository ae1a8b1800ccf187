# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor's closing table, of hosts whose task Ansible itself could not start."""

from __future__ import annotations

import pytest
from ansible_collections.winlegacy.servicing.plugins.action import doctor
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action import base


@pytest.mark.parametrize(
    "said",
    [
        "Attempting to decrypt but no vault secrets found.",
        "Error while resolving value for 'remote_password': Attempting to decrypt but no vault secrets found.",
        "The vault password or vault secrets do not fit: Decryption failed (no vault secrets were found that could"
        " decrypt).",
    ],
)
def test_a_vault_that_is_not_unlocked_has_its_cure(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(base.display, "display", shown.append)
    result = doctor.ActionModule._tabulated({"locked": {"failed": True, "msg": said}}, None)
    assert result["msg"] == "1 host: 1 with a problem"
    assert "A vault is not unlocked: run with --ask-vault-pass or --vault-password-file." in " ".join(shown[0].split())
