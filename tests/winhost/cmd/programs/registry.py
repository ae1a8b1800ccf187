# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""reg: query, add, delete, export."""

from __future__ import annotations

from winhost.cmd.program import Run, program
from winhost.machine.registry import LONG_NAMES, Data, Key, RegType

_NAMES = {"REG_" + kind.name: kind for kind in RegType}
_LONG = {short: long for long, short in LONG_NAMES.items()}


def split_key(text: str) -> tuple[str, str] | None:
    """(hive's short name, path), or None."""
    hive, _unused, path = text.strip("\\").partition("\\")
    short = LONG_NAMES.get(hive.upper(), hive.upper())
    return (short, path) if short in _LONG else None


def shown(kind: RegType, data: Data) -> str:
    """A value's data as reg prints it."""
    if isinstance(data, int):
        return f"0x{data:x}"
    if isinstance(data, list):
        return "\\0".join(data)
    return data.hex().upper() if isinstance(data, bytes) else data


@program("reg")
async def reg(run: Run) -> int:
    words = run.argv
    verb = words[0].lower() if words else ""
    key = split_key(words[1]) if len(words) > 1 else None
    if verb not in ("query", "add", "delete", "export") or key is None:
        await run.err(run.cmd.text("error", run.pick("Invalid syntax.", "Ungültige Syntax.", "構文が無効です。")))
        return 1
    options = _options(words[2:])
    if verb != "query" and not run.session.token.administrator and key[0] == "HKLM":
        await run.err(run.cmd.text("error", run.system_text(5)))
        return 1
    if verb == "add":
        return await _add(run, key, options)
    found = run.machine.registry.key(*key)
    if found is None:
        await run.err(
            run.cmd.text(
                "error",
                run.pick(
                    "The system was unable to find the specified registry key or value.",
                    "Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.",
                    "指定されたレジストリ キーまたは値が見つかりませんでした。",
                ),
            )
        )
        return 1
    if verb == "query":
        return await _query(run, key, found, options)
    if verb == "export":
        return await _export(run, key, found, next((word for word in words[2:] if not word.startswith("/")), ""))
    return await _delete(run, key, found, options)


def _options(words: list[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    position = 0
    while position < len(words):
        word = words[position].lower()
        position += 1
        if word in ("/v", "/t", "/d", "/f", "/s", "/reg:32", "/reg:64", "/ve", "/va", "/y"):
            takes = word in ("/v", "/t", "/d") and position < len(words)
            out[word] = words[position] if takes else ""
            position += takes
    return out


async def _query(run: Run, key: tuple[str, str], found: Key, options: dict[str, str]) -> int:
    wanted = options.get("/v", "" if "/ve" in options else None)
    hits = 0
    todo = [(f"{_LONG[key[0]]}\\{key[1]}".rstrip("\\"), found)]
    while todo:
        path, node = todo.pop(0)
        values = [value for value in node.values if wanted is None or value.name.lower() == wanted.lower()]
        if values or (wanted is None and "/s" in options):
            await run.out("\r\n" + path)
        for value in values:
            hits += 1
            name = value.name or run.pick("(Default)", "(Standard)", "(既定)")
            await run.out(f"    {name}    REG_{value.type.name}    {shown(value.type, value.data)}")
        children = [(f"{path}\\{name}", node.subkey(name)) for name in node.subkeys]
        if "/s" in options:
            todo = [(name, child) for name, child in children if child is not None] + todo
        elif wanted is None:
            await run.out("")
            for name, _unused in children:
                await run.out(name)
        await run.cmd.breathe()
    if wanted is not None and not hits:
        await run.err(
            run.cmd.text(
                "error",
                run.pick(
                    "The system was unable to find the specified registry key or value.",
                    "Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.",
                    "指定されたレジストリ キーまたは値が見つかりませんでした。",
                ),
            )
        )
        return 1
    return 0


async def _add(run: Run, key: tuple[str, str], options: dict[str, str]) -> int:
    if key[0] == "HKLM" and key[1].casefold().partition("\\")[0] == "hardware":
        denied = run.machine.doubt["hardware_value"] == "denied"
        if denied or run.machine.registry.key(*key) is None:
            await run.err(run.cmd.text("error", run.system_text(5 if denied else 1021)))
            return 1
    node = run.machine.registry.create(*key)
    if "/v" in options or "/ve" in options or "/d" in options:
        kind = _NAMES.get(options.get("/t", "REG_SZ").upper())
        text = options.get("/d", "")
        try:
            if kind is None:
                raise ValueError(text)
            data: Data = text
            if kind in (RegType.DWORD, RegType.QWORD):
                data = int(text or "0", 0)
            elif kind is RegType.BINARY:
                data = bytes.fromhex(text)
            elif kind is RegType.MULTI_SZ:
                data = text.split("\\0")
        except ValueError:
            await run.err(run.cmd.text("error", run.pick("Invalid syntax.", "Ungültige Syntax.", "構文が無効です。")))
            return 1
        if node.get(options.get("/v", "")) is not None and "/f" not in options:
            await run.out(
                run.pick(
                    "Value exists, overwrite(Yes/No)? ",
                    "Der Wert existiert bereits, überschreiben (Ja/Nein)? ",
                    "値は存在します。上書きしますか (Yes/No)? ",
                ),
                "",
            )
            if (await run.stdin.read_line())[:1].lower() not in (b"y", b"j"):
                return 0
        node.set(options.get("/v", ""), kind, data)
    await run.out(run.cmd.text("operation_completed"))
    return 0


async def _delete(run: Run, key: tuple[str, str], found: Key, options: dict[str, str]) -> int:
    if "/f" not in options:
        await run.out(
            run.pick("Permanently delete (Yes/No)? ", "Dauerhaft löschen (Ja/Nein)? ", "完全に削除しますか (Yes/No)? "),
            "",
        )
        if (await run.stdin.read_line())[:1].lower() not in (b"y", b"j"):
            return 0
    if "/v" in options or "/ve" in options:
        if not found.remove(options.get("/v", "")):
            await run.err(run.cmd.text("error", run.system_text(2)))
            return 1
    elif "/va" in options:
        for value in found.values:
            found.remove(value.name)
    else:
        run.machine.registry.delete(*key, recursive=True)
    await run.out(run.cmd.text("operation_completed"))
    return 0


async def _export(run: Run, key: tuple[str, str], found: Key, target: str) -> int:
    lines = ["Windows Registry Editor Version 5.00", ""]
    todo = [(f"{_LONG[key[0]]}\\{key[1]}", found)]
    while todo:
        path, node = todo.pop(0)
        lines.append(f"[{path}]")
        for value in node.values:
            name = '"' + value.name.replace("\\", "\\\\").replace('"', '\\"') + '"' if value.name else "@"
            lines.append(f"{name}={_exported(value.type, value.data)}")
        lines.append("")
        todo = [(f"{path}\\{name}", child) for name in node.subkeys if (child := node.subkey(name)) is not None] + todo
        await run.cmd.breathe()
    run.write(target, b"\xff\xfe" + "\r\n".join([*lines, ""]).encode("utf-16-le"))
    await run.out(run.cmd.text("operation_completed"))
    return 0


def _exported(kind: RegType, data: Data) -> str:
    if kind is RegType.SZ and isinstance(data, str):
        return '"' + data.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if kind is RegType.DWORD and isinstance(data, int):
        return f"dword:{data & 0xFFFFFFFF:08x}"
    raw = (
        data
        if isinstance(data, bytes)
        else (
            data.to_bytes(8, "little")
            if isinstance(data, int)
            else ("\0".join(data) if isinstance(data, list) else data).encode("utf-16-le") + b"\0\0"
        )
    )
    prefix = "hex:" if kind is RegType.BINARY else f"hex({kind.value:x}):"
    return prefix + ",".join(f"{byte:02x}" for byte in raw)
