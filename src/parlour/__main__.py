"""``python3 -m parlour`` is the command `parlour`."""

from parlour.cli import main

if __name__ == "__main__":
    main(prog_name="python3 -m parlour")
