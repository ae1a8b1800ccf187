# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every fork would load for itself, loaded once: Ansible's strategies load an action plugin before they fork.

An ad hoc command loads connection plugins in its forks alone, where pywinrm and requests cost more than an assessment.
What cannot be loaded here is told where it is needed.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib
import io

from ansible.plugins.loader import connection_loader, shell_loader

from .._catalogue.catalogue import load
from .._verdict.rules import rules
from .._wsman import ntlm

LIBRARIES = ("winrm.protocol", "spnego", "urllib3.util.ssl_", "encodings.idna", "encodings.utf_16_le")

PLUGINS = (
    (connection_loader, "ansible.builtin.winrm"),
    (connection_loader, "winrm"),
    (shell_loader, "powershell"),
)
"""By each name that Ansible itself will ask for: it reads a plugin's documentation for its options once a name."""


def preload() -> None:
    """Libraries, the winrm connection plugin with its options, the catalogue, and what is made on first use.

    Never raises.
    """
    for name in LIBRARIES:
        with contextlib.suppress(Exception):  # a broken package raises anything
            importlib.import_module(name)
    for loader, name in PLUGINS:
        with contextlib.suppress(Exception):
            loader.get(name, class_only=True)
    with contextlib.suppress(ValueError):
        load()  # the default alone: another may take longer than a task that does not want it
    for first in (rules, ntlm.warm_up, lambda: http.client.parse_headers(io.BytesIO(b"Server: none\r\n\r\n"))):
        with contextlib.suppress(Exception):
            first()
