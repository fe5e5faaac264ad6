"""What a server costs, measured against the least it could cost and against peers.

In the order to read:

- `loop.c`: fan-out and nothing else, the yardstick.
- `load/`: the generator, in C. `load.c` begins; `options.c` is what is asked for,
  `fanout.c` and `modes.c` what is done, by means of `doing.c`; `crowd.c` has the
  connections, `coming.c` lets them in, `speaking.c` and `hearing.c` are what they do;
  `dialects.c` is what is spoken to whom, `system.c` what the server used, `report.c`
  what is printed.
- `machine`: cores, and what is said of the machine.
- `servers`: Parlour in its forms, the bare loop and a textbook server (`textbook`);
  `peers`: programs that one would otherwise use, with their limits lifted.
- `scenarios`: which work, for which of them.
- `run`: one cell of work and server; `runs`: all of them, in turn.
- `guard`: what no run may break.
- `startup`, `syscalls`: what is measured without the generator's clock.
- `figures`: medians and ratios. `targets`: what is to be reached, in rows of
  `verdict`. `table` and `plots`: what is shown of them.
- `profiles`: where the time goes, by py-spy and perf; `make bench-profile`.

`python -m bench --help` lists the options; `make bench` runs all of it.
"""
