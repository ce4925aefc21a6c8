"""``python -m mien``: the command line, also for ``torchrun -m mien train …``."""

from mien.cli import main

if __name__ == "__main__":
    main()
