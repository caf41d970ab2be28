"""Measures whole processes, in turn, so that whatever else the machine does falls on each of them alike."""

import os
import signal
import statistics
import time
from collections import namedtuple

DEVNULL_FILES = [
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
]


# Wall time; the most memory that one process of the tree had, which is never less than this Python itself has; and the time of all
# processors, which a busy machine changes less.
Cost = namedtuple("Cost", "seconds peak_bytes processor_seconds")


def seconds(argv, environment=None, expect=0):
    return cost(argv, environment, expect).seconds


def cost(argv, environment=None, expect=0):
    """Of one run from spawn to exit; a wrong exit code is an error, for it would measure something else."""
    environment = dict(os.environ if environment is None else environment)
    start = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, environment, file_actions=DEVNULL_FILES, setpgroup=0)
    try:
        _, status, usage = os.wait4(pid, 0)
    except BaseException:
        os.killpg(pid, signal.SIGKILL)
        os.wait4(pid, 0)
        raise
    elapsed = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != expect:
        raise SystemExit(f"{' '.join(argv)}: exit {os.waitstatus_to_exitcode(status)}, expected {expect}")
    return Cost(elapsed, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime)


def costs_in_turn(commands, rounds, environment=None):
    """{name: argv} -> {name: [Cost, …]}"""
    costs = {name: [] for name in commands}
    for _ in range(rounds):
        for name, argv in commands.items():
            costs[name].append(cost(argv, environment))
    return costs


def in_turn(commands, runs=100, warm_up=5, environment=None, before=None):
    """{name: argv} -> {name: [seconds, …]}. `before` has what is done before a command and not measured: {name: function}."""
    times = {name: [] for name in commands}
    for turn in range(warm_up + runs):
        for name, argv in commands.items():
            (before or {}).get(name, lambda: None)()
            elapsed = seconds(argv, environment)
            if turn >= warm_up:
                times[name].append(elapsed)
    return times


def table(title, times, base, bounds=None, over_base=False):
    """Medians in milliseconds, the spread, and how much more than the base it is, run by run. `bounds` are what people may rely on, in
    milliseconds {name: bound}, for the median or for what it is over the base."""
    bounds = bounds or {}
    print(f"\n{title}\n  {'':32}{'median':>10}{'10 %':>10}{'90 %':>10}{'over base':>12}{'ratio':>8}{'bound':>10}")
    for name, values in times.items():
        tenths = statistics.quantiles(values, n=10)
        over = statistics.median(value - other for value, other in zip(values, times[base]))
        ratio = statistics.median(values) / statistics.median(times[base])
        cells = [statistics.median(values), tenths[0], tenths[-1]]
        line = f"  {name:32}" + "".join(f"{1000 * cell:7.2f} ms" for cell in cells) + f"{1000 * over:+9.2f} ms{ratio:8.2f}"
        if name in bounds:
            measured = 1000 * (over if over_base else cells[0])
            line += f"{'+' if over_base else '':>3}{bounds[name]:4} ms {'ok' if measured <= bounds[name] else 'OVER'}"
        print(line)
