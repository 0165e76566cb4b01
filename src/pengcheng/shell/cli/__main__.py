"""`python -m pengcheng.shell.cli`: how the supervisor starts its parts."""

import sys

from pengcheng.shell.cli.root import main

if __name__ == "__main__":
    sys.exit(main())
