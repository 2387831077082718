"""Runs a program in a pseudo-terminal: what it shows goes to standard output, what comes on standard input is typed.

    python3 terminal.py <columns> <rows> <program> <arguments>...

Ends with the exit code of the program.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

columns, rows = map(int, sys.argv[1:3])
program = sys.argv[3:]

child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.execvp(program[0], program)

sources = [terminal, 0]
while terminal in sources:
    for source in select.select(sources, [], [])[0]:
        try:
            data = os.read(source, 65536)
        except OSError:  # Linux says so when the program has ended.
            data = b""
        if not data:
            sources.remove(source)
        elif source == terminal:
            os.write(1, data)
        else:
            os.write(terminal, data)

sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
