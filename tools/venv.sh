#!/bin/sh
# Makes or refreshes a virtual environment: tools/venv.sh FOLDER REQUIREMENTS...
# PYTHON names the interpreter; without it the first Python of 3.11 or later on PATH that can make one is taken.
# Does nothing when the folder was made from the same requirements and its interpreter still runs.
set -eu
cd "$(dirname "$0")/.."
folder=$1
shift

usable() {
    "$1" -I -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

version() {
    "$1" -I -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])'
}

wanted=""
if [ -n "${PYTHON:-}" ]; then
    if ! usable "$PYTHON"; then
        echo "PYTHON=$PYTHON is no Python 3.11 or later with the venv and ensurepip modules" >&2
        exit 1
    fi
    wanted=$(version "$PYTHON")
fi

python="$folder/bin/python"
made_here() {
    # A virtual environment that was moved or copied has programs that point elsewhere.
    [ -x "$python" ] && usable "$python" && "$python" -m pip --version >/dev/null 2>&1 || return 1
    [ ! -f "$folder/.stamp" ] || grep -qxF "$PWD" "$folder/.stamp" || return 1
    [ -z "$wanted" ] || [ "$wanted" = "$(version "$python")" ]
}

if ! made_here; then
    if [ -z "${PYTHON:-}" ]; then
        for PYTHON in python3 python3.14 python3.13 python3.12 python3.11 python ""; do
            [ -z "$PYTHON" ] || ! usable "$PYTHON" || break
        done
        if [ -z "$PYTHON" ]; then
            echo "no Python 3.11 or later with the venv and ensurepip modules on PATH; name one: make PYTHON=/path/to/python3" >&2
            exit 1
        fi
    fi
    echo "making $folder with Python $(version "$PYTHON")" >&2
    rm -rf "$folder"
    "$PYTHON" -m venv "$folder"
fi

stamp=$(printf '%s\n' "$PWD"; version "$python"; cat requirements*.txt "$@" | cksum)
if [ ! -f "$folder/.stamp" ] || [ "$stamp" != "$(cat "$folder/.stamp")" ]; then
    for file in "$@"; do
        echo "installing $file into $folder" >&2
        log=$(mktemp)
        if ! "$python" -m pip install --quiet --disable-pip-version-check -r "$file" 2>"$log"; then
            cat "$log" >&2
            rm -f "$log"
            exit 1
        fi
        rm -f "$log"
    done
    printf '%s\n' "$stamp" >"$folder/.stamp"
fi
