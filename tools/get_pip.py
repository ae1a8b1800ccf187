# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the get-pip script that ansible-test would download: ensurepip, then pip with the arguments given."""
from __future__ import annotations

import ensurepip
import os
import subprocess
import sys

# get-pip's own options, which pip does not know.
_NOT_FOR_PIP = {"--no-setuptools", "--no-wheel"}


def main() -> int:
    """Install pip into this interpreter's environment, then what the command line names."""
    environment = dict(os.environ)  # ensurepip empties pip's settings in os.environ
    ensurepip.bootstrap(upgrade=True, default_pip=True)
    arguments = [word for word in sys.argv[1:] if word not in _NOT_FOR_PIP]
    command = [sys.executable, "-m", "pip", "install", "--no-warn-script-location", *arguments]
    return subprocess.call(command, env=environment)


if __name__ == "__main__":
    sys.exit(main())
