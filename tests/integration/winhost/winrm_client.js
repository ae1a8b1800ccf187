// Copyright (c) 2026, winlegacy.servicing contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// One command through npm's winrm-client: ADDRESS PORT USER COMMAND, the password in WINRM_PASSWORD.
// A user with a domain makes it use NTLM, one without makes it use Basic.
const { runCommand } = require("winrm-client");

const [address, port, user, command] = process.argv.slice(2);
runCommand(command, address, user, process.env.WINRM_PASSWORD, Number(port))
  .then(
    (output) => console.log(output),
    (error) => console.log("error: " + error.message),
  )
  .then(() => process.exit(0));
