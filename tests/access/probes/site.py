"""Probes of what stands outside all areas."""

from tests.access.probes import Probe, World, gets


def probes(world: World) -> dict[str, list[Probe]]:
    return {"healthz": gets("/healthz")}
