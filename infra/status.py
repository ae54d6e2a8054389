"""How a stage is, on one page."""

from infra.cloud import Cloud
from infra.queues import depths
from infra.stack import find
from infra.stages import Stage
from infra.trouble import Trouble


def status(cloud: Cloud, stage: Stage) -> str:
    """State, switch, addresses and queues as lines of text; a mark where somebody should look."""
    found = find(cloud, stage.stack_name)
    if found is None:
        raise Trouble(f"{stage.stack_name} is not deployed in {cloud.region}: make deploy STAGE={stage.name}")
    queues = depths(cloud, found)
    dead = sum(queue.waiting for queue in queues if queue.is_dead_letters)
    lines = [
        f"stage     {stage.name} in {cloud.region} ({cloud.endpoint or f'account {cloud.account}'})",
        f"stack     {found.status}, last deployed {found.updated[:19]}",
        f"sending   {found.sending}",
        f"API       {found.api_url}",
        f"mail to   anything@{found.inbound_domain}",
        "",
        f"{'queue':<20} {'waiting':>8} {'in work':>8}",
    ]
    for queue in queues:
        mark = "  ← look at these, then: make redrive" if queue.is_dead_letters and queue.waiting else ""
        lines.append(f"{queue.name:<20} {queue.waiting:>8} {queue.in_flight:>8}{mark}")
    lines += ["", f"{dead} dead letter{'' if dead == 1 else 's'}"]
    return "\n".join(lines)
