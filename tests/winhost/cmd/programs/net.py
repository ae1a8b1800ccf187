# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""net: use, start, stop, helpmsg."""

from __future__ import annotations

from winhost.cmd.program import Run, program
from winhost.cmd.programs.shares import ShareError, connect, disconnect
from winhost.machine import errors

_HANG_SECONDS = 125.0


@program("net", "net1")
async def net(run: Run) -> int:
    verb = run.argv[0].lower() if run.argv else ""
    match verb:
        case "use":
            return await _use(run)
        case "start" | "stop":
            return await _service(run, verb)
        case "helpmsg" if len(run.argv) > 1 and run.argv[1].isdigit():
            await run.out("\r\n" + run.system_text(int(run.argv[1])) + "\r\n")
            return 0
    await run.err(run.cmd.text("syntax"))
    return 1


async def _error(run: Run, code: int) -> int:
    await run.err(
        run.pick(
            f"System error {code} has occurred.",
            f"Systemfehler {code} aufgetreten.",
            f"システム エラー {code} が発生しました。",
        )
        + f"\r\n\r\n{run.system_text(code)}\r\n"
    )
    return 2


async def _use(run: Run) -> int:
    words = run.argv[1:]
    switches = [word.lower() for word in words if word.startswith("/")]
    operands = [word for word in words if not word.startswith("/")]
    user = next((word[6:] for word in words if word.lower().startswith("/user:")), "")
    session = run.session
    if not operands:
        for root, who in session.connections.items():
            await run.out(f"OK                     {root}  {who}")
        return 0
    letter = ""
    if (len(operands[0]) == 2 and operands[0][1] == ":") or operands[0] == "*":
        letter = operands.pop(0).upper()
    try:
        if "/delete" in switches or "/d" in switches:
            disconnect(session, letter or operands[0])
        else:
            if not operands:
                raise ShareError(67)
            password = operands[1] if len(operands) > 1 else ""
            if password == "*" or (user and not password):
                # It asks for the password and reads it from stdin.
                await run.out(
                    run.pick(
                        f"Enter the password for '{user}' to connect to '{operands[0]}': ",
                        f'Geben Sie das Kennwort für "{user}" ein: ',
                        f"'{user}' のパスワードを入力してください: ",
                    ),
                    "",
                )
                password = (await run.stdin.read_line()).decode(run.cmd.codec, "replace").rstrip("\r\n")
                await run.out("")
            connect(run.machine, session, operands[0], letter=letter, user=user, password=password)
    except ShareError as error:
        return await _error(run, error.code)
    await run.out(run.cmd.text("completed") + "\r\n")
    return 0


async def _service(run: Run, verb: str) -> int:
    services = run.machine.services
    if len(run.argv) < 2:
        for one in services.all():
            if one.state == "Running" and not one.driver:
                await run.out(f"   {one.display_name}")
        return 0
    wanted = run.argv[1]
    service = services.get(wanted) or next(
        (one for one in services.all() if one.display_name.lower() == wanted.lower()), None
    )
    if service is None:
        await run.err(
            run.pick("The service name is invalid.", "Der Dienstname ist ungültig.", "サービス名は無効です。")
            + "\r\n\r\n"
            + _help(run, 2185)
        )
        return 2
    if not run.session.token.administrator:
        return await _error(run, errors.ACCESS_DENIED)
    code = services.start(service.name) if verb == "start" else services.stop(service.name)
    name = service.display_name
    if code == errors.SERVICE_REQUEST_TIMEOUT:
        # It waits for a stop that never comes.
        for _unused in range(int(_HANG_SECONDS // 5)):
            await run.out(".", "")
            await run.machine.clock.sleep(5)
        await run.err(
            run.pick(
                f"\r\nThe {name} service could not be stopped.",
                f"\r\n{name} konnte nicht beendet werden.",
                f"\r\n{name} サービスを停止できませんでした。",
            )
        )
        return 2
    if code in (errors.SERVICE_ALREADY_RUNNING, errors.SERVICE_NOT_ACTIVE):
        started = code == errors.SERVICE_ALREADY_RUNNING
        await run.err(
            run.pick(
                f"The {name} service is {'already' if started else 'not'} started.",
                f"{name} ist {'bereits' if started else 'nicht'} gestartet.",
                f"{name}: {code}",
            )
        )
        await run.err(_help(run, 2182 if started else 3521))
        return 2
    if code:
        return await _error(run, code)
    await run.out(
        run.pick(
            f"The {name} service was {'started' if verb == 'start' else 'stopped'} successfully.",
            f"{name} wurde erfolgreich {'gestartet' if verb == 'start' else 'beendet'}.",
            f"{name} サービスは正常に{'開始' if verb == 'start' else '停止'}されました。",
        )
    )
    return 0


def _help(run: Run, code: int) -> str:
    return run.pick(
        f"More help is available by typing NET HELPMSG {code}.",
        f"Sie erhalten weitere Hilfe, wenn Sie NET HELPMSG {code} eingeben.",
        f"NET HELPMSG {code} を参照してください。",
    )
