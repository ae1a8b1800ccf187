# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an assessment asks: the options that hotfix_info and fleet_hotfix_info share."""

from __future__ import annotations


class ModuleDocFragment:
    """See HOTFIX_INFO in plugins/module_utils/_info_specs.py for the specification that these describe."""

    DOCUMENTATION = r"""
options:
  kb:
    description:
      - The hotfix, as V(KB952876) or the number alone. Without it the one of O(definition), else KB952876.
      - For M(winlegacy.servicing.hotfix_info), a list of up to 50, or a text with commas, asks
        for all of them in one conversation. What they
        need is asked together, so that ten of them cost a candidate at most 10 messages, and one for each
        root package of theirs that servicing lists.
        The result is then RV(winlegacy.servicing.hotfix_info#module:hotfixes), with what the hotfixes share beside
        it once.
      - Every hotfix of a list must have a definition that is in order. One that has none is named, with its place in
        the list, and nothing is asked, so that no result lacks a hotfix unnoticed.
      - Windows Vista and Server 2008 send 20 files a message, so that V(standard) has room for about 100 files of all
        hotfixes together. A hotfix with files beyond that is V(unknown), and its
        RV(winlegacy.servicing.hotfix_info#module:next) names the remedies,
        O(depth=full) or fewer hotfixes at once.
    type: raw
  depth:
    description:
      - V(standard) asks what decides, costs at most 10 WS-Management messages, and stops once the hotfix is ruled
        out; such a host
        costs 1 message when its service tells the Windows version. Of several hotfixes all must be ruled out.
      - V(full) asks everything of every host.
    type: str
    choices: [standard, full]
    default: standard
  events:
    description:
      - Also look for hung services and resumes from sleep in the System log. That is weak evidence, changes no
        verdict, can take minutes
        and comes on top of the messages of O(depth). A host that the hotfix is not for is not asked at
        O(depth=standard).
    type: bool
    default: false
  events_hours:
    description: How far back O(events) looks, in hours, between 1 and 8784.
    type: int
    default: 168
  events_deadline:
    description: Seconds that O(events) may take, between 1 and 3600. Past it the events are unknown, and only they.
    type: int
    default: 120
  symptom_interval:
    description:
      - When the driver is stopping, look again after this many seconds, up to 600. V(0) looks once. V(30) is a good
        value.
      - A driver that is seen stopping twice is V(confirmed) in
        RV(winlegacy.servicing.hotfix_info#module:details.symptom.status). The second look
        costs one message more.
    type: int
    default: 0
  deadline:
    description:
      - Seconds that the whole task may take, between 1 and 3600, the events and the second look included. A host that
        has not answered anything by then is unreachable.
      - What was not asked by then is in RV(winlegacy.servicing.hotfix_info#module:details.not_asked), and
        RV(winlegacy.servicing.hotfix_info#module:ended) says where it stopped.
    type: int
    default: 300
  only_if_symptomatic:
    description: Plan with this option of M(winlegacy.servicing.hotfix), for
      RV(winlegacy.servicing.hotfix_info#module:plan).
    type: bool
    default: false
  fail_if_not_applicable:
    description: Plan with this option of M(winlegacy.servicing.hotfix), for
      RV(winlegacy.servicing.hotfix_info#module:plan).
    type: bool
    default: false
  details:
    description:
      - Also return RV(winlegacy.servicing.hotfix_info#module:plan),
        RV(winlegacy.servicing.hotfix_info#module:unmet) and
        RV(winlegacy.servicing.hotfix_info#module:details), which have what the verdict rests on and what each
        state of
        M(winlegacy.servicing.hotfix) would take.
      - Without it a result takes at most 30 lines of ad hoc output, whatever the host said.
        RV(winlegacy.servicing.hotfix_info#module:unknown),
        RV(winlegacy.servicing.hotfix_info#module:restart.reasons) and
        RV(winlegacy.servicing.hotfix_info#module:ended) are one line of text each then.
    type: bool
    default: false
  evidence:
    description: Also return what was asked and what came back, raw, in
      RV(winlegacy.servicing.hotfix_info#module:details.evidence), for reports and doubts.
      Implies O(details).
    type: bool
    default: false
"""
