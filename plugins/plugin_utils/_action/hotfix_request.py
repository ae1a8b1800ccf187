# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From hotfix's validated arguments to its request: bounds, enums, and the login for a push over SMB."""

from __future__ import annotations

from typing import Any

from .._operations.assess.interview import AssessOptions
from .._operations.converge import HotfixRequest
from .._operations.installation import Installer, InstallOptions
from .._operations.owner import owner_name
from .._operations.transfer.host_path import ShareCredentials
from .._operations.transfer.smb import SmbTarget
from .._operations.transfer.ways import TransferOptions, Way
from .._package.policy import SignaturePolicy
from .._package.request import PackageRequest
from .._verdict.plan import DesiredState, PlanOptions
from .variables import bounded


def build(arguments: dict[str, Any], *, run: str, check: bool, login: tuple[str, str, str]) -> HotfixRequest:
    """The request. login: server, user and password of the connection. Raises BadInput, PackageError."""
    symptomatic = arguments["only_if_symptomatic"]
    interval = bounded("symptom_interval", arguments["symptom_interval"], least=0, most=600)
    timeout = bounded("install_timeout", arguments["install_timeout"], least=60, most=86400)
    overall = arguments.get("deadline")
    return HotfixRequest(
        state=DesiredState(arguments["state"]),
        owner=owner_name(),
        run=run,
        package=_package(arguments),
        transfer=_transfer(arguments, login),
        install=InstallOptions(installer=Installer(arguments["installer"]), deadline=timeout),
        assess=AssessOptions(
            all_files=True,
            symptom_interval=interval if symptomatic else 0,
            plan=PlanOptions(symptomatic, arguments["fail_if_not_applicable"]),
        ),
        lock_wait=bounded("lock_timeout", arguments["lock_timeout"], least=0, most=86400),
        deadline=None if overall is None else bounded("deadline", overall, least=60, most=604800),
        cleanup=arguments["cleanup"],
        check=check,
    )


def _package(arguments: dict[str, Any]) -> PackageRequest | None:
    if arguments["path"] is None and arguments["package_dir"] is None:
        return None
    return PackageRequest(
        path=arguments["path"],
        folder=arguments["package_dir"],
        pins=tuple(arguments["checksum"]),
        policy=SignaturePolicy(arguments["signature"]),
        ca_file=arguments["ca_file"],
        allow_later=arguments["allow_later"],
    )


def _transfer(arguments: dict[str, Any], login: tuple[str, str, str]) -> TransferOptions:
    server, user, password = login
    user, password = arguments["smb_user"] or user, arguments["smb_password"] or password
    port = int(bounded("smb_port", arguments["smb_port"], least=1, most=65535))
    target = SmbTarget(server, user, password, port, arguments["smb_share"]) if user and password else None
    credentials = None
    if arguments["source_user"]:
        credentials = ShareCredentials(arguments["source_user"], arguments["source_password"])
    return TransferOptions(
        way=Way(arguments["transfer"]),
        source_path=arguments["source_path"],
        credentials=credentials,
        smb=target,
        deadline=bounded("transfer_timeout", arguments["transfer_timeout"], least=60, most=86400),
    )
