"""Tables of the benchmark of artifacts, for a terminal or as Markdown."""

import statistics

import tools

HEAD = ["", "median", "min..max", "ratio", "peak memory", "stored"]


def print_tables(titles, results, markdown):
    for case, title in titles.items():
        for step in dict.fromkeys(step for (of, step, _) in results.costs if of == case):
            rows = rows_of(case, step, results)
            print_table(f"{title}: {step}", HEAD, rows, markdown)


def rows_of(case, step, results):
    names = [name for (of, at, name) in results.costs if (of, at) == (case, step)]
    base = next((name for name in names if name in (tools.Copy("").name, tools.CopyFolder("").name) or name.startswith("openssl")), names[0])
    return [row(name, results.costs[case, step, name], results.stored.get((case, step, name)), results.median(case, step, base))
            for name in names]


def row(name, costs, stored, base):
    seconds = [cost.seconds for cost in costs]
    median = statistics.median(seconds)
    return [name, f"{median:.2f} s", f"{min(seconds):.2f}..{max(seconds):.2f}", f"{median / base:.2f}" if base else "",
            f"{max(cost.peak_bytes for cost in costs) / (1 << 20):.0f} MiB", amount(statistics.median(stored)) if stored else ""]


def print_costs(title, costs, base, extra_head=(), extra=lambda name, seconds: ()):
    """Medians of whole processes, and how many times more than `base`."""
    def median(name, field):
        return statistics.median(getattr(cost, field) for cost in costs[name])

    rows = []
    for name in costs:
        seconds, processor = median(name, "seconds"), median(name, "processor_seconds")
        rows.append([name, f"{seconds:.2f}", f"{seconds / median(base, 'seconds'):.1f}", f"{processor:.2f}",
                     f"{processor / median(base, 'processor_seconds'):.1f}", *extra(name, seconds),
                     f"{max(cost.peak_bytes for cost in costs[name]) / (1 << 20):.0f}"])
    print_table(title, ["", "seconds", "ratio", "processor", "ratio", *extra_head, "peak MiB"], rows, False)


def amount(size):
    return f"{size / (1 << 20):,.1f} MiB" if abs(size) >= 1 << 20 else f"{size / 1024:,.0f} KiB"


def print_bounds(bounds, markdown):
    rows = [[bound.what, bound.format.format(bound.measured), bound.format.format(bound.most), f"{bound.measured / bound.most:.2f}",
             "within" if bound.measured <= bound.most else "over"] for bound in bounds]
    if rows:
        print_table("What is wanted", ["", "measured", "at most", "ratio", ""], rows, markdown)


def print_table(title, head, rows, markdown):
    if markdown:
        print(f"\n**{title}**\n\n| " + " | ".join(head) + " |\n|---|" + "--:|" * (len(head) - 1))
        print("\n".join("| " + " | ".join(row) + " |" for row in rows))
        return
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    print(f"\n{title}")
    for cells in [head, *rows]:
        print("  " + f"{cells[0]:{widths[0]}}" + "".join(f"  {cell:>{width}}" for cell, width in zip(cells[1:], widths[1:])))
