# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operating system: one row of Win32_OperatingSystem."""

from __future__ import annotations

import re

from .._model.answer import Answer, Cause
from .._model.facts import OperatingSystem
from .._wsman.values import Row
from . import properties
from .paths import PathRefusedError, canonical, drive
from .wmi import Wmi, ask_one_row

PROPERTIES = (
    "Version",
    "BuildNumber",
    "Caption",
    "CSDVersion",
    "ServicePackMajorVersion",
    "ProductType",
    "OperatingSystemSKU",
    "OSArchitecture",
    "WindowsDirectory",
    "SystemDrive",
    "PAEEnabled",
    "LastBootUpTime",
    "LocalDateTime",
)
"""What is read. The query asks for all properties: a projection fails as a whole on a system that lacks one of them."""

QUERY = "SELECT * FROM Win32_OperatingSystem"

_VERSION = re.compile(r"([0-9]{1,5})\.([0-9]{1,5})\.([0-9]{1,6})", re.ASCII)


def operating_system(wmi: Wmi, build: int | None = None) -> Answer[OperatingSystem]:
    """Ask for the operating system. Unknown without a readable Version; every other property may be None.

    build: the one that Identify told. A caller whose token UAC filtered gets rows without some properties: without
    Version that is PROPERTY_MISSING.
    """
    row = ask_one_row(wmi, QUERY, what="Win32_OperatingSystem")
    if row.value is None:
        return Answer(cause=row.cause, detail=row.detail)
    return read(row.value, build)


def read(row: Row, build_told: int | None = None) -> Answer[OperatingSystem]:
    """One row as an operating system.

    INCONSISTENT where Version and BuildNumber do not tell one build (where there is no Version: BuildNumber and
    build_told), and where a property is repeated.
    """
    for name in PROPERTIES:
        repeated = properties.text(row, name)
        if repeated.cause is Cause.INCONSISTENT:
            return Answer.unknown(Cause.INCONSISTENT, f"Win32_OperatingSystem: {repeated.detail}")
    said, named = properties.text(row, "Version"), properties.integer(row, "BuildNumber")
    if said.value is None:
        if None not in (build_told, named.value) and named.value != build_told:
            return Answer.unknown(Cause.INCONSISTENT, f"Identify says build {build_told}, BuildNumber {named.value}")
        return Answer.unknown(said.cause or Cause.VALUE_MISSING, f"Win32_OperatingSystem: {said.detail}")
    match = _VERSION.fullmatch(said.value)
    if match is None:
        return Answer.unknown(Cause.UNPARSABLE, f"Version is {said.value[:60]!r}: major.minor.build was expected")
    major, minor, build = (int(part) for part in match.groups())
    if named.cause is Cause.UNPARSABLE or (named.is_known and named.value != build):
        other = named.detail or f"BuildNumber says {named.value}"
        return Answer.unknown(Cause.INCONSISTENT, f"Version says build {build}, {other}")
    folder, refused = absolute_directory(properties.text(row, "WindowsDirectory").value or "")
    return Answer.known(
        OperatingSystem(
            version=(major, minor, build),
            caption=properties.text(row, "Caption").value,
            service_pack=properties.integer(row, "ServicePackMajorVersion").value,
            product_type=properties.integer(row, "ProductType").value,
            sku=properties.integer(row, "OperatingSystemSKU").value,
            windows_directory=folder,
            windows_directory_refused=refused,
            system_drive=drive(properties.text(row, "SystemDrive").value or ""),
            pae=properties.boolean(row, "PAEEnabled").value,
            last_boot=properties.moment(row, "LastBootUpTime").value,
            local_time=properties.moment(row, "LocalDateTime").value,
        )
    )


def absolute_directory(text: str) -> tuple[str | None, str]:
    """The Windows folder in its canonical form, or None and why it is refused ("" where the host told none)."""
    if not text.strip():
        return None, ""
    try:
        return canonical(text), ""
    except PathRefusedError as error:
        return None, str(error)
