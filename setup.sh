#!/bin/sh
# Make .venv from requirements.lock, with whatever Python 3.11 to 3.13 this machine has; 3.12 is preferred.
set -eu
cd "$(dirname "$0")"

wanted=$(cat .python-version)

is_python() { # is_python COMMAND CONDITION: the command runs and its version meets the condition
    "$1" -c "import sys, venv, ensurepip; v = sys.version_info[:2]; sys.exit(not ($2))" >/dev/null 2>&1
}

find_python() {
    for name in "python$wanted" python3 python python3.13 python3.11; do
        if is_python "$name" "'%d.%d' % v == '$wanted'"; then echo "$name"; return; fi
    done
    for name in python3 python3.13 python3.11 python; do
        if is_python "$name" "(3, 11) <= v <= (3, 13)"; then echo "$name"; return; fi
    done
}

python=$(find_python)
if [ -z "$python" ]; then
    echo "setup: needs Python 3.11, 3.12 or 3.13 with pip and venv; none found; install one (on Debian: apt install python3-venv)" >&2
    exit 1
fi
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if [ "$found" != "$wanted" ]; then
    echo "setup: using Python $found; identical bytes are promised for $wanted, so dvc.lock may change" >&2
fi

uv=$(command -v uv || true)
if [ -z "$uv" ] || [ "$uv" -ef .venv/bin/uv ]; then # that of .venv would take itself away
    echo "setup: uv into .uv"
    "$python" -m venv .uv
    sed -n '/^uv==/,/[^\\]$/p' requirements.lock > .uv/uv.lock
    .uv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r .uv/uv.lock
    uv=.uv/bin/uv
fi

echo "setup: the locked packages into .venv"
"$uv" venv -q --clear --no-python-downloads --python "$("$python" -c 'import sys; print(sys.executable)')" .venv
VIRTUAL_ENV=$PWD/.venv "$uv" pip sync -q --require-hashes --compile-bytecode requirements.lock
VIRTUAL_ENV=$PWD/.venv "$uv" pip install -q --no-deps --no-build-isolation --editable .
