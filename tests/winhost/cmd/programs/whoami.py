# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""whoami: /user, /groups, /priv, /all; text localised, SIDs not."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from winhost.cmd.program import Run, program

_GROUP_NAMES = {
    "S-1-5-32-544": ("BUILTIN\\Administrators", "VORDEFINIERT\\Administratoren", "BUILTIN\\Administrators"),
    "S-1-5-32-545": ("BUILTIN\\Users", "VORDEFINIERT\\Benutzer", "BUILTIN\\Users"),
    "S-1-1-0": ("Everyone", "Jeder", "Everyone"),
}


@program("whoami")
async def whoami(run: Run) -> int:
    words = {word.lower() for word in run.argv}
    titles: tuple[str, ...]
    form = next(
        (run.argv[index + 1].lower() for index, word in enumerate(run.argv[:-1]) if word.lower() == "/fo"), "table"
    )
    known = {"/user", "/groups", "/priv", "/all", "/fo", "/nh", "/logonid", "/upn", "/fqdn", form}
    if words - known:
        await run.err(run.cmd.text("bad_option", next(iter(words - known))))
        return 1
    token = run.session.token
    if not words - {"/fo", "/nh", form}:
        await run.out(token.account.lower())
        return 0
    header = "/nh" not in words
    if words & {"/user", "/all"}:
        titles = (run.pick("User Name", "Benutzername", "ユーザー名"), "SID")
        await _table(run, titles, [(token.account.lower(), token.sid)], form, header=header)
    if words & {"/groups", "/all"}:
        titles = (
            run.pick("Group Name", "Gruppenname", "グループ名"),
            run.pick("Type", "Typ", "種類"),
            "SID",
            run.pick("Attributes", "Attribute", "属性"),
        )
        rows = [_group(run, sid, deny=sid in token.deny_only) for sid in sorted(token.groups | token.deny_only)]
        level = "S-1-16-16384" if token.system else "S-1-16-12288" if token.administrator else "S-1-16-8192"
        rows.append(
            ("Mandatory Label", run.pick("Unknown SID type", "Unbekannter SID-Typ", "不明な SID の種類"), level, "")
        )
        await _table(run, titles, rows, form, header=header)
    if words & {"/priv", "/all"}:
        titles = (run.pick("Privilege Name", "Berechtigungsname", "特権名"), run.pick("State", "Status", "状態"))
        state = run.pick("Enabled", "Aktiviert", "有効")
        await _table(run, titles, [(name, state) for name in sorted(token.privileges)], form, header=header)
    return 0


def _group(run: Run, sid: str, *, deny: bool) -> tuple[str, str, str, str]:
    known = run.machine.accounts.name_of(sid)
    name = (
        run.pick(*_GROUP_NAMES[sid])
        if sid in _GROUP_NAMES
        else "\\".join(part for part in known if part)
        if known
        else sid
    )
    attributes = (
        run.pick("Group used for deny only", "Gruppe, die nur zum Ablehnen verwendet wird", "拒否専用のグループ")
        if deny
        else run.pick(
            "Mandatory group, Enabled by default, Enabled group",
            "Obligatorische Gruppe, Standardmäßig aktiviert",
            "必須のグループ, 既定で有効",
        )
    )
    return (
        name,
        "Alias"
        if sid.startswith("S-1-5-32-")
        else run.pick("Well-known group", "Bekannte Gruppe", "よく知られたグループ"),
        sid,
        attributes,
    )


async def _table(
    run: Run, titles: tuple[str, ...], rows: Sequence[tuple[str, ...]], form: str, *, header: bool
) -> None:
    if form == "csv":
        for row in [*([titles] if header else []), *rows]:
            out = io.StringIO()
            csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow(row)
            await run.out(out.getvalue())
        return
    if form == "list":
        for row in rows:
            for title, value in zip(titles, row, strict=True):
                await run.out(f"{title}: {value}")
            await run.out("")
        return
    widths = [max(len(row[index]) for row in [titles, *rows]) for index in range(len(titles))]
    lines = [titles, tuple("=" * width for width in widths)] if header else []
    for row in [*lines, *rows]:
        await run.out(" ".join(f"{value:<{width}}" for value, width in zip(row, widths, strict=True)).rstrip())
