# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""takeown."""

from __future__ import annotations

from winhost.cmd import pathing
from winhost.cmd.program import Run, program
from winhost.machine import errors, security
from winhost.machine.security import SecurityDescriptor


@program("takeown")
async def takeown(run: Run) -> int:
    words = [word.lower() for word in run.argv]
    name = next((run.argv[index + 1] for index, word in enumerate(words[:-1]) if word == "/f"), "")
    if not name:
        await run.err(run.cmd.text("bad_option", " ".join(run.argv)))
        return 1
    token, files = run.session.token, run.machine.files
    owner = security.ADMINISTRATORS if "/a" in words else token.sid
    found = pathing.matches(run.cmd, name, directories=True)
    if not found:
        await run.err(run.cmd.text("error", run.system_text(errors.FILE_NOT_FOUND)))
        return 1
    for path, node in found:
        places = [path] + ([below for below, _unused in files.walk(path)] if "/r" in words and node.directory else [])
        for place in places:
            if "SeTakeOwnershipPrivilege" not in token.privileges and not files.allowed(
                place, token, security.WRITE_OWNER
            ):
                await run.err(run.cmd.text("error", run.system_text(errors.ACCESS_DENIED)))
                return 1
            now = files.security_of(place)
            explicit = tuple(ace for ace in now.dacl or () if not ace.flags & security.INHERITED)
            files.set_security(
                place, SecurityDescriptor(owner, now.group, None if now.dacl is None else explicit, now.protected)
            )
            await run.out(run.cmd.text("success", f'"{place}"'))
    return 0
