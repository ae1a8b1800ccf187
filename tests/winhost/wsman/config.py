# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service's configuration as a resource (MS-WSMV 2.2.4.10): read only here."""

from __future__ import annotations

from collections.abc import Mapping

from winhost.wsman import faults
from winhost.wsman import names as ns
from winhost.wsman.reply import Reply
from winhost.wsman.request import Request
from winhost.wsman.stacks import Stack


def get(request: Request, stack: Stack, auth: Mapping[str, bool]) -> Reply:
    """Answer a Get of config, config/service or config/winrs."""
    part = request.resource_uri[len(ns.CONFIG) :].strip("/")
    bodies = {
        "": ("Config", _config(stack, auth)),
        "service": ("Service", _service(stack, auth)),
        "service/auth": ("Auth", _auth(auth)),
        "winrs": ("Winrs", _winrs(stack)),
    }
    if part not in bodies:
        raise faults.not_found()
    name, inner = bodies[part]
    body = f'<cfg:{name} xmlns:xsi="{ns.XSI}" xmlns:cfg="{ns.CONFIG}{"/" + part if part else ""}">{inner}</cfg:{name}>'
    return Reply(ns.GET + "Response", body, ("x", "p"))


def _rows(values: Mapping[str, object]) -> str:
    def show(value: object) -> str:
        return str(value).lower() if isinstance(value, bool) else str(value)

    return "".join(f"<cfg:{name}>{show(value)}</cfg:{name}>" for name, value in values.items())


def _config(stack: Stack, auth: Mapping[str, bool]) -> str:
    return (
        _rows(
            {
                "MaxEnvelopeSizekb": stack.max_envelope_kb,
                "MaxTimeoutms": stack.max_timeout_ms,
                "MaxBatchItems": stack.max_batch_items,
                "MaxProviderRequests": 4294967295 if stack.credssp else 25,
            }
        )
        + f"<cfg:Service>{_service(stack, auth)}</cfg:Service><cfg:Winrs>{_winrs(stack)}</cfg:Winrs>"
    )


def _service(stack: Stack, auth: Mapping[str, bool]) -> str:
    return (
        _rows(
            {
                "MaxConcurrentOperations": stack.max_concurrent_operations or 4294967295,
                "MaxConcurrentOperationsPerUser": stack.max_operations_per_user,
                "EnumerationTimeoutms": stack.enumeration_timeout_ms,
                "MaxConnections": stack.max_connections,
                "AllowUnencrypted": auth.get("AllowUnencrypted", False),
            }
        )
        + f"<cfg:Auth>{_auth(auth)}</cfg:Auth>"
        + f"<cfg:DefaultPorts>{_rows({'HTTP': stack.http_port, 'HTTPS': stack.https_port})}</cfg:DefaultPorts>"
    )


def _auth(auth: Mapping[str, bool]) -> str:
    return _rows({name: value for name, value in auth.items() if name != "AllowUnencrypted"})


def _winrs(stack: Stack) -> str:
    return _rows(
        {
            "AllowRemoteShellAccess": True,
            "IdleTimeout": stack.shell_idle_ms,
            "MaxConcurrentUsers": stack.max_concurrent_users,
            "MaxShellRunTime": stack.max_shell_run_time_ms or 2147483647,
            "MaxProcessesPerShell": stack.max_processes_per_shell,
            "MaxMemoryPerShellMB": stack.max_memory_per_shell_mb,
            "MaxShellsPerUser": stack.max_shells_per_user,
        }
    )
