# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The XML that schtasks gives to the scheduler."""

from __future__ import annotations

import re
from datetime import UTC
from xml.sax.saxutils import escape

from winhost.cmd.program import Run
from winhost.machine.task_xml import parse_task


def run_as(run: Run, xml: bytes | str, user: str) -> bytes | str:
    """The XML with the principal that /ru names. Raises TaskError when the XML is malformed."""
    if not user:
        return xml
    parse_task(xml, build=run.machine.profile.build, zone=UTC)
    if isinstance(xml, bytes):
        xml = xml.decode("utf-16" if xml[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    system = user.upper().rpartition("\\")[2] in ("SYSTEM", "")
    who = f"<UserId>{'S-1-5-18' if system else escape(user)}</UserId>"
    if re.search(r"<Principal[ >]", xml):
        body = re.sub(r"<(UserId|GroupId)>[^<]*</\1>", "", xml[xml.index("<Principals") : xml.index("</Principals>")])
        if system:
            body = re.sub(r"<LogonType>[^<]*</LogonType>", "", body)
        body = re.sub(r"(<Principal(?:\s[^>]*)?>)", lambda match: match[1] + who, body, count=1)
        return xml[: xml.index("<Principals")] + body + xml[xml.index("</Principals>") :]
    principal = (
        f'<Principals><Principal id="Author">{who}<RunLevel>HighestAvailable</RunLevel></Principal></Principals>'
    )
    return re.sub(r"(<Actions[ >])", lambda match: principal + match[1], xml, count=1)


def made_up(run: Run, values: dict[str, str]) -> str:
    """The XML that schtasks makes of /tr and /sc; the scheduler's own defaults apply, the battery rules too."""
    command = values["tr"]
    program, _unused, arguments = command.partition(" ")
    start = run.machine.clock.now().strftime("%Y-%m-%dT") + (values.get("st") or "00:00") + ":00"
    return (
        '<?xml version="1.0"?><Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">'
        f"<Triggers><TimeTrigger><StartBoundary>{start}</StartBoundary><Enabled>true</Enabled></TimeTrigger></Triggers>"
        f'<Actions Context="Author"><Exec><Command>{escape(program)}</Command><Arguments>{escape(arguments)}</Arguments></Exec></Actions></Task>'  # noqa: E501
    )
