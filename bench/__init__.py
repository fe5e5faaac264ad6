"""Benchmarks: the cost of a server, against the lower bound and others.

In reading order:

- `loop.c`: fan-out and nothing else, in one room or in many: the baseline.
- `load/`: the generator, in C. `load.c` is the entry, `options.c` the options,
  `fanout.c` and `modes.c` the kinds of work, which consist of `actions.c`;
  `connections.c` has the connections, `joining.c`, `sending.c` and `receiving.c` what
  they do, `rooms.c` who is in which room, `dialects.c` the protocols, `stream.c` TLS,
  `system.c` the resources of the server, `report.c` the output.
- `machine`: cores, and the description of the machine.
- `servers`: Parlour in its variants, the bare loop and a textbook server
  (`textbook`); `peers`: other servers, with their limits lifted; `encrypted`: servers
  with TLS.
- `scenarios`: which work for which servers.
- `run`: one measurement of a server; `runs`: all of them, in turn.
- `guard`: conditions that every run must meet.
- `startup`, `syscalls`: measurements without the generator.
- `figures`: medians and ratios. `targets`: the targets, as rows of `verdict`.
  `table` and `plots`: the page of results, and its plots.
- `compare`: two checkouts in turns, with `intervals` for the ratios.
- `profiles`: profiles by py-spy and perf; `make bench-profile`.

`python -m bench --help` lists the options; `make bench` runs everything.
"""
