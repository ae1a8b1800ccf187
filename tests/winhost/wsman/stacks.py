# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WinRM stacks: limits and shapes by version (MS-WSMV appendix B, notes 8 to 35; reference section 1)."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Stack:
    """What one WinRM version allows and how its answers look. Sizes in KB; the names say each time's unit."""

    name: str
    http_port: int
    https_port: int
    max_envelope_kb: int
    max_timeout_ms: int
    max_batch_items: int
    max_connections: int
    max_concurrent_operations: int | None
    max_operations_per_user: int
    max_shells_per_user: int
    max_concurrent_users: int
    max_processes_per_shell: int
    max_memory_per_shell_mb: int
    max_shell_run_time_ms: int | None
    shell_idle_ms: int
    idle_only_with_keepalive: bool
    enumeration_timeout_ms: int
    packet_retrieval_s: int
    connection_idle_s: int
    one_command: bool
    fault_when_processes_exceeded: bool
    uuid_shell_ids: bool
    shell_in_create_response: bool
    single_first_item: bool
    page_characters: int | None
    credssp: bool
    security_profiles: bool
    robust_connections: bool
    wmi_provider: str
    provider_extended_error: bool
    wmi_error_detail: bool

    def limited(self, **overrides: object) -> Stack:
        """The same stack with some settings changed by an administrator; TypeError names an unknown setting."""
        return replace(self, **overrides)  # type: ignore[arg-type]


V1_1 = Stack(
    name="1.1",
    http_port=80,
    https_port=443,
    max_envelope_kb=150,
    max_timeout_ms=60000,
    max_batch_items=20,
    max_connections=5,
    max_concurrent_operations=100,
    max_operations_per_user=15,
    max_shells_per_user=2,
    max_concurrent_users=5,
    max_processes_per_shell=5,
    max_memory_per_shell_mb=80,
    max_shell_run_time_ms=28800000,
    shell_idle_ms=900000,
    idle_only_with_keepalive=True,
    enumeration_timeout_ms=60000,
    packet_retrieval_s=120,
    connection_idle_s=120,
    one_command=True,
    fault_when_processes_exceeded=False,
    uuid_shell_ids=True,
    shell_in_create_response=False,
    single_first_item=False,
    page_characters=None,
    credssp=False,
    security_profiles=False,
    robust_connections=False,
    wmi_provider="WMIv1 plugin for Windows Remote Management ",
    provider_extended_error=False,
    wmi_error_detail=False,
)
V1_0 = replace(V1_1, name="1.0")
V2_0 = replace(
    V1_1,
    name="2.0",
    http_port=5985,
    https_port=5986,
    max_batch_items=32000,
    max_connections=25,
    max_concurrent_operations=None,
    max_shells_per_user=5,
    max_processes_per_shell=15,
    max_memory_per_shell_mb=150,
    max_shell_run_time_ms=None,
    shell_idle_ms=180000,
    idle_only_with_keepalive=False,
    one_command=False,
    fault_when_processes_exceeded=True,
    uuid_shell_ids=False,
    shell_in_create_response=True,
    single_first_item=True,
    page_characters=75000,
    credssp=True,
    wmi_provider="WMI Provider",
    provider_extended_error=True,
)
V3_0 = replace(
    V2_0,
    name="3.0",
    max_envelope_kb=500,
    max_connections=300,
    max_operations_per_user=1500,
    max_shells_per_user=30,
    max_concurrent_users=10,
    max_processes_per_shell=25,
    max_memory_per_shell_mb=1024,
    shell_idle_ms=7200000,
    security_profiles=True,
    robust_connections=True,
    wmi_error_detail=True,
)

STACKS = {stack.name: stack for stack in (V1_0, V1_1, V2_0, V3_0)}
