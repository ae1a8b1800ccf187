# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Windows keeps things in its registry, and the environment made from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from winhost.machine.registry import RegType

if TYPE_CHECKING:
    from winhost.machine.accounts import Token
    from winhost.machine.registry import Registry

CURRENT_VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
UAC = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
CBS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
PACKAGES = CBS + r"\Packages"
WINDOWS_UPDATE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update"
SCRIPT_HOST = r"SOFTWARE\Microsoft\Windows Script Host\Settings"
CONTROL = r"SYSTEM\CurrentControlSet\Control"
SESSION_MANAGER = CONTROL + r"\Session Manager"
ENVIRONMENT = SESSION_MANAGER + r"\Environment"
SERVICES = r"SYSTEM\CurrentControlSet\Services"
COMPUTER_NAME = CONTROL + r"\ComputerName\ComputerName"
ACTIVE_COMPUTER_NAME = CONTROL + r"\ComputerName\ActiveComputerName"
NETLOGON = SERVICES + r"\Netlogon"

_VARIABLE = re.compile(r"%([^%]+)%")


def expand(text: str, environment: dict[str, str]) -> str:
    """Replace ``%NAME%``; an unknown name stays as it is."""
    folded = {name.casefold(): value for name, value in environment.items()}
    return _VARIABLE.sub(lambda match: folded.get(match[1].casefold(), match[0]), text)


def environment(
    registry: Registry, computer_name: str, token: Token, windows: str = "C:\\Windows"
) -> dict[str, str]:
    """System variables, then those of the user, then what the logon adds."""
    user = "systemprofile" if token.system else token.user
    profile_folder = r"C:\Windows\system32\config\systemprofile" if token.system else rf"C:\Users\{user}"
    temp = r"C:\Windows\TEMP" if token.system else profile_folder + r"\AppData\Local\Temp"
    block = {
        "SystemDrive": "C:",
        "SystemRoot": windows,
        "ALLUSERSPROFILE": r"C:\ProgramData",
        "ProgramData": r"C:\ProgramData",
        "ProgramFiles": r"C:\Program Files",
        "CommonProgramFiles": r"C:\Program Files\Common Files",
        "PUBLIC": r"C:\Users\Public",
        "COMPUTERNAME": computer_name,
        "USERPROFILE": profile_folder,
        "APPDATA": profile_folder + r"\AppData\Roaming",
        "LOCALAPPDATA": profile_folder + r"\AppData\Local",
        "USERNAME": f"{computer_name}$" if token.system else token.user,
        "USERDOMAIN": token.domain if not token.system else "WORKGROUP",
        "PROMPT": "$P$G",
    }
    key = registry.key("HKLM", ENVIRONMENT)
    for value in key.values if key else []:
        text = str(value.data)
        block[value.name] = expand(text, block) if value.type is RegType.EXPAND_SZ else text
    block["TEMP"] = block["TMP"] = temp
    return block
