# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cmd.exe of the simulated Windows host: it executes command lines and batch files, and the programs they start."""

from __future__ import annotations

from winhost.cmd import programs
from winhost.cmd.run import run_command, run_program
from winhost.cmd.session import Session, StdIO

__all__ = ["Session", "StdIO", "programs", "run_command", "run_program"]
