# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The maintenance windows that hotfix and reboot share."""

from __future__ import annotations


class ModuleDocFragment:
    """See WINDOWS in plugins/module_utils/_change_specs.py for the specification that these describe."""

    DOCUMENTATION = r"""
options:
  windows:
    description:
      - Maintenance windows. Outside them no installation, removal or restart is begun, and the task fails with a
        sentence that says so. Each is asked about directly before it begins, after every wait. An empty list is no
        restriction.
      - Each has a C(start) and an C(end) as V(22:00), in quotes, in the host's own local time. An end at or before
        the start is on the next day. C(days) lists the days on which it begins, V(mon) to V(sun); all when absent.
      - Both the host's clock and the controller's (in the host's time zone) must be in the window, so that a wrong
        clock begins nothing at noon. A host that does not tell its time and zone has no open window.
      - What was begun is finished. In check mode the windows are not looked at.
    type: list
    elements: dict
    default: []
  window_reserve:
    description:
      - Minutes that must be left before the window ends for anything to be begun, also where the clocks change in it.
      - Where the host does not tell when its clocks change (C(Win32_TimeZone)), an hour more must be left.
    type: int
    default: 0
"""
