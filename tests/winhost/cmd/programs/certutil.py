# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""certutil: -hashfile, -encode, -decode, -decodehex."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from winhost.cmd.program import SEVEN, Run, program
from winhost.machine import errors
from winhost.machine.errors import Win32Error

_INVALID_DATA = 0x8007000D
_EXISTS = 0x80070050
_BAD_ARGUMENTS = 0x80070057


def _signed(code: int) -> int:
    return code - 0x100000000 if code & 0x80000000 else code


@program("certutil", megabytes=6)
async def certutil(run: Run) -> int:
    verbs = [word[1:].lower() for word in run.argv if word[:1] in "-/" and word]
    operands = [word for word in run.argv if word[:1] not in ("-", "/")]
    verb = next((word for word in ("hashfile", "encode", "decode", "decodehex") if word in verbs), "")
    if any(
        word not in ("hashfile", "encode", "decode", "decodehex", "f", "v", "gmt", "silent", "unicode")
        for word in verbs
    ):
        return await _fail(run, verb, _BAD_ARGUMENTS)
    try:
        if verb == "hashfile" and 1 <= len(operands) <= 2:
            return await _hash(run, operands)
        if verb in ("encode", "decode", "decodehex") and len(operands) == 2:
            return await _convert(run, verb, operands, force="f" in verbs)
    except Win32Error as error:
        return await _fail(run, verb, 0x80070000 | error.code)
    except (ValueError, binascii.Error):
        return await _fail(run, verb, _INVALID_DATA)
    return await _fail(run, verb, _BAD_ARGUMENTS)


async def _fail(run: Run, verb: str, code: int) -> int:
    low = code & 0xFFFF
    await run.out(
        run.pick(
            f"CertUtil: -{verb} command FAILED: 0x{code:08x} (WIN32: {low})",
            f"CertUtil: -{verb}-Befehl ist fehlgeschlagen: 0x{code:08x} (WIN32: {low})",
            f"CertUtil: -{verb} コマンド エラー: 0x{code:08x} (WIN32: {low})",
        )
    )
    await run.out("CertUtil: " + run.system_text(low))
    return _signed(code)


async def _done(run: Run, verb: str) -> int:
    await run.out(
        run.pick(
            f"CertUtil: -{verb} command completed successfully.",
            f"CertUtil: -{verb}-Befehl wurde erfolgreich ausgeführt.",
            f"CertUtil: -{verb} コマンドは正常に完了しました。",
        )
    )
    return 0


async def _hash(run: Run, operands: list[str]) -> int:
    name = operands[1].lower() if len(operands) == 2 else "sha1"
    old = run.machine.profile.build < SEVEN
    known = ("sha1",) if old else ("md5", "sha1", "sha256", "sha384", "sha512")
    if name not in known:
        raise Win32Error(errors.INVALID_PARAMETER, name)
    data = run.read(operands[0])
    if not data:
        raise Win32Error(1006, operands[0])  # ERROR_FILE_INVALID: it maps the file, and an empty one cannot be mapped
    digest = hashlib.new(name, data).hexdigest()
    label = name.upper() if name != "sha1" or not old else "SHA-1"
    await run.out(
        run.pick(
            f"{label} hash of file {operands[0]}:",
            f"{label}-Hash der Datei {operands[0]}:",
            f"{label} ハッシュ (ファイル {operands[0]}):",
        )
    )
    form = run.machine.doubt["certutil_format"] if run.machine.profile.build < 10000 else "compact"
    pairs = " ".join(digest[index : index + 2] for index in range(0, len(digest), 2))
    await run.out({"spaced": pairs, "spaced_to_the_end": f"{pairs} "}.get(form, digest))
    return await _done(run, "hashfile")


async def _convert(run: Run, verb: str, operands: list[str], *, force: bool) -> int:
    source, target = operands
    data = run.read(source)
    run.allocate(len(data) * 2)
    if verb == "encode":
        body = base64.b64encode(data)
        lines = [body[index : index + 64] for index in range(0, len(body), 64)]
        result = (
            b"-----BEGIN CERTIFICATE-----\r\n"
            + b"".join(line + b"\r\n" for line in lines)
            + b"-----END CERTIFICATE-----\r\n"
        )
    elif verb == "decode":
        result = _decode(data)
    else:
        result = binascii.unhexlify(re.sub(rb"\s+", b"", data))
    if not force and run.machine.files.exists(run.full(target)):
        return await _fail(run, verb, _EXISTS)
    run.write(target, result)
    await run.out(run.pick(f"Input Length = {len(data)}", f"Eingabelänge = {len(data)}", f"入力長 = {len(data)}"))
    await run.out(
        run.pick(f"Output Length = {len(result)}", f"Ausgabelänge = {len(result)}", f"出力長 = {len(result)}")
    )
    return await _done(run, verb)


def _decode(data: bytes) -> bytes:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16").encode("ascii", "replace")
    marked = re.search(rb"-----BEGIN [^-\r\n]*-----(.*?)-----END [^-\r\n]*-----", data, re.DOTALL)
    body = re.sub(rb"\s+", b"", marked[1] if marked else data)
    if not body:
        raise ValueError("nothing to decode")
    return base64.b64decode(body, validate=True)
