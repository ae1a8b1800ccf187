# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a package of 20 MB costs the controller, in CPU time: for the first host of a run, and for each one after it.

Every host is a process of its own, as Ansible's workers are: what one has in memory is gone for the next. Measured is
the package's part alone (from the module's options to the bytes that are ready to be sent), without imports. Budget: a
further host costs at most a quarter of the first, a further host of a folder of packages too.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from packages import Member, write_msu
from packages.signing import Authority, available, sign

SIZE = 20_000_000
MORE_HOSTS = 5
BUDGET = 0.25
_WORKER = """
import json, resource, sys
from pathlib import Path
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._catalogue.catalogue import load
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._model.facts import Architecture
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._operations.transfer.common import Payload
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.keep import Keep
from ansible_collections.winlegacy.servicing.plugins.plugin_utils._package.request import PackageRequest, obtain
try:
    import libarchive
except ImportError:
    pass
def used():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)
options = json.loads(sys.argv[1])
keep = options.pop("keep")
definition, begun = load("KB952876"), used()
request = PackageRequest(
    **{name: Path(value) for name, value in options.items()}, keep=Keep.private(Path(keep)) if keep else None
)
report = obtain(request, definition, Architecture.X64, copy=True).report
judged = used()
copy = request.private_copy(report)
if copy is not None:
    with Payload(copy, report.size, report.checksums.sha1, report.checksums.sha256).open():
        pass
print(json.dumps({"judge": judged - begun, "send": used() - judged, "signature": report.signature.state.value}))
"""


def host(options: Mapping[str, str | None]) -> dict[str, float]:
    """One host's package part, in a process of its own: CPU seconds to judge, and to hash before sending."""
    command = [sys.executable, "-c", _WORKER, json.dumps(options)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=dict(os.environ))
    return dict(json.loads(done.stdout))


def compared(what: str, options: Mapping[str, str], keep: Path) -> float:
    """A first host and some more; prints, and returns what a further one costs as a part of the first."""
    keep.mkdir(mode=0o700)
    first = host({**options, "keep": str(keep)})
    more = [host({**options, "keep": str(keep)}) for _number in range(MORE_HOSTS)]
    alone = host({**options, "keep": None})
    further = min(one["judge"] for one in more)
    sending = min(one["send"] for one in more)
    ratio = (further + sending) / (first["judge"] + first["send"])
    print(
        f"{what:18} first host {first['judge'] * 1000:5.0f} ms + {first['send'] * 1000:3.0f} ms before sending, each "
        f"further one {further * 1000:4.0f} + {sending * 1000:3.0f} ms: {ratio:.3f} of the first; judging alone "
        f"{further / first['judge']:.3f}; without what a run keeps {alone['judge'] * 1000:4.0f} ms each"
        f" ({first['signature']})"
    )
    return ratio


def main() -> int:
    """Run both; 1 when the budget is not met."""
    missed = []
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        packages, authorities = folder / "packages", folder / "ca"
        packages.mkdir()
        authorities.mkdir()
        filling = Member("100000", b"PA30" + random.Random(1).randbytes(SIZE))  # noqa: S311 - nothing secret
        paths = [write_msu(packages, one, inner="mszip", extra=[filling]) for one in ("x86", "x64", "ia64")]
        options = {}
        if available():
            authority = Authority(authorities)
            for path in paths:
                sign(path, authority.signer())
            options["ca_file"] = str(authority.root_file)
        print(f"packages of {paths[1].stat().st_size / 1e6:.1f} MB, MSZIP")
        for what, where in (("path", {"path": str(paths[1])}), ("package_dir of 3", {"folder": str(packages)})):
            if compared(what, {**options, **where}, folder / f"keep-{what[:4]}") > BUDGET:
                missed.append(f"{what}: a further host costs more than {BUDGET} of the first")
    for line in missed:
        print(f"MISSED: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
