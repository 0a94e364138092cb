"""Who reads the output of a command may stop to."""

import subprocess
import sys


def test_a_command_that_nobody_reads_on_ends_without_a_word():
    command = [sys.executable, "-c", "from assay.cli import main; raise SystemExit(main(['features', 'ls', '--all']))"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("log_return_1")
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 128 + 13
