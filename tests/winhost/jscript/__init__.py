# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft JScript 5.7 as cscript hosts it: a process with an embedded engine, COM objects, and a syntax check.

The process (worker.py) asks the simulated machine for everything outside itself over its stdin and stdout.
"""
