# Copyright (c) 2026, winlegacy.servicing contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines as data: ``profile(name)`` gives one, ``names()`` lists them."""

from __future__ import annotations

from winhost.profiles.loader import ProfileError, names, profile, register

__all__ = ["ProfileError", "names", "profile", "register"]
