# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The architecture: what the registry says of this Windows, and what WMI says of its processors."""

from __future__ import annotations

from .._model.answer import Answer, Cause
from .._model.facts import Architecture, architecture_of
from . import properties, registry
from .wmi import Wmi, ask_rows

ENVIRONMENT = "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"

_PROCESSOR_CODES = {0: Architecture.X86, 9: Architecture.X64, 6: Architecture.IA64}
"""Win32_Processor.Architecture, the numbers of PROCESSOR_ARCHITECTURE_*."""


def architecture(wmi: Wmi) -> Answer[Architecture]:
    """The architecture of this Windows: PROCESSOR_ARCHITECTURE of the system's environment in the registry."""
    answer = registry.get_string(wmi, ENVIRONMENT, "PROCESSOR_ARCHITECTURE")
    if answer.value is None:
        return Answer(cause=answer.cause, detail=answer.detail)
    known = architecture_of(answer.value)
    if known is None:
        said = answer.value[:40]
        return Answer.unknown(Cause.UNPARSABLE, f"PROCESSOR_ARCHITECTURE is {said!r}: x86, AMD64 or IA64 was expected")
    return Answer.known(known)


def processor(wmi: Wmi) -> Answer[Architecture]:
    """The architecture of the processors; INCONSISTENT when a host names different ones."""
    rows = ask_rows(wmi, "SELECT Architecture FROM Win32_Processor")
    if rows.value is None:
        return Answer(cause=rows.cause, detail=rows.detail)
    if not rows.value:
        return Answer.unknown(Cause.EMPTY, "the host answered with no Win32_Processor")
    codes: set[int] = set()
    for row in rows.value:
        code = properties.integer(row, "Architecture")
        if code.value is None:
            return Answer.unknown(code.cause or Cause.VALUE_MISSING, f"Win32_Processor: {code.detail}")
        codes.add(code.value)
    if len(codes) > 1:
        return Answer.unknown(Cause.INCONSISTENT, f"Win32_Processor names several architectures: {sorted(codes)}")
    number = codes.pop()
    known = _PROCESSOR_CODES.get(number)
    if known is None:
        return Answer.unknown(Cause.UNPARSABLE, f"Win32_Processor.Architecture is {number}: 0, 6 or 9 was expected")
    return Answer.known(known)
