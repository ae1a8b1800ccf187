# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""attrib."""

from __future__ import annotations

from winhost.cmd import pathing
from winhost.cmd.program import Run, program
from winhost.machine.errors import Win32Error
from winhost.machine.files import FileAttributes

_LETTERS = {
    "r": FileAttributes.READONLY,
    "h": FileAttributes.HIDDEN,
    "s": FileAttributes.SYSTEM,
    "a": FileAttributes.ARCHIVE,
}


@program("attrib")
async def attrib(run: Run) -> int:
    changes = [
        (word[0], word[1].lower())
        for word in run.argv
        if len(word) == 2 and word[0] in "+-" and word[1].lower() in _LETTERS
    ]
    names = [word for word in run.argv if word[:1] not in ("+", "-", "/", "")] or ["*"]
    deep = any(word.lower() == "/s" for word in run.argv)
    folders = any(word.lower() == "/d" for word in run.argv)
    found = False
    for name in names:
        wild = pathing.has_wildcard(name)
        try:
            targets = pathing.matches(run.cmd, name, directories=folders or not wild)
        except Win32Error as error:
            await run.out(run.system_text(error.code))
            return 1
        if deep:
            folder, last = pathing.split(name)
            pattern = pathing.wildcard(last)
            targets = [
                (path, node)
                for path, node in run.machine.files.walk(run.full(folder or "."))
                if pattern.match(node.name) and (folders or not node.directory)
            ]
        for path, node in targets:
            found = True
            if not changes:
                shown = "".join(letter.upper() if node.attributes & _LETTERS[letter] else " " for letter in "a")
                shown += "  " + "".join(
                    letter.upper() if node.attributes & _LETTERS[letter] else " " for letter in "shr"
                )
                await run.out(f"{shown:<11}{path}")
                continue
            attributes = node.attributes
            for sign, letter in changes:
                attributes = attributes | _LETTERS[letter] if sign == "+" else attributes & ~_LETTERS[letter]
            try:
                run.machine.files.set_attributes(path, attributes, run.session.token)
            except Win32Error as error:
                await run.out(f"{run.system_text(error.code)} - {path}")
    if not found:
        await run.out(
            run.pick(
                f"File not found - {names[0]}",
                f"Datei nicht gefunden - {names[0]}",
                f"ファイルが見つかりません - {names[0]}",
            )
        )
    return 0 if found else 1
