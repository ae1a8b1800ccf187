# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Free texts: whole sentences of Windows' messages stay, and nothing else does.

Words alone would not do: people, computers and companies are called by any word. What stands in a gap of a sentence is
replaced. Nothing is decided from these texts, so that a sentence which is missing here costs its words only.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_GAP = "(.{1,200}?)"
_LONGEST = 4000
SENTENCES = tuple(sorted(
    {line.strip() for line in """
The WS-Management service cannot process the request.
The WS-Management service cannot complete the operation within the time specified in OperationTimeout.
The service cannot find the resource identified by the resource URI and selectors.
The resource URI and the selectors find no resource.
The resource URI does not identify an actual resource.
The resource URI is missing or it has an incorrect format.
The specified class does not exist in the given namespace.
The class {} does not exist in the {} namespace.
The namespace does not exist (HRESULT {}).
The query is not valid WQL (HRESULT {}).
The data source could not process the filter.
The filter might be missing or it might be invalid.
Change the filter and try the request again.
The WMI service returned an error.
The WMI service or the WMI provider returned an unknown error: HRESULT {}.
The WMI provider returned an unknown error: HRESULT {}.
The WMI service is configured to not allow this operation.
The WinRM client cannot process the request.
The WinRM service cannot process the request.
The maximum number of concurrent shells for this user has been exceeded.
The maximum number of concurrent operations for this user has been exceeded.
This user is allowed a maximum number of {} concurrent shells, which has been exceeded.
This user is allowed a maximum number of {} concurrent operations, which has been exceeded.
This user has exceeded the maximum number of allowed concurrent operations.
This user has reached the maximum number of concurrent operations.
Close existing shells or raise the quota for this user.
Close existing operations for this user, or raise the quota for this user.
The request has exceeded the maximum envelope size.
The request contained one or more invalid SOAP headers.
The request contains one or more invalid SOAP headers.
The message cannot be processed because it contains an invalid header.
The packet size exceeds the maximum envelope size.
The system load quota of {} requests per {} seconds has been exceeded.
The supplied enumeration context is invalid.
The selectors for the resource are not valid.
The number of selectors is wrong.
The specified property could not be found.
The parameter is incorrect.
The filename or extension is too long.
The system cannot find the file specified.
The system cannot find the path specified.
The system was unable to find the specified registry key or value.
The RPC server is unavailable.
The requested operation cannot be completed.
The I/O operation has been aborted because of either a thread exit or an application request.
The authorization of the request failed.
The action is not supported by the service.
The specified action is not supported by the service.
The service does not support the action.
The service is too busy to process the request.
Access is denied.
Access denied
Element not found.
Not found
Invalid query
Invalid class
Invalid namespace
Invalid parameter
Provider failure
Provider load failure
Generic failure
Quota violation
Out of memory
Call cancelled
Server limit reached.
""".splitlines() if line.strip()}, key=len, reverse=True,
))  # fmt: skip
"""Of wsmsvc, WMI and the system, in English. {}: a gap. The longer ones are tried first."""


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(_GAP.join(map(re.escape, sentence.split("{}"))), re.DOTALL)


_PATTERNS = tuple(map(_pattern, SENTENCES))
_END = re.compile(r"[.!?](?=\s|$)|\n")


def kept(text: str, rest: Callable[[str], str]) -> str:
    """The text with its known sentences, and what rest() makes of everything between and within them."""
    if len(text) > _LONGEST:
        return rest(text)
    made: list[str] = []
    at = unknown = 0
    while at < len(text):
        found = _known(text, at)
        if found is None:
            end = _END.search(text, at)
            at = len(text) if end is None else end.end()
            at += len(text[at:]) - len(text[at:].lstrip())
            continue
        made += [rest(text[unknown:at]), _filled(found, rest)]
        at = unknown = found.end() + len(text[found.end() :]) - len(text[found.end() :].lstrip())
        made.append(text[found.end() : at])
    return "".join([*made, rest(text[unknown:])])


def _known(text: str, at: int) -> re.Match[str] | None:
    """A known sentence that begins here and ends where a sentence may."""
    for pattern in _PATTERNS:
        found = pattern.match(text, at)
        if found is not None and (found.end() == len(text) or text[found.end()].isspace()):
            return found
    return None


def _filled(found: re.Match[str], rest: Callable[[str], str]) -> str:
    made, at = [], found.start()
    for number in range(1, (found.re.groups or 0) + 1):
        made += [found.string[at : found.start(number)], rest(found[number])]
        at = found.end(number)
    return "".join([*made, found.string[at : found.end()]])
