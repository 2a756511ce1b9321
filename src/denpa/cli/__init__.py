"""The command `denpa`: one file a command, each a thin face of a library call.

Read `main` first: the commands, exit codes and how errors are told (`mistakes`); `console` is what
a command says, as text or as JSON. Flags are known here alone.
"""
