# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes that the modules of this collection share."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragments: the base, and INFO (read-only), CHANGE (the others of a host) or CONTROLLER (those that ask
    none)."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: Indicates that this has a corresponding action plugin, so some parts of the options can be executed
      on the controller.
  async:
    description: Supports being used with the C(async) keyword.
  check_mode:
    description: Can run in check_mode and return changed status prediction without modifying target.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in check_mode), when in diff
      mode.
  platform:
    description: Target OS/families that can be operated against.
"""

    CHANGE = r"""
options: {}
attributes:
  action:
    support: full
    details: The whole work is done on the controller; nothing is copied to the host but what the task is about.
  async:
    support: none
    details: The task fails when it is started with C(async).
  check_mode:
    support: full
    details: Predicts the change and asks the host only what an assessment asks.
  diff_mode:
    support: full
    details: Shows the status before and after, and the planned steps.
  platform:
    support: full
    platforms: windows
"""

    INFO = r"""
options: {}
attributes:
  action:
    support: full
    details: The whole work is done on the controller; nothing is copied to the host.
  async:
    support: none
    details: The task fails when it is started with C(async).
  check_mode:
    support: full
    details: The module changes nothing, so check mode makes no difference.
  diff_mode:
    support: none
    details: There is nothing that could differ.
  platform:
    support: full
    platforms: windows
"""

    CONTROLLER = r"""
options: {}
attributes:
  action:
    support: full
    details: The whole work is done on the controller; no host is asked, and no connection is opened.
  async:
    support: none
    details: The task fails when it is started with C(async).
  check_mode:
    support: full
    details: It does the same in check mode, since no host is changed by it.
  diff_mode:
    support: none
    details: There is nothing that could differ.
  platform:
    support: full
    platforms: posix
"""
