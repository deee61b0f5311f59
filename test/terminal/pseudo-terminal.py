"""Runs a command on a pseudo-terminal of 80 columns; what comes on standard input is typed, what it writes goes out."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

sources = [terminal, 0]
while terminal in sources:
    ready, _, _ = select.select(sources, [], [])
    if 0 in ready:
        typed = os.read(0, 4096)
        if typed:
            os.write(terminal, typed)
        else:
            sources.remove(0)
    if terminal in ready:
        try:
            written = os.read(terminal, 65536)
        except OSError:  # Linux: the command has ended and closed its side.
            written = b""
        if written:
            os.write(1, written)
        else:
            sources.remove(terminal)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
