"""What the twin worlds counted, added up and told at the end of a run."""

from typing import Any


def twin_figures(stats: dict[str, list[Any]]) -> str:
    """One line, or nothing where no test of them ran. Tests report through `record_property("twin", {...})`."""
    reports = [one for some in stats.values() for one in some if getattr(one, "when", "") == "call"]
    told = [value for one in reports for kind, value in one.user_properties if kind == "twin"]
    if not told:
        return ""
    names = {name for one in told for name in one["names"]}
    observers = {one["observer"] for one in told}
    requests, differing = sum(one["requests"] for one in told), sum(one["differences"] for one in told)
    return (
        f"twin worlds: {len(names)} URL names × {len(observers)} observers, {requests} requests in each world, "
        f"{differing} differences in bytes, mail or rows"
    )


def leak_figures(stats: dict[str, list[Any]]) -> str:
    """The same of planted leaks and of random programs."""
    planted, programs = _reported(stats, "planted"), _reported(stats, "programs")
    told = []
    if planted:
        told.append(f"planted leaks: {planted['noticed']} of {planted['leaks']} noticed")
    if programs:
        told.append("{programs} random programs with {steps} steps, {differences} differences".format(**programs))
    return "; ".join(told)


def _reported(stats: dict[str, list[Any]], kind: str) -> dict[str, int]:
    """The numbers of one kind, added up."""
    reports = [one for some in stats.values() for one in some if getattr(one, "when", "") == "call"]
    added: dict[str, int] = {}
    for told in [value for one in reports for name, value in one.user_properties if name == kind]:
        added = {name: added.get(name, 0) + number for name, number in told.items()}
    return added
