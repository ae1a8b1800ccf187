// Copyright (c) 2026, winlegacy.servicing contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// One command through masterzen/winrm: ADDRESS PORT basic|ntlm USER COMMAND, the password in WINRM_PASSWORD.
// The last line of the output is the command's exit code, or the error.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/masterzen/winrm"
)

func main() {
	port, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	endpoint := winrm.NewEndpoint(os.Args[1], port, false, false, nil, nil, nil, 30*time.Second)
	if os.Args[3] == "ntlm" {
		winrm.DefaultParameters.TransportDecorator = func() winrm.Transporter { return &winrm.ClientNTLM{} }
	}
	client, err := winrm.NewClientWithParameters(endpoint, os.Args[4], os.Getenv("WINRM_PASSWORD"), winrm.DefaultParameters)
	code := 0
	if err == nil {
		code, err = client.Run(os.Args[5], os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Println("error:", err)
		return
	}
	fmt.Println("exit code", code)
}
