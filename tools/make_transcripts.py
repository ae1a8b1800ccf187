# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/transcripts/simulated-*.json from the simulated fleet, each with the verdict that is expected of it.

    python tools/make_transcripts.py

With --expect FILE it writes only what is expected, beside a transcript that somebody sent: read it before you
commit it.
The collection has to be importable (build/collections, as `make` links it).
"""

from __future__ import annotations

import itertools
import json
import random
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "transcripts"
PROFILES = {"simulated-vista-rtm-x86": "vista_rtm_x86", "simulated-vista-pending": "vista_pending"}
_DAYS = -700
"""How far times are moved in what is committed; a user's are moved by as many days as chance says."""

sys.path[:0] = [str(ROOT / "build" / "collections"), str(ROOT / "tests")]

from ansible_collections.winlegacy.servicing.plugins.plugin_utils._action.transcript import collection_version  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.open_questions import (  # noqa: E402
    public_names,
    record,
)
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._transcript import document, standins, tape, times  # noqa: E402
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._wsman.client import Client  # noqa: E402
from integration.assess.driver import DEFINITION, OPEN, channel  # noqa: E402
from unit.transcripts import expected_beside, verdicts  # noqa: E402
from winhost.testing import running_fleet  # noqa: E402


def make(name: str, profile: str) -> str:
    """The text of one transcript."""
    ticks = itertools.count()
    recorded = tape.Tape(clock=lambda: next(ticks) / 100)
    with running_fleet({"hosts": [{"name": "one", "profile": profile, "auth": OPEN}]}) as fleet:
        client = Client(tape.RecordingChannel(channel(fleet.host("one")), recorded))
        record(client, DEFINITION)
        client.close()
    made = document.make(
        recorded,
        public=public_names([DEFINITION]),
        simulated=True,
        collection=collection_version(),
        stand_ins=standins.StandIns(random.Random(name)),  # noqa: S311 - nothing in it is anybody's
        shift=times.Shift(_DAYS),
    )
    return document.text_of(made)


def main(arguments: list[str]) -> None:
    """Write the files."""
    if arguments[:1] == ["--expect"]:
        paths = [Path(one) for one in arguments[1:]]
    else:
        FOLDER.mkdir(exist_ok=True)
        paths = [FOLDER / f"{name}.json" for name in PROFILES]
        for path in paths:
            path.write_text(make(path.stem, PROFILES[path.stem]), encoding="utf-8")
    for path in paths:
        told: dict[str, Any] = verdicts(path)
        expected_beside(path).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"{path}: {told['standard']['status']}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
