# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wevtutil: qe (query events), el (list logs)."""

from __future__ import annotations

import re

from winhost.cmd.program import Run, program


@program("wevtutil", megabytes=7)
async def wevtutil(run: Run) -> int:
    verb = run.argv[0].lower() if run.argv else ""
    if verb in ("el", "enum-logs"):
        for name in sorted({event.log for event in run.machine.events.all()} | {"Application", "Security", "System"}):
            await run.out(name)
        return 0
    if verb not in ("qe", "query-events") or len(run.argv) < 2:
        await run.err(run.cmd.text("syntax"))
        return 87
    options = {word.partition(":")[0].lower(): word.partition(":")[2] for word in run.argv[2:]}
    log = run.argv[1]
    events = [event for event in run.machine.events.all() if event.log.lower() == log.lower()]
    if not events and log.lower() not in ("system", "application", "security"):
        await run.err(
            run.pick(
                "Failed to read events. The specified channel could not be found.",
                "Der angegebene Kanal wurde nicht gefunden.",
                "指定されたチャネルが見つかりませんでした。",
            )
        )
        return 15007
    query = options.get("/q") or options.get("/query") or "*"
    codes = [int(code) for code in re.findall(r"EventID\s*=\s*(\d+)", query)]
    names = re.findall(r"@Name\s*=\s*['\"]([^'\"]+)['\"]", query)
    if query.strip() != "*" and not codes and not names:
        await run.err(
            run.pick(
                "The specified query is invalid.",
                "Die angegebene Abfrage ist ungültig.",
                "指定されたクエリは無効です。",
            )
        )
        return 15001
    events = [event for event in events if (not codes or event.code in codes) and (not names or event.source in names)]
    if (options.get("/rd") or options.get("/reversedirection") or "false").lower() != "true":
        events.reverse()
    limit = options.get("/c") or options.get("/count") or ""
    for event in events[: int(limit) if limit.isdigit() else None]:
        await _show(run, event, (options.get("/f") or options.get("/format") or "xml").lower())
    return 0


async def _show(run: Run, event: object, form: str) -> None:
    from xml.sax.saxutils import escape

    source, code, log = getattr(event, "source", ""), getattr(event, "code", 0), getattr(event, "log", "")
    stamp = event.time.strftime("%Y-%m-%dT%H:%M:%S.000Z")  # type: ignore[attr-defined]
    if form == "text":
        await run.out(
            f"Event[0]:\r\n  Log Name: {log}\r\n  Source: {source}\r\n  Date: {stamp}\r\n  Event ID: {code}\r\n  Description: \r\n{getattr(event, 'message', '')}\r\n"  # noqa: E501
        )
        return
    data = "".join(f"<Data>{escape(text)}</Data>" for text in getattr(event, "strings", ()))
    await run.out(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>"
        f"<System><Provider Name='{escape(source)}'/><EventID Qualifiers='0'>{code}</EventID><TimeCreated SystemTime='{stamp}'/>"  # noqa: E501
        f"<EventRecordID>{getattr(event, 'record', 0)}</EventRecordID><Channel>{escape(log)}</Channel>"
        f"<Computer>{run.machine.computer_name}</Computer></System><EventData>{data}</EventData></Event>"
    )
