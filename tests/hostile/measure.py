# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One conversation in a process of its own: `python -m hostile.measure PORT WHAT DEADLINE SCHEME KIND` prints JSON.

what: assess | query | queries | command. kind: of channel, lean | pywinrm. mb: the peak of memory over what the process
had before its first message.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from pathlib import Path

import winrm.protocol
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.plain import plain
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.assess.interview import (
    AssessOptions,
    assess,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.wql import Query, QuerySet, run_queries
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._text.visible import all_visible
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman import errors
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.http_channel import HTTPChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.lean_channel import LeanChannel
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.shell_client import Shell
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.winrm_channel import WinRMChannel

KINDS: dict[str, type[HTTPChannel]] = {"lean": LeanChannel, "pywinrm": WinRMChannel}


def _kilobytes(name: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith(name))
    return int(line.split()[1])


def _converse(client: Client, what: str, deadline: float) -> dict[str, object]:
    if what == "command":
        with Shell(client) as shell:
            return {"exit_code": shell.run("dir").exit_code}
    if what in {"query", "queries"}:
        query = Query("SELECT * FROM X", "root/cimv2", "X")
        client.identify()
        wanted = QuerySet((query,) * (8 if what == "queries" else 1), report_errors=True, deadline=deadline)
        results = run_queries(client, wanted)
        told = {"rows": results[0].as_dict()["rows"], "results": [one.as_dict() for one in results]}
        made = all_visible(plain(told))
        sent = pickle.dumps(made)  # as the task's result leaves its process
        shown = len(json.dumps(made))
        rows = sum(len(one.rows or []) for one in results)
        return {"error": results[-1].error_text, "rows": rows, "text": shown, "sent": len(sent)}
    seen = assess(client, load("KB952876"), AssessOptions(deadline=deadline)).as_dict()
    return {"status": seen["status"], "ended": seen["ended"], "text": len(json.dumps(seen))}


def main() -> None:
    """Measure and print."""
    port, what, deadline = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    scheme, kind = sys.argv[4], sys.argv[5]
    endpoint = f"{scheme}://127.0.0.1:{port}/wsman"
    method = "plaintext" if scheme == "http" else "ssl"
    transport = winrm.protocol.Protocol(endpoint, method, username="u", password="p").transport
    load("KB952876")
    channel = KINDS[kind](endpoint, [(method, lambda: transport)], connect_timeout=5.0)
    transport.build_session()
    transport.close_session()
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before, began = _kilobytes("VmRSS"), time.monotonic()
    client = Client(channel)
    client.deadline.set(deadline)
    try:
        outcome = _converse(client, what, deadline)
    except errors.WSManError as error:
        outcome = {"error": str(error), "kind": type(error).__name__}
    channel.close()
    seconds, most = time.monotonic() - began, _kilobytes("VmHWM")
    print(json.dumps({"seconds": round(seconds, 2), "mb": round((most - before) / 1024, 1), **outcome}))


if __name__ == "__main__":
    main()
