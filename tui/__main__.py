"""python -m tui"""

import sys

if not sys.flags.safe_path:
    del sys.path[0]  # the folder one happens to be in: what lies there is no part of the program

from tui.cli.main import run

if __name__ == "__main__":
    run()
