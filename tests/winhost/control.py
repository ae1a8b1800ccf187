# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control interface: JSON over HTTP on a loopback port of its own, for tests and for people.

GET  /status                      all counters            GET    /hosts/NAME        counters
GET  /hosts/NAME/log?tail=N       the last messages       GET    /hosts/NAME/state  the machine's state
GET  /hosts/NAME/file?path=P      a file's size and hash GET    /hosts/NAME/folder?path=P  names in a folder
GET  /hosts/NAME/tree?path=P      all paths below it
GET  /hosts/NAME/content?path=P   a file's bytes
POST /hosts/NAME/faults           add a fault or a list   DELETE /hosts/NAME/faults forget them
POST /hosts/NAME/change           {"do": "reboot", ...}   POST   /hosts/NAME/reset  counters back to 0
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import h11

from winhost import changes, snapshot
from winhost.host import Host

_MAX_BODY = 64 * 1024 * 1024


class ControlError(Exception):
    """A call that is answered with an error status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Control:
    """Serves the control interface."""

    def __init__(self, hosts: Mapping[str, Host]) -> None:
        self.hosts = hosts
        self._server: asyncio.Server | None = None
        self.url = ""

    async def start(self, port: int = 0) -> None:
        if port:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        else:
            self._server = await _below_32768(self._serve)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http = h11.Connection(h11.SERVER)
        try:
            while True:
                request, body = await _read(http, reader)
                if request is None:
                    return
                status, answer = self._answer(request.method.decode(), request.target.decode(), body)
                payload = json.dumps(answer).encode()
                headers = [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))]
                writer.write(http.send(h11.Response(status_code=status, headers=headers)) or b"")
                writer.write(http.send(h11.Data(data=payload)) or b"")
                writer.write(http.send(h11.EndOfMessage()) or b"")
                await writer.drain()
                if http.our_state is not h11.DONE:
                    return
                http.start_next_cycle()
        except (h11.ProtocolError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _answer(self, method: str, target: str, body: bytes) -> tuple[int, Any]:
        try:
            return 200, self._call(method, target, body)
        except ControlError as error:
            return error.status, {"error": str(error)}
        except changes.ChangeError as error:
            return 400, {"error": str(error)}

    def _call(self, method: str, target: str, body: bytes) -> Any:
        parts = urlsplit(target)
        path = [unquote(part) for part in parts.path.strip("/").split("/")]
        if path == ["status"]:
            return {"hosts": [snapshot.counters(host) for host in self.hosts.values()]}
        if len(path) < 2 or path[0] != "hosts":
            raise ControlError(404, "there is nothing here")
        host = self.hosts.get(path[1])
        if host is None:
            raise ControlError(404, f"there is no host {path[1]!r}")
        what = path[2] if len(path) > 2 else ""
        if method == "GET":
            return self._show(host, what, parse_qs(parts.query))
        if method == "DELETE" and what == "faults":
            host.server.plan.clear()
            return {}
        if method != "POST":
            raise ControlError(405, "GET, POST or DELETE")
        if what == "reset":
            host.server.reset_counts()
            host.machine.processes.started_log.clear()
            return {}
        try:
            given = json.loads(body)
        except ValueError:
            raise ControlError(400, "the body is no JSON") from None
        if what == "faults":
            changes.plan(host, given)
        elif what == "change":
            changes.change(host, given)
        else:
            raise ControlError(404, f"there is no call {what!r}")
        return {}

    @staticmethod
    def _show(host: Host, what: str, query: Mapping[str, list[str]]) -> Any:
        if what == "log":
            count = int(query.get("tail", ["200"])[0])
            return {"log": list(host.server.tail)[-count:]}
        if what == "state":
            return snapshot.machine_state(host)
        if what == "file":
            return snapshot.file_state(host, query.get("path", [""])[0])
        if what == "tree":
            return snapshot.tree_state(host, query.get("path", [""])[0])
        if what == "content":
            return snapshot.file_content(host, query.get("path", [""])[0])
        if what == "folder":
            return snapshot.folder_state(host, query.get("path", [""])[0])
        if what == "":
            return snapshot.counters(host)
        raise ControlError(404, f"there is no view {what!r}")


async def _read(http: h11.Connection, reader: asyncio.StreamReader) -> tuple[h11.Request | None, bytes]:
    request: h11.Request | None = None
    body = bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _MAX_BODY:
                raise h11.RemoteProtocolError("too much")
        elif isinstance(event, h11.EndOfMessage):
            return request, bytes(body)
        else:
            return None, b""


async def _below_32768(serve: Any) -> asyncio.Server:
    import os

    start = 21000 + os.getpid() * 7 % 9000
    for attempt in range(2000):
        try:
            return await asyncio.start_server(serve, "127.0.0.1", 21000 + (start - 21000 + attempt) % 11000)
        except OSError:
            continue
    raise OSError("no free port below 32768 on 127.0.0.1 for the control interface")
