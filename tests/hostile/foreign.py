# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that speak something else than HTTP, and leave the connection open."""

from __future__ import annotations

import socket
import time


def tls_alert(connection: socket.socket, _request: bytes) -> None:
    """What a TLS server says to plain HTTP; the connection stays open."""
    connection.sendall(b"\x15\x03\x01\x00\x02\x02\x46")
    time.sleep(600)


def ssh_banner(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9\r\n")
    time.sleep(600)


def tls_silent(_connection: socket.socket, _request: bytes) -> None:
    time.sleep(600)
